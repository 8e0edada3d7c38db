import { describe, expect, test } from "bun:test";
import { deflateRawSync } from "node:zlib";
import type { ErrorName } from "../../src/broker/protocol/index.ts";
import {
  ATTRIBUTES,
  BASE_OFFSET,
  BASE_SEQUENCE,
  BASE_TIMESTAMP,
  COUNT,
  CRC,
  crc32c,
  LAST_OFFSET_DELTA,
  LEADER_EPOCH,
  LENGTH,
  MAGIC,
  MAX_TIMESTAMP,
  RECORDS,
} from "../../src/records/index.ts";
import type { LogUnderTest, OpenLogUnderTest, TopicSettings } from "../broker/log/support/log-under-test.ts";
import { type BatchInput, batchOf, type RecordInput } from "../support/broker/batch.ts";

/**
 * What every log of a partition must do, whatever holds its bytes; found by asking Apache Kafka. `differs` maps a title
 * to the reason for which this log does not do it.
 */
export function logContract(
  name: string,
  open: OpenLogUnderTest,
  differs: Readonly<Record<string, string>> = {},
): void {
  const it = (title: string, body: (log: LogUnderTest) => Promise<void>, settings: TopicSettings = {}) =>
    test.skipIf(title in differs)(title, async () => {
      const log = await open(settings);
      try {
        await body(log);
      } finally {
        await log.close();
      }
    });

  describe(name, () => {
    appends(it);
    refusals(it);
    idempotence(it);
    transactions(it);
    times(it);
    ends(it);
  });
}

type It = (title: string, body: (log: LogUnderTest) => Promise<void>, settings?: TopicSettings) => void;

function appends(it: It): void {
  it("the first record has offset 0, and each batch follows on the last", async (log) => {
    expect(await log.append(batch("a", "b"))).toMatchObject({ error: "NONE", baseOffset: 0n, logAppendTime: -1n });
    expect(await log.append(batch("c"))).toMatchObject({ error: "NONE", baseOffset: 2n });
    expect([await log.startOffset(), await log.endOffset()]).toEqual([0n, 3n]);
  });

  it("a batch is stored as it came, but for its offset and epoch", async (log) => {
    await log.append(batch("before"));
    const sent = batchOf({ records: [{ key: "k", value: "v", headers: { h: "1" } }, { value: null }] });
    const expected = Buffer.from(sent);
    expected.writeBigInt64BE(1n, BASE_OFFSET);
    expected.writeInt32BE(0, LEADER_EPOCH);
    await log.append(sent);
    expect((await log.read(1n)).bytes).toEqual(expected);
  });

  it("a batch of each codec is given back packed as it came", async (log) => {
    for (const compression of ["gzip", "zstd"] as const) {
      const sent = batchOf({ records: [{ value: "x".repeat(500) }], compression });
      const packed = Buffer.from(sent.subarray(RECORDS));
      const { baseOffset } = await log.append(sent);
      expect((await log.read(baseOffset)).bytes.subarray(RECORDS)).toEqual(packed);
    }
  });

  it("a read begins with the whole batch that holds the offset", async (log) => {
    await log.append(batch("a", "b", "c"));
    await log.append(batch("d"));
    expect(offsets(await log.read(1n))).toEqual([0n, 3n]);
    expect(offsets(await log.read(3n))).toEqual([3n]);
  });

  it("a read gives whole batches up to its limit, and the first one whatever its size", async (log) => {
    for (let at = 0; at < 6; at++) await log.append(batch("x".repeat(100)));
    const size = (await log.read(5n)).bytes.length;
    expect(offsets(await log.read(0n, { maxBytes: size * 3 + size / 2 }))).toEqual([0n, 1n, 2n]);
    expect(offsets(await log.read(0n, { maxBytes: size * 2 }))).toEqual([0n, 1n]);
    expect(offsets(await log.read(2n, { maxBytes: 1 }))).toEqual([2n]);
  });

  it("a read at the end gives nothing, and one beyond or before is refused", async (log) => {
    await log.append(batch("a"));
    expect(await log.read(1n)).toMatchObject({ error: "NONE", batches: [] });
    expect((await log.read(2n)).error).toBe("OFFSET_OUT_OF_RANGE");
    expect((await log.read(-1n)).error).toBe("OFFSET_OUT_OF_RANGE");
  });

  it("bytes behind the batch that are no batch are left out", async (log) => {
    expect((await log.append(Buffer.concat([batch("a"), Buffer.from("garbage")]))).error).toBe("NONE");
    expect((await log.append(Buffer.concat([batch("b"), batch("cut").subarray(0, -2)]))).baseOffset).toBe(1n);
    expect(values(await log.read(0n))).toEqual(["a", "b"]);
  });

  it(
    "a topic that stamps its records gives them the time of the append",
    async (log) => {
      const { logAppendTime } = await log.append(batchOf({ records: [{ value: "a" }], baseTimestamp: 5 }));
      expect(Math.abs(Number(logAppendTime) - Date.now())).toBeLessThan(60_000);
      const { batches } = await log.read(0n);
      expect(batches[0]).toMatchObject({ attributes: 8, baseTimestamp: 5n, maxTimestamp: logAppendTime });
      const late = changed(batch("a"), (bytes) => bytes.writeInt16BE(8, ATTRIBUTES));
      expect(await log.append(late)).toMatchObject({ error: "INVALID_TIMESTAMP", wrongRecords: [0] });
    },
    { appendTime: true },
  );

  it("a wrong newest timestamp is put right", async (log) => {
    const sent = batchOf({ records: [{ timestamp: 1000 }, { timestamp: 3000 }, { timestamp: 2000 }] });
    await log.append(changed(sent, (bytes) => bytes.writeBigInt64BE(77n, MAX_TIMESTAMP)));
    expect((await log.read(0n)).batches[0]?.maxTimestamp).toBe(3000n);
  });
}

const REFUSED: readonly (readonly [what: string, error: ErrorName, bytes: () => Buffer])[] = [
  ["no bytes", "INVALID_RECORD", () => Buffer.alloc(0)],
  ["ten bytes", "INVALID_RECORD", () => Buffer.alloc(10)],
  ["a batch that is cut off", "INVALID_RECORD", () => batch("abcdef").subarray(0, -2)],
  ["two batches", "INVALID_RECORD", () => Buffer.concat([batch("a"), batch("b")])],
  ["a flipped bit", "CORRUPT_MESSAGE", () => flipped(batch("abc"))],
  ["magic 1", "INVALID_RECORD", () => changed(batch("a"), (bytes) => bytes.writeInt8(1, MAGIC))],
  ["magic 3", "CORRUPT_MESSAGE", () => changed(batch("a"), (bytes) => bytes.writeInt8(3, MAGIC))],
  ["a length of 10", "CORRUPT_MESSAGE", () => changed(batch("a"), (bytes) => bytes.writeInt32BE(10, LENGTH))],
  ["a negative length", "CORRUPT_MESSAGE", () => changed(batch("a"), (bytes) => bytes.writeInt32BE(-9, LENGTH))],
  ["a base offset", "INVALID_RECORD", () => changed(batch("a"), (bytes) => bytes.writeBigInt64BE(7n, 0))],
  ["too many offsets", "INVALID_RECORD", () => changed(batch("a"), (bytes) => bytes.writeInt32BE(1, 23))],
  ["too few records", "INVALID_RECORD", () => counted(batch("a"), 2)],
  ["too many records", "INVALID_RECORD", () => counted(batch("a", "b"), 1)],
  ["a count of none", "INVALID_RECORD", () => counted(batch("a"), 0)],
  ["a record of a wrong length", "INVALID_RECORD", () => changed(batch("a"), (bytes) => bytes.writeInt8(40, 61))],
  ["control records", "INVALID_RECORD", () => batchOf({ records: [{ value: "a" }], control: true })],
  ["a producer without a sequence", "INVALID_RECORD", () => written({ producerId: 5n, baseSequence: -1 })],
  ["a time that has not come", "INVALID_TIMESTAMP", () => written({ baseTimestamp: Date.now() + 7_200_000 })],
];

function refusals(it: It): void {
  for (const [what, error, bytes] of REFUSED) {
    it(`${what} is refused with ${error}, and nothing is stored`, async (log) => {
      await log.append(batch("before"));
      expect(await log.append(bytes())).toMatchObject({ error, baseOffset: -1n });
      expect(await log.endOffset()).toBe(1n);
    });
  }

  it("the records of a time that has not come are named, of packed ones too", async (log) => {
    const records: RecordInput[] = [{ value: "a" }, { value: "b", timestamp: Date.now() + 7_200_000 }];
    for (const compression of ["none", "gzip"] as const) {
      const answer = await log.append(batchOf({ records, compression }));
      expect(answer).toMatchObject({ error: "INVALID_TIMESTAMP", wrongRecords: [1] });
    }
  });

  it(
    "a compacted topic takes no record without a key",
    async (log) => {
      const records: RecordInput[] = [{ key: "k", value: "1" }, { value: "2" }];
      for (const compression of ["none", "gzip", "zstd"] as const) {
        const answer = await log.append(batchOf({ records, compression }));
        expect(answer).toMatchObject({ error: "INVALID_RECORD", wrongRecords: [1] });
      }
      expect((await log.append(batchOf({ records: [{ key: "k", value: "1" }] }))).error).toBe("NONE");
    },
    { compact: true },
  );

  it(
    "a batch larger than the topic allows is refused with MESSAGE_TOO_LARGE",
    async (log) => {
      const fitting = batch("x".repeat(1000 - batch("").length - 2));
      expect(fitting.length).toBe(1000);
      expect((await log.append(fitting)).error).toBe("NONE");
      expect((await log.append(batch("x".repeat(1000)))).error).toBe("MESSAGE_TOO_LARGE");
    },
    { maxMessageBytes: 1000 },
  );

  it("offsets within a batch have to be those of its records", async (log) => {
    expect((await log.append(changed(batch("a"), (bytes) => bytes.writeInt8(4, 64)))).error).toBe("INVALID_RECORD");
  });

  it("records that are packed wrongly are stored, since nobody unpacks them", async (log) => {
    const garbled = batchOf({ records: [{ value: "a" }], compression: "gzip" });
    deflateRawSync("x").copy(garbled, RECORDS);
    expect((await log.append(sealed(garbled))).error).toBe("NONE");
  });
}

function idempotence(it: It): void {
  it("a batch that comes again is answered with its first offset, as long as it is one of the last five", async (log) => {
    for (let sequence = 0; sequence < 6; sequence++) await log.append(sequenced(sequence));
    for (let sequence = 1; sequence < 6; sequence++) {
      const again = await log.append(sequenced(sequence));
      expect(again).toMatchObject({ error: "NONE", baseOffset: BigInt(sequence), logAppendTime: TIME });
    }
    expect((await log.append(sequenced(0))).error).toBe("OUT_OF_ORDER_SEQUENCE_NUMBER");
    expect(await log.endOffset()).toBe(6n);
  });

  it("a gap, and a batch that holds another one, are refused with OUT_OF_ORDER_SEQUENCE_NUMBER", async (log) => {
    await log.append(sequenced(0));
    await log.append(sequenced(1));
    expect((await log.append(sequenced(3))).error).toBe("OUT_OF_ORDER_SEQUENCE_NUMBER");
    expect((await log.append(sequenced(0, { count: 2 }))).error).toBe("OUT_OF_ORDER_SEQUENCE_NUMBER");
    expect(await log.append(sequenced(2))).toMatchObject({ error: "NONE", baseOffset: 2n });
  });

  it("a producer that is not known may begin with any sequence", async (log) => {
    expect((await log.append(sequenced(40))).error).toBe("NONE");
    expect((await log.append(sequenced(41))).error).toBe("NONE");
    expect((await log.append(sequenced(43))).error).toBe("OUT_OF_ORDER_SEQUENCE_NUMBER");
  });

  it("a higher epoch begins with sequence 0, and the lower one is refused from then on", async (log) => {
    await log.append(sequenced(0));
    expect((await log.append(sequenced(1, { producerEpoch: 2 }))).error).toBe("OUT_OF_ORDER_SEQUENCE_NUMBER");
    expect((await log.append(sequenced(0, { producerEpoch: 2 }))).baseOffset).toBe(1n);
    expect((await log.append(sequenced(0, { producerEpoch: 2 }))).baseOffset).toBe(1n);
    expect((await log.append(sequenced(0, { producerEpoch: 1 }))).error).toBe("INVALID_PRODUCER_EPOCH");
    expect((await log.append(sequenced(0))).error).toBe("INVALID_PRODUCER_EPOCH");
    expect((await log.append(sequenced(1, { producerEpoch: 2 }))).error).toBe("NONE");
  });

  it("after sequence 2^31 - 1 comes 0, within a batch too", async (log) => {
    await log.append(sequenced(2 ** 31 - 1));
    expect((await log.append(sequenced(0))).error).toBe("NONE");
    await log.append(sequenced(2 ** 31 - 2, { producerId: 8n }));
    expect((await log.append(sequenced(2 ** 31 - 1, { producerId: 8n, count: 3 }))).error).toBe("NONE");
    expect((await log.append(sequenced(2 ** 31 - 1, { producerId: 8n, count: 3 }))).baseOffset).toBe(3n);
    expect((await log.append(sequenced(2, { producerId: 8n }))).error).toBe("NONE");
  });

  it("producers do not get into each other's way", async (log) => {
    const now = Date.now();
    await log.append(sequenced(0, { producerId: 8n, time: now }));
    await log.append(sequenced(5, { producerId: 9n, time: now }));
    expect((await log.append(sequenced(1, { producerId: 8n, time: now }))).error).toBe("NONE");
    const producers = (await log.producers()).map(({ producerId, lastSequence }) => [producerId, lastSequence]);
    expect(producers.toSorted()).toEqual([
      [8n, 1],
      [9n, 5],
    ]);
  });
}

function transactions(it: It): void {
  it("an open transaction holds the last stable offset, and hides what follows from read_committed", async (log) => {
    await log.append(batch("plain"));
    const transaction = await log.begin();
    await transaction.append(0, "a", "b");
    await log.append(batch("behind"));
    expect(await log.endOffset("read_committed")).toBe(1n);
    expect(values(await log.read(0n, { isolation: "read_committed" }))).toEqual(["plain"]);
    expect(values(await log.read(2n, { isolation: "read_committed" }))).toEqual([]);
    expect(values(await log.read(0n))).toEqual(["plain", "a", "b", "behind"]);
    await transaction.end("commit");
    expect(await log.endOffset("read_committed")).toBe(5n);
    expect(await log.read(0n, { isolation: "read_committed" })).toMatchObject({ aborted: [], stableOffset: 5n });
  });

  it("the older of two open transactions holds the last stable offset", async (log) => {
    const one = await log.begin("one");
    const two = await log.begin("two");
    await one.append(0, "a");
    await two.append(0, "b");
    await two.end("commit");
    expect(await log.endOffset("read_committed")).toBe(0n);
    await one.end("commit");
    expect(await log.endOffset("read_committed")).toBe(4n);
  });

  it("read_committed tells which transactions were aborted, and read_uncommitted does not", async (log) => {
    const one = await log.begin("one");
    await one.append(0, "a");
    const two = await log.begin("two");
    await two.append(0, "b");
    await one.end("abort");
    await two.end("commit");
    const { aborted } = await log.read(0n, { isolation: "read_committed" });
    expect(aborted).toEqual(
      [{ producerId: one.producerId, firstOffset: 0n }].map((one) => expect.objectContaining(one)),
    );
    expect((await log.read(0n)).aborted).toEqual([]);
    expect((await log.read(3n, { isolation: "read_committed" })).aborted).toEqual([]);
  });

  for (const how of ["commit", "abort"] as const) {
    it(`the marker of ${how === "abort" ? "an" : "a"} ${how} has the bytes that Apache Kafka writes`, async (log) => {
      const transaction = await log.begin();
      await transaction.append(0, "a");
      await transaction.end(how);
      const { bytes, batches } = await log.read(1n);
      expect(batches).toMatchObject([{ control: true, transactional: true, producerId: transaction.producerId }]);
      expect(withoutIdentity(bytes)).toBe(MARKERS[how]);
    });
  }
}

/** As Apache Kafka 4.3 wrote them at offset 1; checksum, timestamps, ids and epochs are zero. */
const MARKER_HEADER =
  "000000000000000100000042000000000200000000003000000000000000000000000000000000000000000000000000000000" +
  "0000ffffffff00000001";
const MARKERS = {
  commit: `${MARKER_HEADER}2000000008000000010c00000000000000`,
  abort: `${MARKER_HEADER}2000000008000000000c00000000000000`,
} as const;

function times(it: It): void {
  it("a time gives the first record that is not older", async (log) => {
    await log.append(batchOf({ records: [1000, 3000, 2000].map((timestamp) => ({ timestamp })) }));
    await log.append(batchOf({ records: [2500, 5000].map((timestamp) => ({ timestamp })) }));
    const found = [0, 1000, 1001, 3000, 3001, 5000, 5001].map((time) => log.offsetForTime(BigInt(time)));
    expect((await Promise.all(found)).map((one) => [one?.offset, one?.timestamp])).toEqual([
      [0n, 1000n],
      [0n, 1000n],
      [1n, 3000n],
      [1n, 3000n],
      [4n, 5000n],
      [4n, 5000n],
      [undefined, undefined],
    ]);
  });

  it("a time is found to the record in packed batches", async (log) => {
    for (const [at, compression] of (["gzip", "zstd"] as const).entries()) {
      const base = 10_000 * (at + 1);
      await log.append(batchOf({ records: [0, 1, 2].map((ms) => ({ timestamp: base + ms })), compression }));
    }
    expect(await log.offsetForTime(10_001n)).toMatchObject({ offset: 1n, timestamp: 10_001n });
    expect(await log.offsetForTime(20_002n)).toMatchObject({ offset: 5n, timestamp: 20_002n });
  });

  it("a time that an open transaction holds is not found by read_committed", async (log) => {
    const transaction = await log.begin();
    await transaction.append(0, "a");
    expect((await log.offsetForTime(0n))?.offset).toBe(0n);
    expect(await log.offsetForTime(0n, "read_committed")).toBeUndefined();
    await transaction.end("commit");
    expect((await log.offsetForTime(0n, "read_committed"))?.offset).toBe(0n);
  });

  it("the newest timestamp is found with its first record", async (log) => {
    expect(await log.maxTimestamp()).toBeUndefined();
    await log.append(batchOf({ records: [1000, 3000, 3000, 2000].map((timestamp) => ({ timestamp })) }));
    await log.append(batchOf({ records: [{ timestamp: 3000 }] }));
    expect(await log.maxTimestamp()).toMatchObject({ offset: 1n, timestamp: 3000n });
  });

  it("an empty log has no record of any time", async (log) => {
    expect(await log.offsetForTime(0n)).toBeUndefined();
  });
}

function ends(it: It): void {
  it("the latest epoch ends at the end of the log, a later one is not known", async (log) => {
    expect(await log.endOfEpoch(0)).toEqual({ epoch: 0, endOffset: 0n });
    await log.append(batch("a", "b"));
    expect(await log.endOfEpoch(0)).toEqual({ epoch: 0, endOffset: 2n });
    expect(await log.endOfEpoch(1)).toEqual({ epoch: -1, endOffset: -1n });
  });

  it("records below an offset are deleted, and the start does not go back", async (log) => {
    for (const value of ["a", "b", "c"]) await log.append(batch(value));
    expect(await log.deleteBefore(4n)).toEqual({ error: "OFFSET_OUT_OF_RANGE", startOffset: 0n });
    expect(await log.deleteBefore(2n)).toEqual({ error: "NONE", startOffset: 2n });
    expect(await log.deleteBefore(1n)).toEqual({ error: "NONE", startOffset: 2n });
    expect((await log.read(1n)).error).toBe("OFFSET_OUT_OF_RANGE");
    expect(values(await log.read(2n))).toEqual(["c"]);
    expect((await log.offsetForTime(0n))?.offset).toBe(2n);
    expect(await log.deleteBefore(3n)).toEqual({ error: "NONE", startOffset: 3n });
    expect(await log.endOffset()).toBe(3n);
    expect((await log.append(batch("d"))).baseOffset).toBe(3n);
  });

  it("a start in the middle of a batch leaves the batch whole, and times are found behind it", async (log) => {
    await log.append(batchOf({ records: [1, 2, 3].map((timestamp) => ({ timestamp })) }));
    await log.deleteBefore(1n);
    expect(offsets(await log.read(1n))).toEqual([0n]);
    expect((await log.offsetForTime(1n))?.offset).toBe(1n);
  });

  it("a producer is known after all its records were deleted", async (log) => {
    await log.append(sequenced(0));
    await log.append(sequenced(1));
    await log.deleteBefore(2n);
    expect((await log.append(sequenced(3))).error).toBe("OUT_OF_ORDER_SEQUENCE_NUMBER");
    expect((await log.append(sequenced(1))).baseOffset).toBe(1n);
  });
}

const TIME = 1_700_000_000_000n;

const batch = (...all: readonly string[]): Buffer => batchOf({ records: all.map((value) => ({ value })) });

const written = (input: Partial<BatchInput>): Buffer => batchOf({ records: [{ value: "a" }], ...input });

interface Sequenced {
  readonly producerId?: bigint;
  readonly producerEpoch?: number;
  readonly count?: number;
  readonly time?: number;
}

function sequenced(sequence: number, { producerId = 7n, producerEpoch = 0, count = 1, time }: Sequenced = {}): Buffer {
  const records = Array.from({ length: count }, (_, at) => ({ value: `${sequence}+${at}` }));
  const baseTimestamp = time ?? Number(TIME);
  return batchOf({ records, producerId, producerEpoch, baseSequence: sequence, baseTimestamp });
}

/** Makes the checksum right again. */
function sealed(bytes: Buffer): Buffer {
  bytes.writeUInt32BE(crc32c(bytes, ATTRIBUTES), CRC);
  return bytes;
}

function changed(bytes: Buffer, change: (bytes: Buffer) => void): Buffer {
  change(bytes);
  return sealed(bytes);
}

const counted = (bytes: Buffer, count: number): Buffer =>
  changed(bytes, () => {
    bytes.writeInt32BE(count, COUNT);
    bytes.writeInt32BE(count - 1, LAST_OFFSET_DELTA);
  });

function flipped(bytes: Buffer): Buffer {
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 2) ^ 1, bytes.length - 2);
  return bytes;
}

function withoutIdentity(marker: Buffer): string {
  const bytes = Buffer.from(marker);
  bytes.fill(0, CRC, ATTRIBUTES);
  bytes.fill(0, BASE_TIMESTAMP, BASE_SEQUENCE);
  bytes.fill(0, bytes.length - 5, bytes.length - 1); // The coordinator's epoch, which counts its starts.
  return bytes.toString("hex");
}

type Read = Awaited<ReturnType<LogUnderTest["read"]>>;

const offsets = ({ batches }: Read): bigint[] => batches.map(({ baseOffset }) => baseOffset);

const values = ({ batches }: Read): string[] =>
  batches.flatMap(({ control, records }) => (control ? [] : records.map(({ value }) => String(value))));
