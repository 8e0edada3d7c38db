import { describe, expect, test } from "bun:test";
import { type MemoryFiles, memoryFiles, openLog } from "../../../src/broker/log/index.ts";
import { settingsOf } from "./support/settings.ts";
import { NOW, write, writeKeys } from "./support/write.ts";

const SETTINGS = settingsOf({ segmentBytes: 400, indexIntervalBytes: 150 });
const COMPACTED = { ...SETTINGS, compact: true, delete: false, minCleanableDirtyRatio: 0.01 };
const FIRST = "t/00000000000000000000.log";
/** Where the length of a batch stands in it. */
const LENGTH_AT = 8;

/** Several segments that were closed as they should, of which the first is then changed from a position on. */
function harmed(position: number, bytes: readonly number[], settings = SETTINGS): MemoryFiles {
  const files = memoryFiles();
  const log = openLog(files, "t", settings, { now: NOW });
  for (let at = 0; at < 12; at++) writeKeys(log, [[`k${at % 4}`, `value ${at}`.padEnd(60, "-")]]);
  log.close();
  const whole = Buffer.from(files.open(FIRST).read(0, 1e6));
  whole.set(bytes, position);
  files.remove(FIRST);
  files.open(FIRST).append([whole]);
  return files;
}

/** The second batch of the first segment begins where the first ends. */
const secondAt = (): number => {
  const files = harmed(0, []);
  return LENGTH_AT + 4 + files.open(FIRST).read(0, 100).readInt32BE(LENGTH_AT);
};

describe("a segment that is damaged where a start does not look", () => {
  const lengths = { zero: [0, 0, 0, 0], "that of no bytes": [255, 255, 255, 244], negative: [255, 255, 255, 200] };
  for (const [name, bytes] of Object.entries({ ...lengths, huge: [127, 0, 0, 0] })) {
    test(`is read up to a batch whose length is ${name}, and the batch refused`, () => {
      const log = openLog(harmed(secondAt() + LENGTH_AT, bytes), "t", SETTINGS, { now: NOW });
      const options = { maxBytes: 1e6, atLeastOne: true, isolation: "read_uncommitted" } as const;
      expect(log.read(0n, options).bytes).toBe(secondAt());
      expect(() => log.read(1n, options)).toThrow("holds no whole batch at byte");
      expect(log.read(2n, options).bytes).toBeGreaterThan(0); // The index knows where it is.
    });
  }

  test("goes on to take records", () => {
    const log = openLog(harmed(secondAt() + LENGTH_AT, [0, 0, 0, 0]), "t", SETTINGS, { now: NOW });
    expect(write(log, ["more"]).baseOffset).toBe(12n);
  });

  test("is not compacted, so that nothing behind the damage is dropped", () => {
    const files = harmed(secondAt() + 70, [1, 2, 3], COMPACTED);
    const log = openLog(files, "t", COMPACTED, { now: NOW });
    const { bytes } = log;
    expect(() => log.clean(NOW)).toThrow("holds no whole batch at byte");
    expect(log.bytes).toBe(bytes);
    expect(write(log, [], { records: [{ key: "k", value: "more" }] }).baseOffset).toBe(12n);
  });
});
