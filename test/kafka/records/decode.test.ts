import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { KafkaError } from "../../../src/kafka/index.ts";
import {
  type BatchFrame,
  decodeBatch,
  type IncomingRecord,
  isAbortMarker,
  scanRecordSet,
} from "../../../src/kafka/records/decode.ts";
import { crc32c } from "../../../src/records/index.ts";
import { golden } from "../../support/golden.ts";

const ATTRIBUTES = 21;
const CRC = 17;

function decode(bytes: Buffer, fromOffset = 0n): IncomingRecord[] {
  const records: IncomingRecord[] = [];
  for (const frame of scanRecordSet(bytes).frames) {
    decodeBatch(bytes, frame, { topic: "t", partition: 7, fromOffset }, records);
  }
  return records;
}

const text = (bytes: Buffer | null | undefined) => bytes?.toString() ?? null;

const shown = (record: IncomingRecord) => ({
  offset: record.offset,
  key: text(record.key),
  value: text(record.value),
  headers: record.headers().map(([name, value]) => [name, text(value)]),
});

/** The same bytes with one part overwritten, and the CRC made right again. */
function altered(bytes: Buffer, alter: (bytes: Buffer) => void): Buffer {
  const copy = Buffer.from(bytes);
  alter(copy);
  copy.writeUInt32BE(crc32c(copy.subarray(ATTRIBUTES)), CRC);
  return copy;
}

const kindThrown = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof KafkaError) return error.kind;
    throw error;
  }
  return "nothing";
};

describe("batches that the Java client wrote", () => {
  test.each(["none", "gzip", "zstd"])("%s: keys, values, headers, nulls and offsets come out", (compression) => {
    const records = decode(golden(`record-batch/console-producer-${compression}.hex`));

    expect(records.map(shown)).toEqual([
      {
        offset: 0n,
        key: "key-1",
        value: "order one",
        headers: [
          ["trace", "abc"],
          ["kind", "first"],
        ],
      },
      {
        offset: 1n,
        key: "key-2",
        value: `order two with a longer value, ${"x".repeat(200)}`,
        headers: [
          ["trace", "def"],
          ["empty", ""],
        ],
      },
      { offset: 2n, key: null, value: "no key and no headers", headers: [] },
      { offset: 3n, key: "key-1", value: null, headers: [["trace", "ghi"]] },
      {
        offset: 4n,
        key: "schlüssel",
        value: "seven headers, ünïcode ✓",
        headers: [
          ["a", "ä"],
          ["b", "2"],
          ["c", "3"],
          ["d", "4"],
          ["e", "5"],
          ["f", "6"],
          ["g", "7"],
        ],
      },
    ]);
    expect(records[0]).toMatchObject({ topic: "t", partition: 7 });
  });

  test("timestamps are the producer's, record by record", () => {
    const records = decode(golden("record-batch/console-producer-none.hex"));

    // The batch's first timestamp and its last, as its header has them.
    expect(records[0]?.timestamp).toBe(0x1a1fc7aad1c);
    expect(records[4]?.timestamp).toBe(0x1a1fc7aad32);
  });

  test("with LogAppendTime every record has the time of the append", () => {
    const bytes = altered(golden("record-batch/console-producer-none.hex"), (copy) => {
      copy.writeInt16BE(0x08, ATTRIBUTES);
    });

    expect(new Set(decode(bytes).map(({ timestamp }) => timestamp))).toEqual(new Set([0x1a1fc7aad32]));
  });

  test("a header is found by its name, the last of those that share one", () => {
    const [first, , , , last] = decode(golden("record-batch/console-producer-none.hex"));

    expect(text(first?.header("kind"))).toBe("first");
    expect(first?.header("kin")).toBeUndefined();
    expect(first?.header("kinds")).toBeUndefined();
    expect(first?.header("ü")).toBeUndefined();
    expect(text(last?.header("a"))).toBe("ä");
  });

  test("records before the offset asked for are left out", () => {
    const records = decode(golden("record-batch/console-producer-zstd.hex"), 3n);

    expect(records.map(({ offset }) => offset)).toEqual([3n, 4n]);
  });

  test("snappy is refused by name", () => {
    const bytes = golden("record-batch/console-producer-snappy.hex");

    expect(() => decode(bytes)).toThrow(/UNSUPPORTED_COMPRESSION_TYPE: snappy/);
  });
});

describe("transactions", () => {
  const bytes = golden("record-batch/transactions.hex");
  const { frames } = scanRecordSet(bytes);

  test("markers are told from records, and aborts from commits", () => {
    const told = frames.map((frame) => ({
      offset: frame.baseOffset,
      transactional: frame.transactional,
      abort: frame.control ? isAbortMarker(bytes, frame) : undefined,
    }));

    expect(told).toEqual([
      { offset: 0n, transactional: true, abort: undefined },
      { offset: 2n, transactional: false, abort: undefined },
      { offset: 3n, transactional: true, abort: true },
      { offset: 4n, transactional: true, abort: undefined },
      { offset: 5n, transactional: true, abort: false },
    ]);
  });
});

/**
 * A broker fills its answer up to the limit and cuts the last batch off wherever that falls. Taking the rest for
 * damage, or for the end of the log, would stop the partition for ever.
 */
describe("a record set that is cut off", () => {
  const one = golden("record-batch/console-producer-zstd.hex");

  test("has its whole batches, at every possible cut", () => {
    const second = Buffer.from(one);
    second.writeBigInt64BE(5n);
    const both = Buffer.concat([one, second]);

    for (let cut = 0; cut <= both.length; cut++) {
      const { frames } = scanRecordSet(both.subarray(0, cut));
      expect(frames.length).toBe(Math.floor(cut / one.length));
    }
  });

  test("says how many bytes the next batch needs", () => {
    expect(scanRecordSet(one.subarray(0, 100)).cutOffBytes).toBe(one.length);
    expect(scanRecordSet(one.subarray(0, 11)).cutOffBytes).toBe(0);
    expect(scanRecordSet(one).cutOffBytes).toBe(0);
  });
});

describe("damaged bytes are CORRUPT_MESSAGE", () => {
  const batch = golden("record-batch/console-producer-none.hex");

  test("each flipped bit below the CRC is found", () => {
    for (let at = ATTRIBUTES; at < batch.length; at++) {
      const copy = Buffer.from(batch);
      copy[at] = (copy[at] ?? 0) ^ (1 << (at % 8));
      expect(kindThrown(() => decode(copy))).toBe("CORRUPT_MESSAGE");
    }
  });

  test.each<[string, (copy: Buffer) => void]>([
    ["a batch of two gigabytes", (copy) => copy.writeInt32BE(0x7fffffff, 8)],
    ["a batch of negative length", (copy) => copy.writeInt32BE(-5, 8)],
    ["a batch shorter than its header", (copy) => copy.writeInt32BE(20, 8)],
    ["two billion records", (copy) => copy.writeInt32BE(0x7fffffff, 57)],
    ["a negative number of records", (copy) => copy.writeInt32BE(-1, 57)],
    ["one record more than there is", (copy) => copy.writeInt32BE(6, 57)],
    ["one record less than there is", (copy) => copy.writeInt32BE(4, 57)],
    ["a record of gigabytes", (copy) => copy.set([0xfe, 0xff, 0xff, 0xff, 0x0f], 61)],
    ["a record of negative length", (copy) => copy.set([0x01], 61)],
    ["a key of gigabytes", (copy) => copy.set([0xfe, 0xff, 0xff, 0xff, 0x0f], 65)],
    ["a key of length -2", (copy) => copy.set([0x03], 65)],
    ["offsets that do not rise", (copy) => copy.set([0x01], 64)],
    ["offsets past the end of the batch", (copy) => copy.writeInt32BE(3, 23)],
    ["another magic", (copy) => copy.set([3], 16)],
    ["a negative offset", (copy) => copy.writeBigInt64BE(-1n, 0)],
  ])("%s", (_claim, alter) => {
    expect(kindThrown(() => decode(altered(batch, alter)))).toBe("CORRUPT_MESSAGE");
  });

  test("batches whose offsets go back", () => {
    expect(kindThrown(() => decode(Buffer.concat([batch, batch])))).toBe("CORRUPT_MESSAGE");
  });

  test("compressed records that are not", () => {
    const noGzip = altered(batch, (copy) => copy.writeInt16BE(1, ATTRIBUTES));

    expect(kindThrown(() => decode(noGzip))).toBe("CORRUPT_MESSAGE");
  });
});

test.each([0, 1])("message format %d, from before Kafka 0.11, is refused by name", (magic) => {
  const old = Buffer.alloc(40);
  old.writeInt32BE(28, 8);
  old[16] = magic;

  expect(kindThrown(() => decode(old))).toBe("UNSUPPORTED_FOR_MESSAGE_FORMAT");
});

const TYPED = new Set(["nothing", "CORRUPT_MESSAGE", "UNSUPPORTED_FOR_MESSAGE_FORMAT", "UNSUPPORTED_COMPRESSION_TYPE"]);

test("random bytes are decoded or refused with a kind, never crash", () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  fc.assert(
    fc.property(bytes, (random) => TYPED.has(kindThrown(() => decode(Buffer.from(random))))),
    { numRuns: 2_000 },
  );
});

test("a batch with random bytes in it and a right CRC is decoded or refused, and what is decoded can be read", () => {
  const batch = golden("record-batch/console-producer-none.hex");
  const changes = fc.array(fc.tuple(fc.integer({ min: ATTRIBUTES, max: batch.length - 1 }), fc.nat(255)), {
    minLength: 1,
  });
  const holds = fc.property(changes, (bytes) => {
    const changed = altered(batch, (copy) => {
      for (const [at, byte] of bytes) copy[at] = byte;
    });
    return TYPED.has(kindThrown(() => decode(changed).map((record) => [shown(record), record.header("trace")])));
  });
  fc.assert(holds, { numRuns: 3_000 });
});

test("a frame says what the header of its batch says", () => {
  const [frame] = scanRecordSet(golden("record-batch/console-producer-gzip.hex")).frames;

  expect(frame).toEqual({
    start: 0,
    end: 279,
    baseOffset: 0n,
    nextOffset: 5n,
    producerId: 1n,
    transactional: false,
    control: false,
  } satisfies BatchFrame);
});
