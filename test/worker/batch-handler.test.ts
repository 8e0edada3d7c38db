import { expect, test } from "bun:test";
import { envelopeOf } from "../../src/catalog/index.ts";
import type { PartitionBatch } from "../../src/kafka/index.ts";
import { createBatchHandler } from "../../src/worker/batch-handler.ts";
import type { Batch } from "../../src/worker/context.ts";
import { Abandoned } from "../../src/worker/errors.ts";
import type { Handle } from "../../src/worker/handle.ts";
import { createWorkerMetrics } from "../../src/worker/metrics.ts";
import { catalogTopic, record } from "../support/worker.ts";

const TOPIC = catalogTopic("notes.note.taken.v1");

/** A handler of batches around this, and a batch of as many records from offset 0 on. */
function setUp(handle: Handle, count: number, now?: () => number) {
  const running = new Set<Batch>();
  const metrics = createWorkerMetrics("g", [TOPIC.topic], () => []);
  const handleBatch = createBatchHandler({
    group: "g",
    handle,
    topics: new Map([[TOPIC.topic, { topic: TOPIC, envelope: envelopeOf(TOPIC) }]]),
    store: undefined,
    emit: () => {},
    metrics,
    running,
    ...(now && { now }),
  });
  const done: bigint[] = [];
  let progress = 0;
  const batch: PartitionBatch = {
    topic: TOPIC.topic,
    partition: 3,
    records: Array.from({ length: count }, (_, index) => record({ offset: BigInt(index) })),
    highWatermark: BigInt(count),
    done: (offset) => done.push(offset),
    progress: () => {
      progress++;
    },
  };
  const closing = new AbortController();
  return { run: () => handleBatch(batch, closing.signal), done, running, closing, metrics, progress: () => progress };
}

test("every event is done after it was handled, in order", async () => {
  const handled: bigint[] = [];
  const given = setUp((event) => {
    expect(given.done).toEqual(handled);
    handled.push(event.offset);
    return event.offset % 2n === 0n ? Promise.resolve() : undefined;
  }, 5);
  await given.run();
  expect(given.done).toEqual([0n, 1n, 2n, 3n, 4n]);
  expect(given.metrics.topic(TOPIC.topic).durations.count).toBe(5);
});

test("the next event waits until the one before it is done", async () => {
  let underway = 0;
  const { run } = setUp(async () => {
    expect(++underway).toBe(1);
    await Promise.resolve();
    underway--;
  }, 20);
  await run();
});

test("nothing begins once the batch is to close; what has begun is finished", async () => {
  const { run, done, closing } = setUp(async (event) => {
    if (event.offset === 2n) closing.abort();
  }, 5);
  await run();
  expect(done).toEqual([0n, 1n, 2n]);
});

test("an abandoned event is not done, nor is any after it", async () => {
  const { run, done, running } = setUp(async (event) => {
    if (event.offset === 2n) throw new Abandoned("stopped");
  }, 5);
  await run();
  expect(done).toEqual([0n, 1n]);
  expect(running.size).toBe(0);
});

test("any other error is a broken assumption: it reaches the consumer, and nothing is done", async () => {
  const { run, done } = setUp(() => {
    throw new Error("a middleware threw");
  }, 5);
  await expect(run()).rejects.toThrow("a middleware threw");
  expect(done).toEqual([]);
});

test("a long run of events that never wait gives everything else a turn", async () => {
  let time = 0;
  let turns = 0;
  const { run, progress } = setUp(
    () => {
      time += 4;
      return undefined;
    },
    100,
    () => time,
  );
  const over = new AbortController();
  const turn = () => {
    turns++;
    if (!over.signal.aborted) setImmediate(turn);
  };
  setImmediate(turn);
  await run();
  over.abort();
  expect(turns).toBeGreaterThanOrEqual(24);
  expect(progress()).toBe(25);
});

test("what runs can be seen while it runs, and aborted", async () => {
  const begun = Promise.withResolvers<void>();
  const { run, running } = setUp(async (_event, context) => {
    const { signal } = context;
    begun.resolve();
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
  }, 1);
  const pending = run();
  await begun.promise;
  const [batch] = running;
  expect(batch?.current?.where).toEqual({ group: "g", topic: TOPIC.topic, partition: 3, offset: 0n });
  batch?.current?.abort(new Error("stop now"));
  await pending;
});
