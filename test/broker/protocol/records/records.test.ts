import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { Batch, batchSize, markerBatch, markerOf, RecordWalk } from "../../../../src/broker/protocol/records/index.ts";
import { CRC, crc32c, RECORDS, VarintReader, writeVarint, writeVarlong } from "../../../../src/records/index.ts";
import { batchOf } from "../../../support/broker/batch.ts";
import { golden } from "../../../support/golden.ts";

describe("CRC-32C", () => {
  // RFC 3720, B.4
  test.each([
    ["32 zeros", Buffer.alloc(32), 0x8a9136aa],
    ["32 ones", Buffer.alloc(32, 0xff), 0x62a8ab43],
    ["32 bytes that go up", Buffer.from(Array.from({ length: 32 }, (_, at) => at)), 0x46dd794e],
    ["32 bytes that go down", Buffer.from(Array.from({ length: 32 }, (_, at) => 31 - at)), 0x113fdb5c],
    ["nothing", Buffer.alloc(0), 0],
    ["nine digits", Buffer.from("123456789"), 0xe3069283],
  ])("of %s is that of the RFC", (_, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });

  test("of a range is that of the bytes cut out", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), fc.nat(200), (bytes, one, other) => {
        const [start, end] = [Math.min(one, other, bytes.length), Math.min(Math.max(one, other), bytes.length)];
        expect(crc32c(bytes, start, end)).toBe(bitByBit(bytes.subarray(start, end)));
      }),
    );
  });
});

describe("varints", () => {
  test("of 32 bits are read as they were written", () => {
    fc.assert(
      fc.property(fc.integer(), (value) => {
        const bytes = Buffer.alloc(10);
        const end = writeVarint(bytes, 0, value);
        const reader = new VarintReader(bytes, 0, end);
        expect([reader.int(), reader.at, reader.bad]).toEqual([value, end, false]);
      }),
    );
  });

  test("of 64 bits are read as they were written", () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 52), max: 2 ** 52 - 1 }), (value) => {
        const bytes = Buffer.alloc(10);
        const end = writeVarlong(bytes, 0, value);
        const reader = new VarintReader(bytes, 0, end);
        expect([reader.long(), reader.at, reader.bad]).toEqual([value, end, false]);
      }),
    );
  });

  test.each([
    ["no bytes", ""],
    ["bytes that break off", "ffff"],
    ["too many bytes", "ffffffffffffffffffffff01"],
  ])("of %s are bad", (_, hex) => {
    const bytes = Buffer.from(hex, "hex");
    const [int, long] = [new VarintReader(bytes, 0, bytes.length), new VarintReader(bytes, 0, bytes.length)];
    int.int();
    long.long();
    expect([int.bad, long.bad]).toEqual([true, true]);
  });
});

describe("a batch", () => {
  const recorded = readdirSync(join(import.meta.dir, "../../../golden/record-batch")).filter((name) =>
    name.endsWith(".hex"),
  );

  test.each(recorded)("%s, recorded from others, is intact, and its records are gone through", (name) => {
    const bytes = golden(`record-batch/${name}`);
    for (let at = 0; at < bytes.length; ) {
      const batch = new Batch(bytes, at, at + batchSize(bytes, at));
      expect(batch.intact).toBe(true);
      if (batch.codec === 0) expect(countOf(batch)).toBe(batch.count);
      at = batch.end;
    }
  });

  test("says what its producer gave it", () => {
    const bytes = batchOf({
      records: [{ timestamp: 5 }, { timestamp: 9 }, {}],
      baseTimestamp: 7,
      producerId: 12n,
      producerEpoch: 3,
      baseSequence: 2 ** 31 - 1,
      transactional: true,
    });
    const batch = new Batch(bytes, 0, bytes.length);
    expect(batch).toMatchObject({
      baseOffset: 0n,
      lastOffsetDelta: 2,
      producerId: 12n,
      producerEpoch: 3,
      baseSequence: 2 ** 31 - 1,
      lastSequence: 1,
      count: 3,
      maxTimestamp: 9n,
      transactional: true,
      control: false,
      appendTime: false,
      deleteHorizon: undefined,
    });
  });

  test("is intact after its offset and times were stamped, and not after anything else was changed", () => {
    const bytes = batchOf({ records: [{ value: "abc" }] });
    const batch = new Batch(bytes, 0, bytes.length);
    batch.stamp(77n, 5);
    expect([batch.intact, batch.baseOffset, batch.lastOffset, batch.leaderEpoch]).toEqual([true, 77n, 77n, 5]);
    batch.stampTime(1234n, true);
    expect([batch.intact, batch.maxTimestamp, batch.appendTime]).toEqual([true, 1234n, true]);
    for (let at = CRC; at < bytes.length; at++) {
      bytes.writeUInt8(bytes.readUInt8(at) ^ 4, at);
      expect(batch.intact).toBe(false);
      bytes.writeUInt8(bytes.readUInt8(at) ^ 4, at);
    }
  });
});

describe("records", () => {
  test("are found where they lie", () => {
    const bytes = batchOf({
      records: [
        { key: "k", value: "value", headers: { h: "1", n: null }, timestamp: 10 },
        { key: null, value: null, timestamp: 30 },
        { key: "", value: "", timestamp: 20 },
      ],
      baseTimestamp: 10,
    });
    const record = new RecordWalk(bytes, RECORDS, bytes.length);
    const found = [];
    while (record.next()) {
      const { offsetDelta, timestampDelta, keyAt, keyLength, valueAt, valueLength } = record;
      const text = (at: number, length: number) => (length < 0 ? null : bytes.toString("utf8", at, at + length));
      found.push([offsetDelta, timestampDelta, text(keyAt, keyLength), text(valueAt, valueLength)]);
    }
    expect([record.bad, record.left]).toEqual([false, 0]);
    expect(found).toEqual([
      [0, 0, "k", "value"],
      [1, 20, null, null],
      [2, 10, "", ""],
    ]);
  });

  test("of any bytes are good or bad, and never read beyond them", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const record = new RecordWalk(bytes);
        for (let count = 0; record.next(); count++) {
          expect(record.end).toBeLessThanOrEqual(bytes.length);
          expect(count).toBeLessThan(bytes.length);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("with any byte changed are good or bad as a whole", () => {
    const bytes = batchOf({ records: [{ key: "k", value: "v", headers: { a: "b" } }, { value: "w" }] });
    fc.assert(
      fc.property(fc.integer({ min: RECORDS, max: bytes.length - 1 }), fc.nat(255), (at, value) => {
        const changed = Buffer.from(bytes);
        changed.writeUInt8(value, at);
        const record = new RecordWalk(changed, RECORDS, changed.length);
        let reached: number = RECORDS;
        while (record.next()) {
          expect(record.start).toBe(reached);
          expect(record.valueAt + Math.max(0, record.valueLength)).toBeLessThanOrEqual(record.end);
          reached = record.end;
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a marker", () => {
  test.each([true, false])("says whether the transaction was committed: %p", (committed) => {
    const marker = { producerId: 7n, producerEpoch: 3, coordinatorEpoch: 9, committed };
    const batch = markerBatch(marker, 1000n);
    expect(batch).toMatchObject({ intact: true, control: true, transactional: true, count: 1, maxTimestamp: 1000n });
    expect(markerOf(batch)).toEqual(marker);
  });

  test("is nothing in a batch without records", () => {
    const bytes = Buffer.from(
      markerBatch({ producerId: 7n, producerEpoch: 3, coordinatorEpoch: 9, committed: true }, 0n).bytes,
    );
    expect(markerOf(new Batch(bytes, 0, RECORDS))).toBeUndefined();
  });
});

function countOf({ bytes, start, end }: Batch): number {
  const record = new RecordWalk(bytes, start + RECORDS, end);
  let count = 0;
  while (record.next()) count++;
  return count;
}

function bitByBit(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}
