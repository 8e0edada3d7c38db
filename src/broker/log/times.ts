import { type Batch, RecordWalk } from "../protocol/records/index.ts";
import { later } from "./later.ts";
import { BatchScan } from "./scan.ts";
import type { Segment } from "./segment.ts";
import type { LogState } from "./state.ts";
import { unpack } from "./unpack.ts";

/** A record found by its time. */
export interface TimedOffset {
  readonly offset: bigint;
  readonly timestamp: bigint;
  readonly leaderEpoch: number;
}

/** The first record that is not older than `timestamp`. */
export function recordSince(state: LogState, timestamp: bigint): TimedOffset | undefined {
  for (const segment of state.segments) {
    if (segment.maxTimestamp < timestamp) continue;
    const found = firstIn(segment, segment.index.positionOfTime(timestamp), (batch) =>
      batch.maxTimestamp >= timestamp ? recordIn(batch, timestamp, state.startOffset) : undefined,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The first of the records with the newest timestamp. */
export function newestRecord(state: LogState): TimedOffset | undefined {
  let newest: Segment | undefined;
  for (const segment of state.segments) {
    if (segment.maxTimestamp > (newest?.maxTimestamp ?? -1n)) newest = segment;
  }
  if (newest === undefined) return undefined;
  const { maxTimestamp, maxTimestampOffset } = newest;
  return firstIn(newest, newest.locate(maxTimestampOffset) ?? 0, (batch) => recordIn(batch, maxTimestamp, -1n));
}

function firstIn(
  segment: Segment,
  position: number,
  find: (batch: Batch) => TimedOffset | undefined,
): TimedOffset | undefined {
  const scan = new BatchScan(segment.file, position);
  for (let batch = scan.next(); batch !== undefined; batch = scan.next()) {
    const found = find(batch);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * The first record of a batch that is neither older nor at a lower offset. Of a batch that cannot be unpacked it is the
 * first offset with the newest timestamp: a reader that begins there misses nothing.
 */
function recordIn(batch: Batch, timestamp: bigint, fromOffset: bigint): TimedOffset | undefined {
  const { baseOffset, lastOffset, maxTimestamp, leaderEpoch } = batch;
  if (lastOffset < fromOffset) return undefined;
  const unpacked = batch.appendTime ? undefined : unpack(batch);
  if (unpacked === undefined) {
    return { offset: later(baseOffset, fromOffset), timestamp: maxTimestamp, leaderEpoch };
  }
  const record = new RecordWalk(unpacked.bytes, unpacked.start, unpacked.end);
  while (record.next()) {
    const offset = baseOffset + BigInt(record.offsetDelta);
    const time = batch.baseTimestamp + BigInt(record.timestampDelta);
    if (time >= timestamp && offset >= fromOffset) return { offset, timestamp: time, leaderEpoch };
  }
  return undefined;
}
