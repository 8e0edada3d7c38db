import { expect, test } from "bun:test";
import fc from "fast-check";
import { memoryFiles, openLog } from "../../../src/broker/log/index.ts";
import { assertSound } from "./support/assert-sound.ts";
import { settingsOf } from "./support/settings.ts";
import { NOW, readAll, write } from "./support/write.ts";

const RUNS = Number(process.env.TEST_RUNS ?? 60);

/**
 * A list of records is all that a log is, to those who use it. Whatever is done to one, the other must say the same: in
 * every order of appends, cuts, cleanings, clean and unclean restarts, and torn tails.
 */
test("a log holds what a list would, whatever is done to it", () => {
  const step = fc.oneof(
    {
      weight: 10,
      arbitrary: fc.record({
        kind: fc.constant("append" as const),
        sizes: fc.array(fc.nat(200), { minLength: 1, maxLength: 4 }),
        ago: fc.nat(1000),
        compression: fc.constantFrom("none" as const, "gzip" as const),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant("read" as const), at: fc.nat(100), maxBytes: fc.nat(2000) }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("time" as const), ago: fc.nat(1100) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("delete" as const), share: fc.nat(100) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("clean" as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("close" as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("crash" as const), tear: fc.nat(300) }) },
  );
  const settings = settingsOf({ segmentBytes: 1500, indexIntervalBytes: 100, retentionBytes: 6000 });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80, size: "max" }), (steps) => {
      const files = memoryFiles();
      let log = openLog(files, "t", settings, { now: NOW });
      let written: { readonly offset: bigint; readonly value: string; readonly timestamp: number }[] = [];
      const kept = () => written.filter(({ offset }) => offset >= log.startOffset);

      for (const one of steps) {
        if (one.kind === "append") {
          const values = one.sizes.map((size, at) => `${written.length + at}`.padEnd(size, "x"));
          const timestamp = NOW - one.ago;
          const { baseOffset } = write(log, values, { baseTimestamp: timestamp, compression: one.compression });
          expect(baseOffset).toBe((written.at(-1)?.offset ?? -1n) + 1n);
          written.push(...values.map((value, at) => ({ offset: baseOffset + BigInt(at), value, timestamp })));
        }
        if (one.kind === "read") {
          const offset = BigInt(Math.floor((Number(log.endOffset - log.startOffset) * one.at) / 100)) + log.startOffset;
          const { records, bytes } = log.read(offset, {
            maxBytes: one.maxBytes,
            atLeastOne: true,
            isolation: "read_committed",
          });
          expect(records.length > 0).toBe(offset < log.endOffset);
          const [first] = records;
          if (first !== undefined) expect(first.readBigInt64BE(0)).toBeLessThanOrEqual(offset);
          if (bytes > one.maxBytes) expect(bytes).toBe(12 + (first?.readInt32BE(8) ?? 0));
        }
        if (one.kind === "time") {
          const found = log.offsetForTime(BigInt(NOW - one.ago), "read_uncommitted");
          expect(found?.offset).toBe(kept().find(({ timestamp }) => timestamp >= NOW - one.ago)?.offset);
        }
        if (one.kind === "delete") {
          const offset = BigInt(Math.floor((Number(log.endOffset) * one.share) / 100));
          const before = log.startOffset;
          expect(log.deleteBefore(offset)).toBe(offset > before ? offset : before);
        }
        if (one.kind === "clean") log.clean(NOW);
        if (one.kind === "close") {
          log.close();
          log = openLog(files, "t", settings, { now: NOW });
        }
        if (one.kind === "crash") {
          const { startOffset } = log;
          const active = files.list("t").findLast((name) => name.endsWith(".log")) ?? "";
          const file = files.open(`t/${active}`);
          file.truncate(Math.max(0, file.size - one.tear));
          log = openLog(files, "t", settings, { now: NOW });
          expect(log.endOffset).toBeGreaterThanOrEqual(BigInt(active.slice(0, 20)));
          written = written.filter(({ offset }) => offset < log.endOffset);
          expect(log.startOffset).toBe(startOffset);
          expect(log.endOffset).toBeGreaterThanOrEqual(startOffset);
        }
        const stored = readAll(log)
          .flatMap(({ records }) => records)
          .filter(({ offset }) => offset >= log.startOffset);
        expect(stored.map(({ value }) => String(value))).toEqual(kept().map(({ value }) => value));
      }
      assertSound(files, "t");
    }),
    { numRuns: RUNS },
  );
}, 600_000);
