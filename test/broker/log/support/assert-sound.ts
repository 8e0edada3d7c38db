import { expect } from "bun:test";
import type { MemoryFiles } from "../../../../src/broker/log/index.ts";
import { recover } from "../../../../src/broker/log/recover.ts";
import { BatchScan } from "../../../../src/broker/log/scan.ts";
import type { Segment } from "../../../../src/broker/log/segment.ts";
import type { LogState } from "../../../../src/broker/log/state.ts";

/**
 * Opens what a crash would leave, and holds it against the bytes themselves: offsets grow, every index entry points at
 * the batch it names, times are right. Gives what was found.
 */
export function assertSound(files: MemoryFiles, directory: string): LogState {
  return assertSoundState(recover(files.copy(), directory, { intervalBytes: 4096, now: 0 }));
}

/** The same of a log that has been opened. */
export function assertSoundState(state: LogState): LogState {
  let reached = -1n;
  for (const segment of state.segments) reached = assertSegment(segment, reached);
  expect(state.endOffset).toBeGreaterThanOrEqual(reached + 1n);
  return state;
}

/** The same log as it is without its checkpoint, when everything has to be gone through. */
export function rescanned(files: MemoryFiles, directory: string): LogState {
  const copy = files.copy();
  copy.remove(`${directory}/checkpoint`);
  return recover(copy, directory, { intervalBytes: 4096, now: 0 });
}

function assertSegment(segment: Segment, before: bigint): bigint {
  const scan = new BatchScan(segment.file);
  const newestBefore = new Map<number, { readonly offset: number; readonly newest: bigint }>();
  let last = before;
  let newest = -1n;
  for (let at = 0, batch = scan.next(); batch !== undefined; at = scan.position, batch = scan.next()) {
    expect(batch.baseOffset).toBeGreaterThan(last);
    expect(batch.baseOffset).toBeGreaterThanOrEqual(segment.baseOffset);
    newestBefore.set(at, { offset: Number(batch.baseOffset - segment.baseOffset), newest });
    if (batch.maxTimestamp > newest) newest = batch.maxTimestamp;
    last = batch.lastOffset;
  }
  expect(scan.position).toBe(segment.size);
  expect(segment.maxTimestamp).toBe(newest);
  for (const { offset, position, newestBefore: time } of segment.index.entries()) {
    expect(newestBefore.get(position)).toEqual({ offset, newest: time });
  }
  return last;
}
