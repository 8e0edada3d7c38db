import { describe, expect, test } from "bun:test";
import { memoryFiles, openLog } from "../../../src/broker/log/index.ts";
import { assertSound } from "./support/assert-sound.ts";
import { crashingFiles } from "./support/crashing-files.ts";
import { settingsOf } from "./support/settings.ts";
import { NOW, readAll, valuesOf, write } from "./support/write.ts";

const HOUR = 3_600_000;

/** Ten segments of one batch each, an hour apart, the last at `NOW`. */
function tenSegments(given: Parameters<typeof settingsOf>[0]) {
  const files = memoryFiles();
  const settings = settingsOf({ segmentBytes: 200, retentionMs: -1, ...given });
  const log = openLog(files, "t", settings, { now: NOW });
  for (let at = 0; at < 10; at++) {
    write(log, ["x".repeat(60)], { baseTimestamp: NOW - (9 - at) * HOUR, producerId: 1n, baseSequence: at });
  }
  return { files, log, settings, segmentBytes: log.bytes / 10 };
}

const segmentsIn = (files: ReturnType<typeof memoryFiles>): string[] =>
  files.list("t").filter((name) => name.endsWith(".log"));

describe("retention", () => {
  test("a segment is full before a batch that does not fit begins another", () => {
    const { files, log } = tenSegments({});
    expect(segmentsIn(files)).toHaveLength(10);
    expect(segmentsIn(files)[3]).toBe("00000000000000000003.log");
    expect(valuesOf(readAll(log))).toHaveLength(10);
    assertSound(files, "t");
  });

  test("a segment ends when a batch is much younger than its first", () => {
    const files = memoryFiles();
    const log = openLog(files, "t", settingsOf({ segmentMs: HOUR }), { now: NOW });
    for (const hours of [0, 0.5, 1, 1.1, 1.2]) write(log, ["x"], { baseTimestamp: NOW + hours * HOUR });
    expect(segmentsIn(files)).toEqual(["00000000000000000000.log", "00000000000000000003.log"]);
  });

  test("segments whose newest record is too old go", () => {
    const { files, log } = tenSegments({ retentionMs: 3 * HOUR });
    expect(log.clean(NOW)).toBe(false);
    expect(log.startOffset).toBe(6n);
    expect(segmentsIn(files)).toHaveLength(4);
    expect(() => log.read(5n, { maxBytes: 1, atLeastOne: true, isolation: "read_uncommitted" })).toThrow();
    expect(openLog(files.copy(), "t", settingsOf()).startOffset).toBe(6n);
  });

  test("the segment that is appended to goes too when it is old, and another begins", () => {
    const { files, log } = tenSegments({ retentionMs: HOUR });
    log.clean(NOW + 2 * HOUR);
    expect([log.startOffset, log.endOffset, log.bytes]).toEqual([10n, 10n, 0]);
    expect(segmentsIn(files)).toEqual(["00000000000000000010.log"]);
    log.clean(NOW + 9 * HOUR);
    expect(segmentsIn(files)).toEqual(["00000000000000000010.log"]);
    expect(() => write(log, ["gap"], { producerId: 1n, baseSequence: 11 })).toThrow("Out of order");
    expect(write(log, ["next"], { producerId: 1n, baseSequence: 10 }).baseOffset).toBe(10n);
    assertSound(files, "t");
  });

  test("as many segments stay as are needed to hold what the topic wants kept", () => {
    const { log, segmentBytes } = tenSegments({ retentionBytes: 300 });
    log.clean(NOW);
    expect(log.bytes).toBeGreaterThanOrEqual(300);
    expect(log.bytes - segmentBytes).toBeLessThan(300);
    expect(log.startOffset).toBe(10n - BigInt(log.bytes / segmentBytes));
  });

  test("nothing goes where there is no limit, or the topic is only compacted", () => {
    const unlimited = tenSegments({});
    unlimited.log.clean(NOW + 1000 * HOUR);
    expect(unlimited.log.startOffset).toBe(0n);
    const compacted = tenSegments({ delete: false, retentionMs: 1, retentionBytes: 1 });
    compacted.log.clean(NOW + 1000 * HOUR);
    expect(compacted.log.startOffset).toBe(0n);
  });

  test("the settings can change", () => {
    const { log, settings } = tenSegments({});
    log.configure({ ...settings, retentionMs: 3 * HOUR });
    log.clean(NOW);
    expect(log.startOffset).toBe(6n);
  });

  test("what is below the start goes at once, with its files", () => {
    const { files, log } = tenSegments({});
    log.deleteBefore(5n);
    expect(segmentsIn(files)).toHaveLength(5);
    expect(openLog(files.copy(), "t", settingsOf()).startOffset).toBe(5n);
    log.deleteBefore(10n);
    expect([log.startOffset, log.endOffset]).toEqual([10n, 10n]);
    assertSound(files, "t");
  });

  test("segments that a crash left behind are not found again", () => {
    const { files, log } = tenSegments({});
    const before = files.copy();
    log.deleteBefore(5n);
    for (const name of before.list("t").filter((one) => one < "00000000000000000005")) {
      files.open(`t/${name}`).append([before.open(`t/${name}`).read(0, 1e6)]);
    }
    const again = openLog(files, "t", settingsOf());
    expect([again.startOffset, again.endOffset]).toEqual([5n, 10n]);
    expect(segmentsIn(files)).toHaveLength(5);
  });

  test("segments that are dropped are gone or there, wherever a crash comes, and nothing else is lost", () => {
    const { files, log, settings } = tenSegments({ retentionMs: HOUR });
    for (let changes = 0, done = false; !done; changes++) {
      const disk = files.copy();
      const crashing = crashingFiles(disk, changes);
      try {
        openLog(crashing, "t", settings, { now: NOW }).clean(NOW + 2 * HOUR);
      } catch {
        // The process has ended.
      }
      done = !crashing.crashed;
      const again = openLog(disk, "t", settings, { now: NOW });
      expect([0n, 10n]).toContain(again.startOffset);
      expect(again.endOffset).toBe(10n);
      expect(again.producers(NOW)).toEqual(log.producers(NOW));
      assertSound(disk, "t");
    }
  });

  test("a producer that has been silent for a day is forgotten, unless its transaction is open", () => {
    const log = openLog(memoryFiles(), "t", settingsOf({ retentionMs: -1 }), { now: NOW });
    write(log, ["a"], { producerId: 1n });
    write(log, ["b"], { producerId: 2n, transactional: true });
    log.clean(NOW + 24 * HOUR - 1);
    expect(log.producers(NOW + 24 * HOUR - 1).map(({ producerId }) => producerId)).toEqual([1n, 2n]);
    log.clean(NOW + 24 * HOUR);
    expect(log.producers(NOW).map(({ producerId }) => producerId)).toEqual([2n]);
    expect(write(log, ["again"], { producerId: 1n, baseSequence: 7 }).duplicate).toBe(false);
  });

  test("epochs follow the start", () => {
    const log = openLog(memoryFiles(), "t", settingsOf({ segmentBytes: 150 }), { now: NOW });
    for (const epoch of [3, 3, 5, 5, 8]) write(log, ["x"], {}, epoch);
    expect([2, 3, 4, 5, 8, 9].map((epoch) => log.endOfEpoch(epoch))).toEqual([
      { epoch: 2, endOffset: 0n },
      { epoch: 3, endOffset: 2n },
      { epoch: 3, endOffset: 2n },
      { epoch: 5, endOffset: 4n },
      { epoch: 8, endOffset: 5n },
      { epoch: -1, endOffset: -1n },
    ]);
    expect([0n, 1n, 2n, 4n, 5n].map((offset) => log.epochAt(offset))).toEqual([3, 3, 5, 8, 8]);
    log.deleteBefore(3n);
    expect(log.endOfEpoch(3)).toEqual({ epoch: 3, endOffset: 3n });
    expect(log.endOfEpoch(5)).toEqual({ epoch: 5, endOffset: 4n });
    log.beginEpoch(9);
    log.beginEpoch(9);
    expect(log.endOfEpoch(8)).toEqual({ epoch: 8, endOffset: 5n });
    expect(log.endOfEpoch(9)).toEqual({ epoch: 9, endOffset: 5n });
  });
});
