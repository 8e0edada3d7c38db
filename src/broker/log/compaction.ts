import { type Aborted, AbortedIndex } from "./aborted.ts";
import { CompactedBatches } from "./compacted-batches.ts";
import { type LatestOffsets, latestOffsets } from "./latest-offsets.ts";
import { BatchScan, STEP_BYTES } from "./scan.ts";
import { Segment } from "./segment.ts";
import type { LogState } from "./state.ts";
import { TransactionsSeen } from "./transactions-seen.ts";
import type { LogSettings } from "./types.ts";

/** What one pass works with. */
export interface Pass {
  readonly state: LogState;
  readonly settings: LogSettings;
  readonly now: number;
}

/**
 * Keeps the last value of each key in what is not appended to any more: Apache Kafka's log cleaner. Yields how many bytes
 * it has gone through since, so that the work can be spread over time; the log may be appended to meanwhile. Ends early
 * where segments are dropped meanwhile.
 */
export function* compaction(pass: Pass): Generator<number, void> {
  const { state, settings } = pass;
  const until = cleanableUntil(state);
  if (!isDirtyEnough(state, until, settings)) return;
  const latest = yield* latestOffsets(state, until);
  if (latest === undefined) return;
  const segments = state.segments.slice(0, -1).filter(({ baseOffset }) => baseOffset < latest.end);
  const transactions = new TransactionsSeen(state.aborted);
  for (const group of groupsOf(state, segments, settings)) {
    const replaced = yield* compactGroup(pass, group, { latest, transactions });
    if (!replaced) return;
  }
  state.cleanedTo = latest.end;
  state.changed = true;
}

/** Open transactions, and the segment that is appended to, are left alone. */
function cleanableUntil({ active, stableOffset }: LogState): bigint {
  return active.baseOffset < stableOffset ? active.baseOffset : stableOffset;
}

/** Whether what came since the last pass is worth another. */
function isDirtyEnough(state: LogState, until: bigint, { minCleanableDirtyRatio }: LogSettings): boolean {
  let clean = 0;
  let dirty = 0;
  const from = state.segmentOf(state.cleanedTo);
  for (const [index, { baseOffset, size }] of state.segments.entries()) {
    if (baseOffset >= until) break;
    if (index < from) clean += size;
    else dirty += size;
  }
  return until > state.cleanedTo && dirty > 0 && dirty / (clean + dirty) > minCleanableDirtyRatio;
}

/** Neighbours that fit into one segment become one, so that those that lost most of their records do not pile up. */
function groupsOf(state: LogState, segments: readonly Segment[], { segmentBytes }: LogSettings): Segment[][] {
  const groups: Segment[][] = [];
  let bytes = 0;
  for (const [index, segment] of segments.entries()) {
    const group = groups.at(-1);
    const first = group?.[0];
    const endOffset = state.segments[index + 1]?.baseOffset ?? state.endOffset;
    const fits = bytes + segment.size <= segmentBytes && endOffset - (first?.baseOffset ?? 0n) < RELATIVE_OFFSET_MAX;
    if (group === undefined || !fits) {
      groups.push([segment]);
      bytes = 0;
    } else {
      group.push(segment);
    }
    bytes += segment.size;
  }
  return groups;
}

const RELATIVE_OFFSET_MAX = 2n ** 31n - 1n;

interface Seen {
  readonly latest: LatestOffsets;
  readonly transactions: TransactionsSeen;
}

/** Writes what is kept of some neighbours beside them, then puts it in their place; false where they are gone. */
function* compactGroup(pass: Pass, group: readonly Segment[], seen: Seen): Generator<number, boolean> {
  const { files } = pass.state;
  const [first] = group;
  if (first === undefined) return true;
  const beside = files.open(besideOf(first));
  beside.truncate(0);
  const kept = new CompactedBatches({ ...seen, ...pass });
  for (const segment of group) {
    const scan = new BatchScan(segment.file);
    for (let stepFrom = 0, more = true; more; stepFrom = scan.position) {
      while (more && scan.position - stepFrom < STEP_BYTES) more = kept.add(scan.next());
      beside.append(kept.take());
      yield scan.position - stepFrom;
      if (!group.every((one) => pass.state.segments.includes(one))) return false;
    }
    scan.assertAtEnd(segment.path);
  }
  const aborted = seen.transactions.takeSeen();
  if (kept.changed || group.length > 1) replace(pass, group, aborted);
  else files.remove(besideOf(first));
  return true;
}

const besideOf = ({ name }: Segment): string => `${name}.log.new`;

/**
 * At every step in between, a start finds either the old or the new: indexes are made again where they are missing, and
 * segments that are in the first one already are removed.
 */
function replace({ state, settings }: Pass, group: readonly Segment[], aborted: readonly Aborted[]): void {
  const { files, directory } = state;
  const [first, ...others] = group;
  if (first === undefined) return;
  first.removeIndex();
  AbortedIndex.replace(files, first.name, aborted);
  files.rename(besideOf(first), `${first.name}.log`);
  const compacted = Segment.rescanned(files, directory, first, settings.indexIntervalBytes);
  state.segments.splice(state.segments.indexOf(first), group.length, compacted);
  state.checkpoint();
  for (const segment of others) segment.remove();
}
