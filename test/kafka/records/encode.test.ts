import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import Decoder from "kafkajs/src/protocol/decoder.js";
import encodeRecord from "kafkajs/src/protocol/recordBatch/record/v0/index.js";
import decodeWithKafkajs from "kafkajs/src/protocol/recordBatch/v0/decoder.js";
import { RecordBatch } from "kafkajs/src/protocol/recordBatch/v0/index.js";
import { decodeBatch, type IncomingRecord, scanRecordSet } from "../../../src/kafka/records/decode.ts";
import {
  BatchWriter,
  prepareHeaders,
  type RecordContent,
  recordBound,
  stampBatch,
} from "../../../src/kafka/records/encode.ts";
import { golden } from "../../support/golden.ts";

const NO_LIMIT = Number.MAX_SAFE_INTEGER;
const IDENTITY = { producerId: 4711n, producerEpoch: 3, baseSequence: 99 };

function encode(records: readonly RecordContent[], compression: "none" | "gzip" | "zstd" = "none"): Buffer {
  const writer = new BatchWriter();
  for (const record of records) writer.add(record, NO_LIMIT);
  const batch = writer.finish(compression);
  stampBatch(batch, IDENTITY);
  return batch;
}

function decode(bytes: Buffer): IncomingRecord[] {
  const records: IncomingRecord[] = [];
  for (const frame of scanRecordSet(bytes).frames) {
    decodeBatch(bytes, frame, { topic: "t", partition: 0, fromOffset: 0n }, records);
  }
  return records;
}

const contents = fc.array(
  fc.record({
    key: fc.option(fc.oneof(fc.string({ unit: "binary", maxLength: 300 }), fc.uint8Array({ maxLength: 40 }))),
    value: fc.option(fc.uint8Array({ maxLength: 400 })),
    headers: fc.array(fc.tuple(fc.string({ maxLength: 20 }), fc.string({ unit: "binary", maxLength: 150 })), {
      maxLength: 5,
    }),
    timestamp: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  }),
  { minLength: 1, maxLength: 20 },
);

describe("a batch that the Java client wrote", () => {
  test("comes out byte for byte when its records are written again", () => {
    const recorded = golden("record-batch/console-producer-none.hex");
    const { frames } = scanRecordSet(recorded);
    expect(frames.length).toBeGreaterThan(0);
    for (const { start, end } of frames) {
      const theirs = recorded.subarray(start, end);
      const ours = encodeAgain(theirs);
      // The broker fills these two in, and the checksum leaves them out.
      theirs.copy(ours, 0, 0, 8);
      theirs.copy(ours, 12, 12, 16);
      expect(ours.toString("hex")).toBe(theirs.toString("hex"));
    }
  });
});

test("batches are byte for byte those of kafkajs", async () => {
  await fc.assert(
    fc.asyncProperty(contents, async (given) => {
      // kafkajs sorts its headers into an object and takes the least timestamp for the first.
      const records = given
        .map((record) => ({ ...record, headers: Object.entries({ ...Object.fromEntries(record.headers) }) }))
        .toSorted((one, other) => one.timestamp - other.timestamp);
      expect(encode(records).toString("hex")).toBe((await encodeWithKafkajs(records)).toString("hex"));
    }),
    { numRuns: 200 },
  );
});

test.each(["none", "gzip", "zstd"] as const)("what is written is read again (%s)", (compression) => {
  fc.assert(
    fc.property(contents, (records) => {
      const read = decode(encode(records, compression));
      expect(read.map(shown)).toEqual(
        records.map(({ key, value, headers, timestamp }, index) => ({
          offset: BigInt(index),
          timestamp,
          key: key === null ? null : bytesOf(key).toString("hex"),
          value: value === null ? null : Buffer.from(value).toString("hex"),
          headers: headers.map(([name, text]) => [utf8(name), utf8(text)]),
        })),
      );
    }),
    { numRuns: 100 },
  );
});

test("gzip batches are read by kafkajs", async () => {
  const batch = encode([{ key: "k", value: Buffer.from("v"), headers: [["h", "x"]], timestamp: 7 }], "gzip");
  const { records, producerId, producerEpoch, firstSequence } = await decodeWithKafkajs(new Decoder(batch));
  expect(records.map(({ key, value }) => [String(key), String(value)])).toEqual([["k", "v"]]);
  expect({ producerId, producerEpoch, firstSequence }).toEqual({
    producerId: "4711",
    producerEpoch: 3,
    firstSequence: 99,
  });
});

test("prepared headers stand before the others, and are the same bytes", () => {
  const first = ["ce_specversion", "1.0"] as const;
  const second = ["ce_id", "ä"] as const;
  const base = { key: null, value: null, timestamp: 1 };
  expect(encode([{ ...base, prepared: prepareHeaders([first]), headers: [second] }])).toEqual(
    encode([{ ...base, headers: [first, second] }]),
  );
});

describe("the limit of a batch", () => {
  const record = { key: null, value: Buffer.alloc(100), timestamp: 1 };

  test("holds for every record but the first", () => {
    const writer = new BatchWriter();
    expect(writer.add(record, 50)).toBe(true);
    expect(writer.add(record, 200)).toBe(false);
    expect(writer.count).toBe(1);
    const batch = writer.finish("none");
    stampBatch(batch, IDENTITY);
    expect(decode(batch).length).toBe(1);
  });

  test("a batch never exceeds it", () => {
    fc.assert(
      fc.property(contents, fc.integer({ min: 200, max: 2_000 }), (records, bytesMax) => {
        const writer = new BatchWriter();
        for (const each of records) if (!writer.add(each, bytesMax)) break;
        const { count } = writer;
        expect(count === 1 || writer.finish("none").length <= bytesMax).toBe(true);
      }),
    );
  });

  test("the bound of a record is never below what it takes", () => {
    fc.assert(
      fc.property(contents, (records) => {
        const HEADER_BYTES = 61;
        const bound = records.reduce((sum, each) => sum + recordBound(each), HEADER_BYTES);
        expect(encode(records).length).toBeLessThanOrEqual(bound);
      }),
    );
  });
});

test("stamping a batch again changes its identity and its checksum alone", () => {
  const batch = encode([{ key: "k", value: null, timestamp: 1 }]);
  const other = Buffer.from(batch);
  stampBatch(other, { producerId: 1n, producerEpoch: 0, baseSequence: 0 });
  expect(other.equals(batch)).toBe(false);
  stampBatch(other, IDENTITY);
  expect(other.equals(batch)).toBe(true);
});

const bytesOf = (key: string | Uint8Array) => (typeof key === "string" ? Buffer.from(key) : Buffer.from(key));
const text = (bytes: Buffer | null) => bytes?.toString() ?? null;
/** A lone surrogate has no UTF-8; it becomes U+FFFD wherever text is written. */
const utf8 = (written: string) => Buffer.from(written).toString();

const shown = (record: IncomingRecord) => ({
  offset: record.offset,
  timestamp: record.timestamp,
  key: record.key?.toString("hex") ?? null,
  value: record.value?.toString("hex") ?? null,
  headers: record.headers().map(([name, bytes]) => [name, text(bytes)]),
});

function encodeAgain(theirs: Buffer): Buffer {
  const writer = new BatchWriter();
  for (const record of decode(theirs)) {
    const { key, value, timestamp } = record;
    writer.add({ key, value, timestamp, headers: record.headers() }, NO_LIMIT);
  }
  const ours = writer.finish("none");
  stampBatch(ours, {
    producerId: theirs.readBigInt64BE(43),
    producerEpoch: theirs.readInt16BE(51),
    baseSequence: theirs.readInt32BE(53),
  });
  return ours;
}

async function encodeWithKafkajs(
  records: readonly (RecordContent & { headers: readonly (readonly [string, string])[] })[],
): Promise<Buffer> {
  const firstTimestamp = records[0]?.timestamp ?? 0;
  const { buffer } = await RecordBatch({
    compression: 0,
    firstTimestamp,
    maxTimestamp: records.at(-1)?.timestamp ?? 0,
    lastOffsetDelta: records.length - 1,
    producerId: String(IDENTITY.producerId),
    producerEpoch: IDENTITY.producerEpoch,
    firstSequence: IDENTITY.baseSequence,
    partitionLeaderEpoch: -1,
    records: records.map(({ key, value, headers, timestamp }, offsetDelta) =>
      encodeRecord({
        offsetDelta,
        timestampDelta: timestamp - firstTimestamp,
        key: key === null || typeof key === "string" ? key : Buffer.from(key),
        value: value === null ? null : Buffer.from(value),
        headers: Object.fromEntries(headers),
      }),
    ),
  });
  return buffer;
}
