import { expect, test } from "bun:test";
import { PartitionQueue } from "../../../src/kafka/consumer/partition-queue.ts";
import type { KafkaError, PartitionBatch } from "../../../src/kafka/index.ts";
import { scanRecordSet } from "../../../src/kafka/records/decode.ts";
import { BatchWriter, stampBatch } from "../../../src/kafka/records/encode.ts";
import { golden } from "../../support/golden.ts";
import { until } from "../../support/until.ts";

/** A batch of the offsets 0 to 4, and one of 5 to 9. */
const first = golden("record-batch/console-producer-none.hex");
const second = Buffer.from(first);
second.writeBigInt64BE(5n);

function offer(queue: PartitionQueue, bytes: Buffer): void {
  const { frames } = scanRecordSet(bytes);
  queue.offer(bytes, frames, frames.at(-1)?.nextOffset ?? 0n);
}

/** A queue at work: batches wait in `batches` until the test calls `next`. */
function atWork(start: { offset: bigint; committed: bigint | undefined } = { offset: 0n, committed: undefined }) {
  const queue = new PartitionQueue({ topic: "t", partition: 0 }, start);
  const batches: PartitionBatch[] = [];
  const blocked: KafkaError[] = [];
  const ending = new AbortController();
  let next: () => void = () => {};
  const ended = queue.run({
    signal: ending.signal,
    onRoom: () => {},
    onBlocked: (_queue, error) => blocked.push(error),
    handle: (batch) => {
      batches.push(batch);
      return new Promise((resolve) => {
        next = resolve;
      });
    },
  });
  const end = async () => {
    ending.abort();
    next();
    await ended;
  };
  return { queue, batches, blocked, next: () => next(), end };
}

const offsets = (batch: PartitionBatch | undefined) => batch?.records.map(({ offset }) => offset);

test("the next batch waits until the handler of the one before has returned", async () => {
  const { queue, batches, next, end } = atWork();
  offer(queue, first);
  offer(queue, second);

  await until("the first is handed out", () => batches.length === 1);
  expect(queue.queuedBytes).toBe(second.length);
  next();
  await until("the second is", () => batches.length === 2);

  expect(batches.map(offsets)).toEqual([
    [0n, 1n, 2n, 3n, 4n],
    [5n, 6n, 7n, 8n, 9n],
  ]);
  await end();
});

test("a paused queue hands out nothing until it is resumed", async () => {
  const { queue, batches, next, end } = atWork();
  offer(queue, first);
  offer(queue, second);
  await until("the first is handed out", () => batches.length === 1);
  queue.paused = true;
  next();
  await until("its handler has returned", () => queue.handling === undefined);
  expect(batches.length).toBe(1);

  queue.paused = false;

  await until("the second is handed out", () => batches.length === 2);
  await end();
});

test("the position follows what is done, and never goes back", async () => {
  const { queue, batches, end } = atWork();
  offer(queue, first);
  await until("it is handed out", () => batches.length === 1);
  expect(queue.uncommitted).toBe(false);

  batches[0]?.done(2n);
  batches[0]?.done(1n);

  expect(queue.position).toBe(3n);
  expect(queue.uncommitted).toBe(true);
  await end();
});

test("what was fetched from the middle of a batch begins at the offset asked for", async () => {
  const { queue, batches, end } = atWork({ offset: 3n, committed: 3n });
  offer(queue, first);
  await until("it is handed out", () => batches.length === 1);

  expect(offsets(batches[0])).toEqual([3n, 4n]);
  await end();
});

test("being done after the partition was given away moves nothing", async () => {
  const { queue, batches, end } = atWork();
  offer(queue, first);
  await until("it is handed out", () => batches.length === 1);

  queue.close();
  batches[0]?.done(4n);

  expect(queue.position).toBe(0n);
  await end();
});

test("being done with a batch from before a seek moves nothing", async () => {
  const { queue, batches, end } = atWork({ offset: 0n, committed: 0n });
  offer(queue, first);
  await until("it is handed out", () => batches.length === 1);

  queue.seek(0n);
  batches[0]?.done(4n);

  expect(queue.position).toBe(0n);
  await end();
});

test("offsets without records, as of a transaction marker, are done once all before them is", async () => {
  const { queue, batches, next, end } = atWork();
  offer(queue, first);
  queue.offer(Buffer.alloc(0), [], 6n);
  await until("the records are handed out", () => batches.length === 1);
  expect(queue.position).toBe(0n);

  batches[0]?.done(4n);
  next();

  await until("the position is behind the marker", () => queue.position === 6n);
  await end();
});

/** Skipping what cannot be read would lose records without a word; failing would stop every other partition. */
test("a damaged batch blocks the partition at its offset, after what came before it was handed out", async () => {
  const { queue, batches, blocked, next, end } = atWork();
  const damaged = Buffer.from(second);
  damaged.writeInt8(damaged.readInt8(70) ^ 1, 70);
  offer(queue, Buffer.concat([first, damaged]));

  await until("what came before is handed out", () => batches.length === 1);
  expect(offsets(batches[0])).toEqual([0n, 1n, 2n, 3n, 4n]);
  batches[0]?.done(4n);
  next();

  expect(blocked.map(({ kind }) => kind)).toEqual(["CORRUPT_MESSAGE"]);
  expect(queue.blocked).toContain("CRC");
  expect([queue.fetchOffset, queue.position, queue.queuedBytes]).toEqual([5n, 5n, 0]);
  expect(queue.retryAt).toBeGreaterThan(performance.now());

  offer(queue, second);
  await until("it goes on once the bytes are whole", () => batches.length === 2);
  expect(offsets(batches[1])).toEqual([5n, 6n, 7n, 8n, 9n]);
  expect(queue.blocked).toBeUndefined();
  await end();
});

/** A few hundred kilobytes of zstd may be a hundred megabytes of records. */
test("batches that unpack to much are handed out a few at a time, without a gap between them", async () => {
  const { queue, batches, next, end } = atWork();
  const large = Array.from({ length: 5 }, (_, index) => largeBatch(BigInt(index), 400_000));
  offer(queue, Buffer.concat(large));

  await until("the first few are handed out", () => batches.length === 1);
  expect(offsets(batches[0])).toEqual([0n, 1n, 2n]);
  batches[0]?.done(2n);
  expect(queue.position).toBe(3n);
  next();
  await until("the others are", () => batches.length === 2);

  expect(offsets(batches[1])).toEqual([3n, 4n]);
  expect(queue.queuedBytes).toBe(0);
  await end();
});

/** One record of zeros, compressed. */
function largeBatch(offset: bigint, size: number): Buffer {
  const writer = new BatchWriter();
  writer.add({ key: null, value: Buffer.alloc(size), timestamp: 0 }, size);
  const bytes = writer.finish("zstd");
  stampBatch(bytes, { producerId: -1n, producerEpoch: -1, baseSequence: -1 });
  bytes.writeBigInt64BE(offset);
  return bytes;
}
