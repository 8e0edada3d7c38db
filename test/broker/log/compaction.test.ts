import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { memoryFiles, openLog, type PartitionLog } from "../../../src/broker/log/index.ts";
import { crc32c } from "../../../src/records/index.ts";
import { batchOf } from "../../support/broker/batch.ts";
import { assertSound } from "./support/assert-sound.ts";
import { crashingFiles } from "./support/crashing-files.ts";
import { settingsOf } from "./support/settings.ts";
import { committedRecords, end, lastValues, NOW, readAll, valuesOf, writeKeys } from "./support/write.ts";

const DAY = 86_400_000;
const MINUTE = 60_000;
const RUNS = Number(process.env.TEST_RUNS ?? 60);
const SETTINGS = settingsOf({ compact: true, delete: false, segmentBytes: 400, minCleanableDirtyRatio: 0.01 });

const opened = (files = memoryFiles(), settings = SETTINGS): PartitionLog =>
  openLog(files, "t", settings, { now: NOW });

/** The segment that is appended to is left alone: this puts what is there behind one that is compacted. */
function roll(log: PartitionLog): void {
  writeKeys(log, [["filler", "x".repeat(310)]]);
}

function clean(log: PartitionLog, now = NOW): void {
  while (log.clean(now)) expect(log.endOffset).toBeGreaterThan(0n);
}

const shown = (log: PartitionLog): string[] => valuesOf(readAll(log)).filter((text) => !text.includes("filler"));

describe("compaction", () => {
  test("keeps the last value of each key, at its offset", () => {
    const log = opened();
    writeKeys(log, [
      ["a", "1"],
      ["b", "1"],
      ["a", "2"],
    ]);
    writeKeys(log, [["c", "1"]]);
    writeKeys(log, [["b", "2"]]);
    roll(log);
    clean(log);
    expect(shown(log)).toEqual(["2:a=2", "3:c=1", "4:b=2"]);
    expect([log.startOffset, log.endOffset]).toEqual([0n, 6n]);
  });

  test("leaves the segment that is appended to alone", () => {
    const log = opened();
    writeKeys(log, [["a", "1"]]);
    writeKeys(log, [["a", "2"]]);
    clean(log);
    expect(shown(log)).toEqual(["0:a=1", "1:a=2"]);
  });

  test("waits until enough is new", () => {
    const log = opened(memoryFiles(), { ...SETTINGS, minCleanableDirtyRatio: 0.9 });
    for (let at = 0; at < 20; at++) writeKeys(log, [[`key ${at}`, "1"]]);
    roll(log);
    clean(log);
    const { bytes } = log;
    writeKeys(log, [["key 0", "2"]]);
    roll(log);
    clean(log);
    expect(shown(log)).toContain("0:key 0=1");
    expect(log.bytes).toBeGreaterThan(bytes);
  });

  test("a read at an offset that is gone gives what comes next", () => {
    const log = opened();
    for (let at = 0; at < 10; at++) writeKeys(log, [["a", String(at)]]);
    roll(log);
    clean(log);
    const { records } = log.read(3n, { maxBytes: 1, atLeastOne: true, isolation: "read_uncommitted" });
    expect(records[0]?.readBigInt64BE(0)).toBe(9n);
  });

  test("a tombstone stays for its time, and then goes", () => {
    const log = opened();
    writeKeys(log, [
      ["a", "1"],
      ["b", "1"],
    ]);
    writeKeys(log, [["a", null]], { baseTimestamp: NOW - 5 });
    roll(log);
    clean(log);
    expect(shown(log)).toEqual(["1:b=1", "2:a=null"]);
    expect(readAll(log).flatMap(({ records }) => records.map(({ timestamp }) => timestamp))).toContain(NOW - 5);
    roll(log);
    clean(log, NOW + DAY - 1);
    expect(shown(log)).toEqual(["1:b=1", "2:a=null"]);
    roll(log);
    clean(log, NOW + DAY);
    expect(shown(log)).toEqual(["1:b=1"]);
  });

  test.each(["gzip", "zstd"] as const)("batches of %s are unpacked and packed again", (compression) => {
    const log = opened();
    const pairs = ["a", "b", "c"].map((key) => [key, "x".repeat(50)] as const);
    writeKeys(log, pairs, { compression });
    writeKeys(log, [["b", "2"]], { compression });
    roll(log);
    clean(log);
    expect(shown(log)).toEqual([`0:a=${"x".repeat(50)}`, `2:c=${"x".repeat(50)}`, "3:b=2"]);
    expect(readAll(log)[0]?.attributes).toBe(compression === "gzip" ? 1 : 4);
  });

  test("neighbours that have become small become one segment", () => {
    const files = memoryFiles();
    const log = opened(files);
    for (let at = 0; at < 100; at++) writeKeys(log, [["a", "x".repeat(100)]]);
    const before = files.list("t").filter((name) => name.endsWith(".log")).length;
    for (let round = 0; round < 5; round++) {
      roll(log);
      clean(log);
    }
    expect(files.list("t").filter((name) => name.endsWith(".log")).length).toBeLessThan(before / 3);
    expect(shown(log)).toHaveLength(1);
    assertSound(files, "t");
  });

  test("an open transaction, and what came after it began, is left alone", () => {
    const log = opened();
    writeKeys(log, [["a", "1"]]);
    writeKeys(log, [["a", "2"]]);
    writeKeys(log, [["a", "open"]], { producerId: 1n, transactional: true });
    writeKeys(log, [["a", "3"]]);
    writeKeys(log, [["a", "4"]]);
    roll(log);
    clean(log);
    expect(shown(log)).toEqual(["1:a=2", "2:a=open", "3:a=3", "4:a=4"]);
  });

  test("a tombstone behind an open transaction does not go before what it deletes", () => {
    const log = opened();
    writeKeys(log, [["k", "1"]]);
    writeKeys(log, [["a", "1"]], { producerId: 1n, transactional: true });
    writeKeys(log, [["b", "1"]], { producerId: 2n, transactional: true });
    writeKeys(log, [["k", null]]);
    roll(log);
    clean(log);
    end(log, 1n, true);
    clean(log, NOW + 2 * DAY);
    end(log, 2n, true);
    expect(lastValues(committedRecords(log))).not.toHaveProperty("k");
  });

  test("what was aborted goes, counts for nothing, and its marker goes a while after it", () => {
    const files = memoryFiles();
    const log = opened(files);
    writeKeys(log, [["a", "1"]]);
    writeKeys(log, [["a", "aborted"]], { producerId: 1n, transactional: true });
    end(log, 1n, false);
    writeKeys(log, [["b", "1"]], { producerId: 1n, baseSequence: 1, transactional: true });
    end(log, 1n, true);
    roll(log);
    const committed = { maxBytes: 1e6, atLeastOne: true, isolation: "read_committed" } as const;
    clean(log);
    expect(shown(log)).toEqual(["0:a=1", "3:b=1"]);
    expect(log.read(0n, committed).aborted).toHaveLength(1);
    expect(markers(log)).toEqual(["2:abort", "4:commit"]);
    for (const wait of [0, DAY]) {
      roll(log);
      clean(log, NOW + wait);
    }
    expect(shown(log)).toEqual(["0:a=1", "3:b=1"]);
    expect(markers(log)).toEqual(["4:commit"]);
    // Without its marker the transaction must not be named, or a reader would leave out what the producer wrote next.
    expect(log.read(0n, committed).aborted).toEqual([]);
    expect(opened(files.copy()).read(0n, committed).aborted).toEqual([]);
    assertSound(files, "t");
  });

  test("the sequence of a producer outlasts its records, even without the checkpoint", () => {
    const files = memoryFiles();
    const log = opened(files);
    writeKeys(log, [["a", "1"]], { producerId: 1n, baseSequence: 0 });
    writeKeys(log, [["a", "2"]], { producerId: 1n, baseSequence: 1 });
    writeKeys(log, [["a", "3"]]);
    roll(log);
    clean(log);
    expect(shown(log)).toEqual(["2:a=3"]);
    const bare = files.copy();
    bare.remove("t/checkpoint");
    for (const again of [log, opened(files.copy()), opened(bare)]) {
      expect(writeKeys(again, [["a", "2"]], { producerId: 1n, baseSequence: 1 })).toMatchObject({ baseOffset: 1n });
      expect(() => writeKeys(again, [["a", "4"]], { producerId: 1n, baseSequence: 3 })).toThrow("Out of order");
    }
  });

  test("snappy and lz4 are kept as they are", () => {
    const log = opened(memoryFiles(), { ...SETTINGS, compact: false });
    const sent = batchOf({ records: [{ key: "a", value: "1" }], baseTimestamp: NOW });
    sent.writeInt16BE(3, 21);
    sent.writeUInt32BE(crc32c(sent, 21), 17);
    log.append(sent, { leaderEpoch: 0, now: NOW });
    log.configure(SETTINGS);
    writeKeys(log, [["a", "2"]]);
    roll(log);
    clean(log);
    const { records } = log.read(0n, { maxBytes: 1, atLeastOne: true, isolation: "read_uncommitted" });
    expect(Buffer.concat(records).readBigInt64BE(0)).toBe(0n);
  });

  test("a topic that is compacted and deleted from has both done", () => {
    const log = opened(memoryFiles(), { ...SETTINGS, delete: true, retentionMs: DAY });
    writeKeys(log, [["a", "1"]], { baseTimestamp: NOW - 2 * DAY });
    roll(log);
    writeKeys(log, [["b", "1"]]);
    writeKeys(log, [["b", "2"]]);
    roll(log);
    clean(log);
    expect(shown(log)).toEqual(["3:b=2"]);
    expect(log.startOffset).toBe(1n);
  });

  test("it is done piece by piece, while the log is written and cut", () => {
    const files = memoryFiles();
    const log = opened(files, { ...SETTINGS, segmentBytes: 4 << 20 });
    const value = "x".repeat(500_000);
    for (let at = 0; at < 160; at++) writeKeys(log, [[`key ${at % 20}`, value]]);
    let calls = 1;
    for (; log.clean(NOW); calls++) writeKeys(log, [["meanwhile", String(calls)]]);
    expect(calls).toBeGreaterThan(2);
    expect(log.bytes).toBeLessThan(30 * value.length);
    for (let at = 0; at < 160; at++) writeKeys(log, [[`key ${at % 20}`, value]]);
    // Far enough that segments are being written anew.
    for (let call = 0; call < 4; call++) expect(log.clean(NOW)).toBe(true);
    const startOffset = log.deleteBefore(log.endOffset - 5n);
    clean(log);
    const left = readAll(log).flatMap(({ records }) => records.map(({ offset }) => offset));
    expect(left.filter((offset) => offset >= startOffset)).toHaveLength(5);
    expect([log.startOffset, opened(files.copy()).startOffset]).toEqual([startOffset, startOffset]);
    assertSound(files, "t");
  });
});

/**
 * A crash in the middle of replacing segments must find either the old ones or the new: nothing that was acknowledged
 * may be lost, and nothing that was deleted may come back.
 */
test("a compaction that is interrupted at any change to its files leaves a log that holds the same", () => {
  const files = memoryFiles();
  const log = opened(files);
  for (let at = 0; at < 40; at++) {
    writeKeys(log, [[`key ${at % 7}`, at % 5 === 0 ? null : String(at)]], { producerId: 1n, baseSequence: at });
    if (at % 10 === 3) {
      writeKeys(log, [["key 1", "aborted"]], { producerId: 2n, baseSequence: (at - 3) / 10, transactional: true });
      end(log, 2n, false);
    }
  }
  roll(log);
  // What is left of the first pass is small, so that the second one joins it.
  clean(log);
  for (const key of ["key 1", "key 2", "key 3"]) writeKeys(log, [[key, "new"]]);
  roll(log);
  const expected = lastValues(committedRecords(log));
  for (let changes = 0, done = false; !done; changes++) {
    const disk = files.copy();
    const crashing = crashingFiles(disk, changes);
    try {
      clean(openLog(crashing, "t", SETTINGS, { now: NOW }));
    } catch {
      // The process has ended.
    }
    done = !crashing.crashed;
    const again = opened(disk);
    expect([changes, again.endOffset, lastValues(committedRecords(again))]).toEqual([changes, log.endOffset, expected]);
    assertSound(disk, "t");
    clean(again);
    expect(lastValues(committedRecords(again))).toEqual(expected);
    assertSound(disk, "t");
  }
});

test("whatever is written, compacted and restarted, readers of committed records see the last value of each key", () => {
  const key = fc.nat(5);
  const value = fc.option(fc.string({ maxLength: 30 }), { nil: null });
  const step = fc.oneof(
    { weight: 12, arbitrary: fc.record({ kind: fc.constant("write" as const), key, value, by: fc.nat(3) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("end" as const),
        by: fc.integer({ min: 1, max: 3 }),
        committed: fc.boolean(),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("clean" as const), minutes: fc.nat(1) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart" as const) }) },
  );
  // Less than a day in all, after which producers would be forgotten.
  const settings = { ...SETTINGS, deleteRetentionMs: MINUTE };
  fc.assert(
    fc.property(fc.array(step, { maxLength: 150, size: "max" }), (steps) => {
      const files = memoryFiles();
      let log = opened(files, settings);
      let now = NOW;
      const sequences = new Map<number, number>();
      const open = new Map<number, Written[]>();
      const written: Written[] = [];
      for (const one of steps) {
        if (one.kind === "restart") log = opened(files, settings);
        if (one.kind === "clean") {
          now += one.minutes * MINUTE;
          clean(log, now);
        }
        if (one.kind === "end") {
          end(log, BigInt(one.by), one.committed, now);
          for (const record of open.get(one.by) ?? []) record.state = one.committed ? "committed" : "aborted";
          open.delete(one.by);
        }
        if (one.kind !== "write") continue;
        const baseSequence = sequences.get(one.by) ?? 0;
        const more = { producerId: BigInt(one.by), baseSequence, transactional: true, baseTimestamp: now };
        const { baseOffset } = writeKeys(log, [[`k${one.key}`, one.value]], one.by === 0 ? {} : more);
        sequences.set(one.by, baseSequence + 1);
        const record: Written = {
          offset: baseOffset,
          key: Buffer.from(`k${one.key}`),
          value: one.value === null ? null : Buffer.from(one.value),
          state: one.by === 0 ? "committed" : "open",
        };
        written.push(record);
        if (one.by > 0) open.set(one.by, [...(open.get(one.by) ?? []), record]);
      }
      const visible = written.filter(({ offset, state }) => offset < log.stableOffset && state === "committed");
      expect(lastValues(committedRecords(log))).toEqual(lastValues(visible));
      assertSound(files, "t");
    }),
    { numRuns: RUNS },
  );
}, 600_000);

interface Written {
  readonly offset: bigint;
  readonly key: Buffer;
  readonly value: Buffer | null;
  state: "open" | "committed" | "aborted";
}

/** The markers that are there, with their offsets; one of which only the header is left is not among them. */
const markers = (log: PartitionLog): string[] =>
  readAll(log).flatMap(({ marker, baseOffset }) =>
    marker === undefined ? [] : [`${baseOffset}:${marker.committed ? "commit" : "abort"}`],
  );
