import { type Checkpoint, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { Epochs } from "./epochs.ts";
import { later } from "./later.ts";
import { Producers } from "./producers.ts";
import { BatchScan } from "./scan.ts";
import { Segment } from "./segment.ts";
import { LogState } from "./state.ts";
import type { Files } from "./types.ts";

export interface RecoverOptions {
  readonly intervalBytes: number;
  readonly now: number;
  readonly onLoss?: (loss: Loss) => void;
}

/** What a start found missing that had been stored: not the torn end of a last write, but damage to the files. */
export interface Loss {
  /** The log ends here now, and gives the offsets that were lost out again. */
  readonly endOffset: bigint;
  /** Bytes behind the damage that were removed with it. */
  readonly removedBytes: number;
}

/**
 * Finds a log as it was left. What the last checkpoint vouches for is taken as it says; what came after is gone through
 * batch by batch, and cut off at the first that is not whole. Without a checkpoint everything is gone through.
 */
export function recover(files: Files, directory: string, options: RecoverOptions): LogState {
  const bases = basesIn(files, directory);
  const checkpoint = readCheckpoint(files, directory);
  const state = new LogState(files, directory);
  if (checkpoint !== undefined && agrees(checkpoint, files, directory, bases)) {
    resume(state, checkpoint, bases, options);
  } else {
    // It must not be believed later either, when the files have grown again.
    if (checkpoint !== undefined) writeCheckpoint(files, directory, { ...checkpoint, segments: [] });
    scanAll(state, bases, options);
  }
  const isShort = checkpoint !== undefined && state.endOffset < BigInt(checkpoint.endOffset);
  if (isShort || state.removedBytes > 0) {
    options.onLoss?.({ endOffset: state.endOffset, removedBytes: state.removedBytes });
  }
  const startOffset = BigInt(checkpoint?.startOffset ?? 0);
  if (state.segments.length === 0) beginAt(state, BigInt(checkpoint?.endOffset ?? 0), options.now);
  // What was lost is not given out again: readers have been told that the log begins behind it.
  if (state.endOffset < startOffset) beginAt(state, startOffset, options.now);
  state.startOffset = later(startOffset, state.segments[0]?.baseOffset ?? 0n);
  state.epochs.startAt(state.startOffset);
  return state;
}

/** Leaves nothing but an empty segment. */
function beginAt(state: LogState, offset: bigint, now: number): void {
  for (const segment of state.segments.splice(0)) segment.remove();
  state.endOffset = offset;
  state.addSegment(offset, now);
}

/** First offsets of the segments that are there. */
function basesIn(files: Files, directory: string): bigint[] {
  const names = files.list(directory);
  for (const name of names) if (name.endsWith(UNFINISHED)) files.remove(`${directory}/${name}`);
  return names.filter((name) => SEGMENT_NAME.test(name)).map((name) => BigInt(name.slice(0, -LOG_ENDING.length)));
}

const LOG_ENDING = ".log";
/** Of what was being made when the process ended. */
const UNFINISHED = ".new";
const SEGMENT_NAME = /^\d{20}\.log$/;

/** Whether everything that the checkpoint vouches for is there. */
function agrees({ segments }: Checkpoint, files: Files, directory: string, bases: readonly bigint[]): boolean {
  const last = segments.at(-1);
  if (last === undefined || !bases.includes(BigInt(last.base))) return false;
  return Segment.stored(files, directory, last).size >= last.size;
}

function resume(state: LogState, checkpoint: Checkpoint, bases: readonly bigint[], options: RecoverOptions): void {
  const { files, directory } = state;
  const known = new Map(checkpoint.segments.map((stored) => [BigInt(stored.base), stored]));
  const last = BigInt(checkpoint.segments.at(-1)?.base ?? 0);
  // A segment of another size was compacted, perhaps together with those that follow, and the checkpoint came too late.
  let compactedTo = 0n;
  for (const base of bases.filter((one) => one <= last)) {
    const stored = known.get(base);
    // Deleted, or compacted into the one before it, when the process ended.
    if (stored === undefined || base < compactedTo) {
      Segment.fresh(files, directory, base, options.now).remove();
      continue;
    }
    const segment = Segment.stored(files, directory, stored, base === last);
    const isOther = base !== last && segment.size !== stored.size;
    if (isOther) {
      compactedTo = endOf(segment);
      state.changed = true;
    }
    state.segments.push(isOther ? Segment.rescanned(files, directory, segment, options.intervalBytes) : segment);
  }
  state.producers = Producers.from(checkpoint.producers);
  state.epochs = Epochs.from(checkpoint.epochs);
  state.endOffset = BigInt(checkpoint.endOffset);
  state.cleanedTo = BigInt(checkpoint.cleanedTo);
  const whole = scanTail(state, known.get(last)?.size ?? 0, options);
  scanEach(
    state,
    bases.filter((base) => base > last),
    { ...options, whole },
  );
}

/** The offset behind the last batch of a segment. */
function endOf({ file, baseOffset }: Segment): bigint {
  const scan = new BatchScan(file, 0, { headersOnly: true });
  let end = baseOffset;
  for (let batch = scan.next(); batch !== undefined; batch = scan.next()) end = batch.lastOffset + 1n;
  return end;
}

function scanAll(state: LogState, bases: readonly bigint[], options: RecoverOptions): void {
  state.endOffset = bases[0] ?? 0n;
  state.changed = true;
  scanEach(state, bases, { ...options, whole: true });
}

/** Goes through segments of which nothing is known. After one that had to be cut nothing can follow. */
function scanEach(state: LogState, bases: readonly bigint[], options: RecoverOptions & { whole: boolean }): void {
  let { whole } = options;
  for (const base of bases) {
    // One that begins before the end of the last was compacted into it, and not removed in time.
    const segment = Segment.fresh(state.files, state.directory, base, options.now);
    if (!whole || base < state.endOffset) {
      if (base >= state.endOffset) state.removedBytes += segment.file.size;
      segment.remove();
      continue;
    }
    state.segments.push(segment);
    state.endOffset = base;
    whole = scanTail(state, 0, options);
  }
}

/** Goes through the last segment from a position on, and cuts it where the batches end; false where that was needed. */
function scanTail(state: LogState, position: number, { intervalBytes, now }: RecoverOptions): boolean {
  const { file } = state.active;
  const scan = new BatchScan(file, position);
  let end = position;
  for (let batch = scan.next(); batch !== undefined; batch = scan.next()) {
    if (batch.baseOffset < state.endOffset) break;
    state.note(batch, end, { intervalBytes, now });
    end = scan.position;
  }
  if (end === file.size) return true;
  file.truncate(end);
  state.changed = true;
  return false;
}
