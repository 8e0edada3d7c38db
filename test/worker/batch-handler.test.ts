import { expect, test } from "bun:test";
import fc from "fast-check";
import { envelopeOf } from "../../src/catalog/index.ts";
import type { PartitionBatch } from "../../src/kafka/index.ts";
import { createBatchHandler } from "../../src/worker/batch-handler.ts";
import type { Batch } from "../../src/worker/context.ts";
import { byKey } from "../../src/worker/contiguous.ts";
import { Abandoned } from "../../src/worker/errors.ts";
import type { Handle } from "../../src/worker/handle.ts";
import { createWorkerMetrics } from "../../src/worker/metrics.ts";
import { catalogTopic, record } from "../support/worker.ts";

const TOPIC = catalogTopic("notes.note.taken.v1");

interface Given {
  readonly now?: () => number;
  readonly concurrency?: number;
  readonly keyOf?: (offset: number) => string;
}

/** A handler of batches around this, and a batch of as many records from offset 0 on. */
function setUp(handle: Handle, count: number, { now, concurrency = 1, keyOf = () => "k" }: Given = {}) {
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
    concurrency,
    ...(now && { now }),
  });
  const done: bigint[] = [];
  let progress = 0;
  const batch: PartitionBatch = {
    topic: TOPIC.topic,
    partition: 3,
    records: Array.from({ length: count }, (_, index) =>
      record({ offset: BigInt(index), key: Buffer.from(keyOf(index)) }),
    ),
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
    { now: () => time },
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

/** Handlers that end when the test says so, by offset. */
function held() {
  const begun: number[] = [];
  const ends = new Map<number, PromiseWithResolvers<void>>();
  const endOf = (offset: number) => {
    const end = ends.get(offset) ?? Promise.withResolvers<void>();
    ends.set(offset, end);
    return end;
  };
  const handle: Handle = (event) => {
    begun.push(Number(event.offset));
    return endOf(Number(event.offset)).promise;
  };
  return {
    handle,
    begun,
    end: (offset: number) => endOf(offset).resolve(),
    fail: (offset: number, error: Error) => endOf(offset).reject(error),
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("with concurrency, keys are handled side by side and each key in its order", async () => {
  const { handle, begun, end } = held();
  // Keys a, b, c, a, b, c, …
  const { run, done } = setUp(handle, 6, { concurrency: 2, keyOf: (offset) => "abc"[offset % 3] ?? "" });
  const pending = run();
  expect(begun).toEqual([0, 1]);
  end(1);
  await settled();
  expect(begun).toEqual([0, 1, 4]);
  expect(done).toEqual([]);
  for (const offset of [4, 2, 5]) end(offset);
  await settled();
  expect(begun).toEqual([0, 1, 4, 2, 5]);
  expect(done).toEqual([]);
  end(0);
  await settled();
  expect(done).toEqual([2n]);
  end(3);
  await pending;
  expect(done).toEqual([2n, 5n]);
});

test("with concurrency, nothing is done beyond an event that was abandoned", async () => {
  const { handle, end, fail } = held();
  const { run, done, running } = setUp(handle, 4, { concurrency: 4, keyOf: String });
  const pending = run();
  for (const offset of [0, 2, 3]) end(offset);
  fail(1, new Abandoned("stopped"));
  await pending;
  expect(done).toEqual([0n]);
  expect(running.size).toBe(0);
});

test("with concurrency, a broken assumption reaches the consumer once all that runs has ended", async () => {
  const { handle, end, fail } = held();
  const { run, running } = setUp(handle, 2, { concurrency: 2, keyOf: String });
  const pending = run();
  fail(0, new Error("a middleware threw"));
  await settled();
  expect(running.size).toBe(1);
  end(1);
  await expect(pending).rejects.toThrow("a middleware threw");
});

test("with concurrency, records without a key wait for no other", async () => {
  const queues = byKey([record({ key: null }), record({ key: Buffer.from("a") }), record({ key: null })]);
  expect(queues.map(({ length }) => length)).toEqual([1, 1, 1]);
});

test("keys side by side keep their order whatever ends first", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 4 })),
      fc.integer({ min: 2, max: 5 }),
      fc.infiniteStream(fc.integer({ min: 0, max: 3 })),
      async (keys, concurrency, turns) => {
        const seen = new Map<string | null, bigint[]>();
        const { run, done } = setUp(
          async ({ key, offset }) => {
            for (let left = turns.next().value ?? 0; left > 0; left--) await Promise.resolve();
            seen.set(key, [...(seen.get(key) ?? []), offset]);
          },
          keys.length,
          { concurrency, keyOf: (offset) => String(keys[offset]) },
        );
        await run();
        for (const offsets of seen.values()) expect(offsets).toEqual(offsets.toSorted((a, b) => Number(a - b)));
        expect([...seen.values()].flat()).toHaveLength(keys.length);
        expect(done).toEqual(done.toSorted((a, b) => Number(a - b)));
        expect(done.at(-1)).toBe(keys.length === 0 ? undefined : BigInt(keys.length - 1));
      },
    ),
  );
});
