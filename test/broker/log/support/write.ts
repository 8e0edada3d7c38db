import type { PartitionLog, ReadOptions } from "../../../../src/broker/log/index.ts";
import {
  type BatchInput,
  batchesOf,
  batchOf,
  type StoredBatch,
  type StoredRecord,
} from "../../../support/broker/batch.ts";

export const NOW = 1_800_000_000_000;

/** Appends one batch with these values, of time `NOW` where no other is given. */
export const write = (log: PartitionLog, values: readonly string[], more: Partial<BatchInput> = {}, epoch = 0) =>
  log.append(batchOf({ records: values.map((value) => ({ value })), baseTimestamp: NOW, ...more }), {
    leaderEpoch: epoch,
    now: Math.max(NOW, more.baseTimestamp ?? 0),
  });

/** Appends one batch of keys and values; null deletes the key. */
export const writeKeys = (
  log: PartitionLog,
  pairs: readonly (readonly [string, string | null])[],
  more: Partial<BatchInput> = {},
) => write(log, [], { records: pairs.map(([key, value]) => ({ key, value })), ...more });

export const end = (log: PartitionLog, producerId: bigint, committed: boolean, now = NOW, producerEpoch = 0) =>
  log.appendMarker({ producerId, producerEpoch, coordinatorEpoch: 1, committed }, { leaderEpoch: 0, now });

/** Everything that there is to read, fetch by fetch, as a consumer does. */
export function readAll(
  log: PartitionLog,
  isolation: ReadOptions["isolation"] = "read_uncommitted",
  maxBytes = 500,
): StoredBatch[] {
  const all: StoredBatch[] = [];
  for (let offset = log.startOffset; ; ) {
    const { records } = log.read(offset, { maxBytes, atLeastOne: true, isolation });
    const batches = batchesOf(records);
    const last = batches.at(-1);
    if (last === undefined) return all;
    all.push(...batches);
    offset = last.lastOffset + 1n;
  }
}

/** Offsets and values of what there is to read. */
export const valuesOf = (batches: readonly StoredBatch[]): string[] =>
  batches.flatMap(({ control, records }) =>
    control ? [] : records.map(({ offset, key, value }) => `${offset}:${key ? `${key}=` : ""}${value}`),
  );

/** What a read_committed consumer gets of the records: it leaves out what each answer says was aborted. */
export function committedRecords(log: PartitionLog, maxBytes = 300): StoredRecord[] {
  const all: StoredRecord[] = [];
  for (let offset = log.startOffset; ; ) {
    const { records, aborted } = log.read(offset, { maxBytes, atLeastOne: true, isolation: "read_committed" });
    const batches = batchesOf(records);
    const last = batches.at(-1);
    if (last === undefined) return all;
    const ahead = aborted.toSorted((a, b) => Number(a.firstOffset - b.firstOffset));
    const hidden = new Set<bigint>();
    for (const batch of batches) {
      while (ahead[0] !== undefined && ahead[0].firstOffset <= batch.lastOffset)
        hidden.add(ahead.shift()?.producerId ?? 0n);
      if (batch.control) hidden.delete(batch.producerId);
      else if (!(batch.transactional && hidden.has(batch.producerId))) all.push(...batch.records);
    }
    offset = last.lastOffset + 1n;
  }
}

/** The last value of each key; deleted ones are not there. */
export function lastValues(records: readonly { readonly key: Buffer | null; readonly value: Buffer | null }[]) {
  const values = new Map<string, string>();
  for (const { key, value } of records) {
    if (value === null) values.delete(String(key));
    else values.set(String(key), String(value));
  }
  return Object.fromEntries([...values].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
