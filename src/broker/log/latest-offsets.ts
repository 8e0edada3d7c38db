import { type Batch, RecordWalk } from "../protocol/records/index.ts";
import { BatchScan, STEP_BYTES } from "./scan.ts";
import type { LogState } from "./state.ts";
import { TransactionsSeen } from "./transactions-seen.ts";
import { unpack } from "./unpack.ts";

/** The last offset of each key in a part of a log. */
export interface LatestOffsets {
  readonly byKey: ReadonlyMap<string, bigint>;
  /** The first offset that was not looked at. */
  readonly end: bigint;
}

/** Keys that are remembered in one pass; what lies behind waits for the next. */
const KEYS_MAX = 1_000_000;

/** Goes through what has not been compacted yet. Yields how far it has come; undefined where segments are gone meanwhile. */
export function* latestOffsets(state: LogState, until: bigint): Generator<number, LatestOffsets | undefined> {
  const from = state.cleanedTo;
  const segments = state.segments.slice(state.segmentOf(from)).filter(({ baseOffset }) => baseOffset < until);
  const first = segments[0]?.baseOffset ?? until;
  // Of those that ended before, the markers would not be seen.
  const transactions = new TransactionsSeen(state.aborted.filter(({ lastOffset }) => lastOffset >= first));
  const byKey = new Map<string, bigint>();
  for (const segment of segments) {
    const scan = new BatchScan(segment.file);
    let stepFrom = 0;
    let batch = scan.next();
    for (; batch !== undefined; batch = scan.next()) {
      if (batch.baseOffset >= until) break;
      if (byKey.size >= KEYS_MAX) return { byKey, end: batch.baseOffset };
      take(batch, from, { byKey, transactions });
      if (scan.position - stepFrom < STEP_BYTES) continue;
      yield scan.position - stepFrom;
      stepFrom = scan.position;
      if (!state.segments.includes(segment)) return undefined;
    }
    if (batch === undefined) scan.assertAtEnd(segment.path);
    yield scan.position - stepFrom;
    if (!state.segments.includes(segment)) return undefined;
  }
  return { byKey, end: until };
}

/** The text under which a key is remembered: each byte a character. */
export const keyText = (bytes: Buffer, { keyAt, keyLength }: RecordWalk): string =>
  bytes.toString("latin1", keyAt, keyAt + keyLength);

interface Found {
  readonly byKey: Map<string, bigint>;
  readonly transactions: TransactionsSeen;
}

function take(batch: Batch, from: bigint, { byKey, transactions }: Found): void {
  if (batch.control) {
    transactions.isIdle(batch);
    return;
  }
  const unpacked = transactions.isAborted(batch) || batch.lastOffset < from ? undefined : unpack(batch);
  if (unpacked === undefined) return;
  const { baseOffset } = batch;
  const record = new RecordWalk(unpacked.bytes, unpacked.start, unpacked.end);
  while (record.next()) {
    if (record.keyLength >= 0) byKey.set(keyText(unpacked.bytes, record), baseOffset + BigInt(record.offsetDelta));
  }
}
