import { writeSync } from "node:fs";
import { diskFiles, openLog, openTable, type PartitionLog } from "../../../../src/broker/log/index.ts";
import { batchesOf, batchOf } from "../../../support/broker/batch.ts";
import { settingsOf } from "./settings.ts";

/**
 * Appends to a log, and changes a table, until it is killed; prints the number of each that was acknowledged. What it
 * writes follows from the number, so that whoever reads the log can tell whether it is right.
 */
export const KILLED_SETTINGS = settingsOf({ segmentBytes: 256 * 1024, indexIntervalBytes: 2048, retentionMs: -1 });

/** What the batch of a number holds: most are small, some are large, so that a kill often comes in the middle of one. */
export const valuesOf = (number: number): string[] =>
  Array.from({ length: 1 + (number % 5) }, (_, at) => `${number}/${at}`.padEnd(number % 37 === 0 ? 30_000 : 40, "."));

/** Every third batch is a transaction of its own, and every second of those is aborted. */
export const isTransaction = (number: number): boolean => number % 3 === 0;
export const isCommitted = (number: number): boolean => number % 2 === 0;

/** The number of the last batch that is there; -1 where there is none. */
export function lastNumber(log: PartitionLog): number {
  let last = -1;
  for (let offset = log.endOffset - 12n < log.startOffset ? log.startOffset : log.endOffset - 12n; ; ) {
    const { records } = log.read(offset, { maxBytes: 1 << 20, atLeastOne: true, isolation: "read_uncommitted" });
    const batches = batchesOf(records);
    for (const { control, records } of batches) {
      if (!control) last = Number.parseInt(String(records[0]?.value), 10);
    }
    const next = (batches.at(-1)?.lastOffset ?? -2n) + 1n;
    if (next < 0n) return last;
    offset = next;
  }
}

if (import.meta.main) {
  const [, , path = ""] = process.argv;
  const files = diskFiles(path);
  const log = openLog(files, "t", KILLED_SETTINGS);
  const table = openTable(files, "table");
  const options = { leaderEpoch: 0, now: Date.now() };
  const finish = (number: number) => {
    if (!isTransaction(number)) return;
    log.appendMarker(
      { producerId: 1n, producerEpoch: 0, coordinatorEpoch: 0, committed: isCommitted(number) },
      options,
    );
  };

  const [producer] = log.producers(0);
  let sequence = (producer?.lastSequence ?? -1) + 1;
  const reached = lastNumber(log);
  if (log.stableOffset < log.endOffset) finish(reached);
  for (let number = reached + 1; ; number++) {
    const values = valuesOf(number);
    const records = values.map((value) => ({ value }));
    const more = { producerId: 1n, baseSequence: sequence, transactional: isTransaction(number) };
    if (log.append(batchOf({ records, ...more }), options).duplicate)
      throw new Error(`batch ${number} was there before`);
    sequence += values.length;
    finish(number);
    table.change([
      ["next", number + 1],
      [`key ${number % 100}`, number],
    ]);
    writeSync(1, `${number}\n`);
  }
}
