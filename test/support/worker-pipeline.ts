import { createCodec, frame } from "../../src/avro/index.ts";
import type { Catalog, CatalogTopic } from "../../src/catalog/index.ts";
import type { Emit } from "../../src/events.ts";
import {
  type Header,
  type IncomingRecord,
  type KafkaSettings,
  type OutgoingRecord,
  openAdmin,
  openConsumer,
  openProducer,
} from "../../src/kafka/index.ts";
import { createRegistry, type Registry } from "../../src/registry/index.ts";
import type { Store } from "../../src/store/index.ts";
import type { UntypedEvent } from "../../src/worker/define-worker.ts";
import { type Context, defineWorker, type RunningWorker, runWorker, type Worker } from "../../src/worker/index.ts";
import { type Cluster, unique } from "./cluster.ts";
import { until } from "./until.ts";
import { catalogOf, catalogTopic, NOTE, named, recorder } from "./worker.ts";

export interface Note {
  readonly id: string;
  readonly n: number;
}

/** An event of a topic that only this test has. */
export interface NoteEvent extends UntypedEvent {
  readonly value: Note;
}

interface WorkerGiven {
  readonly handle: (event: NoteEvent, context: Context) => Promise<void> | void;
  readonly declared?: Partial<Omit<Worker, "handle">>;
  readonly registry?: Registry;
  readonly store?: Store;
  readonly emit?: Emit;
  readonly progressTimeoutMs?: number;
}

interface PipelineGiven {
  readonly partitions?: number;
  readonly json?: object;
  readonly config?: Readonly<Record<string, string>>;
}

/** A topic of notes of a test's own, on the real cluster, with its schema registered. */
export async function openPipeline(cluster: Cluster, { partitions = 1, json = NOTE, config = {} }: PipelineGiven = {}) {
  const kafka: KafkaSettings = { bootstrapServers: [cluster.kafka], ssl: false, clientId: "test" };
  const topic = catalogTopic(`test.note.taken-${unique()}.v1`, json, { partitions, config });
  const group = `notes-${unique()}`;
  const registry = createRegistry({ url: cluster.registry });
  const admin = await openAdmin(kafka);
  const producer = await openProducer(kafka, { requestBytesMax: 32 * 1024 * 1024 });
  await createTopic(topic);
  const schemaId = await registry.register(topic.subject, { text: topic.text, references: [] });
  const codec = createCodec(topic.schema);
  const workers: RunningWorker[] = [];

  async function createTopic(spec: CatalogTopic): Promise<void> {
    for (const { error } of await admin.applyTopics(await admin.planTopics([spec]))) if (error) throw error;
  }

  async function send(records: readonly Partial<OutgoingRecord>[]): Promise<void> {
    const sent = records.map((one) => ({ topic: topic.topic, key: null, value: null, timestamp: Date.now(), ...one }));
    const failed = (await producer.sendAll(sent)).find(({ status }) => status !== "stored");
    if (failed !== undefined) throw new Error("not stored", { cause: failed });
  }

  return {
    kafka,
    topic,
    group,
    registry,
    admin,
    schemaId,
    catalog: catalogOf(topic),
    createTopic,
    /** A note as a record's value. */
    encode: (note: Note) => codec.encode(note, schemaId),
    frame: (id: number, payload: Uint8Array) => frame(id, payload),
    /** Stores records as they are. */
    send,
    /** Stores notes, keyed by their id. */
    sendNotes: (notes: readonly Note[], partition?: number, headers: readonly Header[] = []) =>
      send(
        notes.map((note) => ({
          key: note.id,
          value: codec.encode(note, schemaId),
          headers,
          ...(partition !== undefined && { partition }),
        })),
      ),
    declare: ({ handle, declared = {} }: Pick<WorkerGiven, "handle" | "declared">): Worker => ({
      ...defineWorker({ group, topics: [named(topic.topic)], handle: () => {} }),
      retry: { attempts: 3, delayMs: 1, maxDelayMs: 5 },
      // What is registered are notes, so notes are what comes; or null, to a test that asks for tombstones.
      handle: (event, context) => handle(event as NoteEvent, context),
      ...declared,
    }),
    /** Runs a worker until the test is over. */
    async run({ registry: given = registry, store, emit, progressTimeoutMs, ...rest }: WorkerGiven) {
      const { emit: record, names, told } = recorder();
      const running = await runWorker(this.declare(rest), {
        kafka,
        registry: given,
        catalog: catalogOf(topic),
        opsPort: 0,
        opsHost: "127.0.0.1",
        emit: emit ?? record,
        ...(store && { store }),
        ...(progressTimeoutMs !== undefined && { progressTimeoutMs }),
      });
      workers.push(running);
      return { ...running, names, told };
    },
    /** What is stored in a topic, all of it, by partition and offset. */
    read: (name: string) => readAll(kafka, name),
    dead: () => readAll(kafka, `${topic.topic}.${group}.dlt`),
    /** How much the group has not committed yet. */
    async behind(): Promise<bigint> {
      const lags = await admin.lag(group, [topic.topic]);
      return lags.reduce((sum, { lag }) => sum + (lag ?? 0n), 0n);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map((worker) => worker.stop({ timeoutMs: 5_000 }).catch(() => {})));
      await producer.close({ timeoutMs: 1_000 });
      await admin.close();
      registry.close();
    },
  };
}

/** Everything that is stored in a topic, by partition and offset. */
export async function readAll(kafka: KafkaSettings, topic: string): Promise<IncomingRecord[]> {
  const admin = await openAdmin(kafka);
  const ends = await admin.topicOffsets([topic]);
  await admin.close();
  const wanted = ends.reduce((sum, { earliest = 0n, end = 0n }) => sum + Number(end - earliest), 0);
  if (wanted === 0) return [];
  const records: IncomingRecord[] = [];
  const consumer = await openConsumer(kafka, {
    group: `read-${unique()}`,
    topics: [topic],
    handle: async (batch) => {
      for (const record of batch.records) records.push(record);
    },
  });
  await until(`${wanted} records of ${topic} are read`, () => records.length >= wanted);
  await consumer.stop({ timeoutMs: 5_000 });
  return records.sort((a, b) => a.partition - b.partition || Number(a.offset - b.offset));
}

/** A catalog with one topic of another, under a name of the test's own. */
export function renamed(catalog: Catalog, topic: string, name: string): Catalog {
  const found = catalog.topic(topic);
  if (found === undefined) throw new Error(`${topic} is not in the catalog`);
  return catalogOf({ ...found, topic: name, eventType: name.replace(/\.v1$/, ""), subject: `${name}-value` });
}
