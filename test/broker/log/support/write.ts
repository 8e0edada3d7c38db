import type { PartitionLog, ReadOptions } from "../../../../src/broker/log/index.ts";
import { type BatchInput, batchesOf, batchOf, type StoredBatch } from "../../../support/broker/batch.ts";

export const NOW = 1_800_000_000_000;

/** Appends one batch with these values, of time `NOW` where no other is given. */
export const write = (log: PartitionLog, values: readonly string[], more: Partial<BatchInput> = {}, epoch = 0) =>
  log.append(batchOf({ records: values.map((value) => ({ value })), baseTimestamp: NOW, ...more }), {
    leaderEpoch: epoch,
    now: NOW,
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
