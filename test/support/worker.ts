import { parseSchema } from "../../src/avro/index.ts";
import { type Catalog, type CatalogTopic, envelopeOf, type TopicName } from "../../src/catalog/index.ts";
import type { Emit, Events } from "../../src/events.ts";
import type { IncomingRecord } from "../../src/kafka/index.ts";
import { type Batch, EventContext } from "../../src/worker/context.ts";
import { ConsumedEvent } from "../../src/worker/event.ts";
import type { Wait } from "../../src/worker/wait.ts";

/** A small event: `{ id, n }`. */
export const NOTE = {
  type: "record",
  name: "NoteTaken",
  namespace: "notes",
  fields: [
    { name: "id", type: "string" },
    { name: "n", type: "int" },
  ],
};

/** A topic of the catalog as `topic.yaml` and an `.avsc` would make it. */
export function catalogTopic(topic: string, json: unknown = NOTE, given: Partial<CatalogTopic> = {}): CatalogTopic {
  return {
    topic,
    eventType: topic.replace(/\.v\d+$/, ""),
    major: 1,
    subject: `${topic}-value`,
    file: `schemas/${topic}.avsc`,
    schema: parseSchema(json),
    text: JSON.stringify(json),
    references: [],
    key: [["id"]],
    idPath: ["id"],
    compatibility: "BACKWARD",
    compatibilityDeclared: true,
    partitions: 1,
    replication: 1,
    config: {},
    description: "",
    owner: "",
    ...given,
  };
}

export function catalogOf(...topics: readonly CatalogTopic[]): Catalog {
  return { dir: "schemas", topics, shared: [], topic: (name) => topics.find(({ topic }) => topic === name) };
}

/** A topic name that no types were generated for. */
export function named(topic: string): TopicName {
  return topic as TopicName; // Tests declare workers for topics of their own.
}

export function record(
  given: Partial<Omit<IncomingRecord, "header" | "headers">> & { headers?: [string, Buffer | null][] } = {},
): IncomingRecord {
  const { headers = [], ...rest } = given;
  return {
    topic: "notes.note.taken.v1",
    partition: 3,
    offset: 42n,
    timestamp: 1_700_000_000_000,
    key: Buffer.from("k"),
    value: Buffer.from([0, 0, 0, 0, 7, 2, 97, 2]),
    header: (name) => headers.findLast(([one]) => one === name)?.[1] ?? undefined,
    headers: () => headers,
    ...rest,
  };
}

/** What was emitted, and an `emit` that writes it down. */
export function recorder(): { emit: Emit; told: { name: keyof Events; detail: object }[]; names: () => string[] } {
  const told: { name: keyof Events; detail: object }[] = [];
  return { emit: (name, detail) => told.push({ name, detail }), told, names: () => told.map(({ name }) => name) };
}

/** An event at the start of its way, and everything that a middleware may touch. */
export function underway({ record: given = record(), topic = catalogTopic(given.topic) } = {}) {
  const closing = new AbortController();
  const { emit, told, names } = recorder();
  let progress = 0;
  const batch: Batch = {
    group: "note-readers",
    store: undefined,
    emit,
    closing: closing.signal,
    current: undefined,
    aliveAt: 0,
    progress: () => {
      progress++;
    },
  };
  const event = new ConsumedEvent(given, { topic, envelope: envelopeOf(topic) });
  const context = new EventContext(event, batch);
  batch.current = context;
  return { event, context, batch, closing, told, names, progress: () => progress };
}

/** A `Wait` that takes no time and writes down what it was asked for. */
export function noWait(): { wait: Wait; waited: number[] } {
  const waited: number[] = [];
  const wait: Wait = async (ms, signal) => {
    waited.push(ms);
    signal.throwIfAborted();
  };
  return { wait, waited };
}
