import { expect, test } from "bun:test";
import { type DecoderCache, frame } from "../../src/avro/index.ts";
import type { OutgoingRecord } from "../../src/kafka/index.ts";
import { defineWorker, Rejected, Unavailable } from "../../src/worker/index.ts";
import { policyOf } from "../../src/worker/policy.ts";
import { catalogTopic, named, noWait, record, underway } from "../support/worker.ts";

const TOPIC = "notes.note.taken.v1";
const CACHE: DecoderCache = { get: () => () => ({ id: "a", n: 1 }) };

/** One event of schema 7 on its way through all middlewares around this handler. */
function run(
  handle: (attempt: number, signal: AbortSignal) => Promise<void> | void,
  value: Buffer | null = frame(7, Buffer.from("x")),
  timeoutMs = 1_000,
) {
  const dead: OutgoingRecord[] = [];
  const runs: number[] = [];
  const worker = defineWorker({
    group: "note-readers",
    topics: [named(TOPIC)],
    retry: { attempts: 3 },
    timeoutMs,
    handle: (_event, { attempt, signal }) => {
      runs.push(attempt);
      return handle(attempt, signal);
    },
  });
  const given = underway({ record: record({ value }) });
  const topic = catalogTopic(TOPIC);
  const policy = policyOf(worker, {
    topics: [topic],
    registry: { schemaById: async () => topic.schema },
    cache: CACHE,
    send: async (one) => {
      dead.push(one);
      return { status: "stored", partition: 0, offset: 0n, timestamp: 0 };
    },
    isOutage: (error) => error instanceof Error && error.message === "database away",
    ...noWait(),
  });
  const header = (name: string) => dead[0]?.headers?.find(([one]) => one === name)?.[1];
  return { done: async () => await policy(given.event, given.context), dead, runs, header };
}

test("a handler that succeeds sees the event once, and nothing is dead", async () => {
  const { done, dead, runs } = run(() => {});
  await done();
  expect(runs).toEqual([1]);
  expect(dead).toEqual([]);
});

test("a handler that always fails runs as often as declared, then the event is dead with the count", async () => {
  const { done, runs, header } = run(async () => {
    throw new Error("no");
  });
  await done();
  expect(runs).toEqual([1, 2, 3]);
  expect(header("x-attempts")).toBe("3");
  expect(header("x-error")).toBe("Error: no");
});

test("a rejected event is dead after one attempt", async () => {
  const { done, runs, header } = run(() => {
    throw new Rejected("no such customer");
  });
  await done();
  expect(runs).toEqual([1]);
  expect(header("x-attempts")).toBe("1");
});

test("an undecodable event is dead at once, and no handler has seen it", async () => {
  const { done, runs, header } = run(() => {}, Buffer.from("not Avro at all"));
  await done();
  expect(runs).toEqual([]);
  expect(header("x-attempts")).toBe("0");
  expect(header("x-error")).toStartWith("Undecodable: no Confluent frame");
});

test("each attempt is timed on its own, and its signal is aborted", async () => {
  const aborted: boolean[] = [];
  const hang = (_attempt: number, signal: AbortSignal) =>
    new Promise<void>(() => signal.addEventListener("abort", () => aborted.push(signal.aborted)));
  const { done, runs, header } = run(hang, undefined, 1);
  await done();
  expect(runs).toEqual([1, 2, 3]);
  expect(aborted).toEqual([true, true, true]);
  expect(header("x-error")).toBe("TimedOut: not done after 1 ms");
});

test.each([
  ["the handler says so", () => new Unavailable("the mail server is away")],
  ["the database is away", () => new Error("database away")],
  ["an error was caused by it", () => new Error("while booking", { cause: new Error("database away") })],
])("an outage is waited out, however long, when %s", async (_when, error) => {
  const { done, dead, runs } = run((attempt) => {
    if (attempt < 40) throw error();
  });
  await done();
  expect(runs).toHaveLength(40);
  expect(dead).toEqual([]);
});

test("the signal is there without anybody asking for it in time", async () => {
  const { done, dead } = run(async (_attempt, signal) => {
    expect(signal.aborted).toBe(false);
  });
  await done();
  expect(dead).toEqual([]);
});
