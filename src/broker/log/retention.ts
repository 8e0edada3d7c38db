import type { LogState } from "./state.ts";
import type { LogSettings } from "./types.ts";

/** Drops the oldest segments that the topic's settings, or its start offset, do not let stay. */
export function dropOutdated(state: LogState, settings: LogSettings, now: number): void {
  const { segments, startOffset } = state;
  let excessBytes = settings.retentionBytes < 0 ? Number.NEGATIVE_INFINITY : state.bytes - settings.retentionBytes;
  const outdated = segments.findIndex((segment, index) => {
    const next = segments[index + 1];
    if (next === undefined && segment.size === 0) return true;
    const isGone = next !== undefined && next.baseOffset <= startOffset;
    const newest = segment.maxTimestamp >= 0n ? Number(segment.maxTimestamp) : segment.modified;
    const isOld = settings.delete && settings.retentionMs >= 0 && now - newest > settings.retentionMs;
    const isTooMuch = settings.delete && excessBytes >= segment.size;
    excessBytes -= segment.size;
    return !(isGone || isOld || isTooMuch);
  });
  // The last one can go too; then another takes its place.
  if (outdated < 0) state.addSegment(state.endOffset, now);
  dropFirst(state, outdated < 0 ? segments.length - 1 : outdated);
}

/** Drops the segments that lie below the start of the log, but not the last one. */
export function dropBelowStart(state: LogState): void {
  dropFirst(state, state.segmentOf(state.startOffset));
}

function dropFirst(state: LogState, count: number): void {
  if (count === 0) return;
  const dropped = state.segments.splice(0, count);
  state.startAt(state.segments[0]?.baseOffset ?? state.endOffset);
  // First the checkpoint: what it does not name is removed by the next start, if this one does not get to it. On a disk
  // that is full it may have to wait for the room that this makes.
  const written = state.tryCheckpoint();
  for (const segment of dropped) segment.remove();
  if (!written) state.checkpoint();
}
