import { type Batch, markerOf } from "../protocol/records/index.ts";
import type { Aborted } from "./aborted.ts";
import { type Checkpoint, writeCheckpoint } from "./checkpoint.ts";
import { Epochs } from "./epochs.ts";
import { later } from "./later.ts";
import { Producers } from "./producers.ts";
import { Segment } from "./segment.ts";
import type { Files } from "./types.ts";

/** Loaded indexes of segments that are not appended to any more. */
const LOADED_MAX = 4;

/** All that is known of a log: its segments, in order and never none, and what their batches say. */
export class LogState {
  readonly files: Files;
  readonly directory: string;
  segments: Segment[] = [];
  producers = new Producers();
  epochs = new Epochs();
  startOffset = 0n;
  endOffset = 0n;
  cleanedTo = 0n;
  /** Appended since the last checkpoint. */
  uncheckedBytes = 0;
  /** Whether a checkpoint would say anything new. */
  changed: boolean = false;
  /** Bytes that a start had to remove, since they follow what is damaged. */
  removedBytes = 0;

  constructor(files: Files, directory: string) {
    this.files = files;
    this.directory = directory;
  }

  get active(): Segment {
    const last = this.segments.at(-1);
    if (last === undefined) throw new Error(`log ${this.directory} has no segment`);
    return last;
  }

  /** Every transaction below it has ended. */
  get stableOffset(): bigint {
    const open = this.producers.firstOpenOffset;
    return open === undefined ? this.endOffset : later(open, this.startOffset);
  }

  /** All aborted transactions; each stands with the segment that its marker is in, which may be behind its records. */
  get aborted(): Aborted[] {
    return this.segments.flatMap(({ aborted }) => aborted.entries);
  }

  get bytes(): number {
    let bytes = 0;
    for (const segment of this.segments) bytes += segment.size;
    return bytes;
  }

  /** The segment that an offset is in, or would be. */
  segmentOf(offset: bigint): number {
    let low = 0;
    let high = this.segments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.segments[middle]?.baseOffset ?? 0n) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  addSegment(baseOffset: bigint, now: number): Segment {
    const segment = Segment.fresh(this.files, this.directory, baseOffset, now);
    this.segments.push(segment);
    this.changed = true;
    return segment;
  }

  /** Nothing below an offset counts any more. */
  startAt(offset: bigint): void {
    if (offset <= this.startOffset) return;
    this.startOffset = offset;
    this.epochs.startAt(offset);
    this.changed = true;
  }

  /** Takes in what a batch says that stands at a position of the last segment. */
  note(batch: Batch, position: number, { intervalBytes, now }: { intervalBytes: number; now: number }): void {
    const segment = this.active;
    const { baseOffset, lastOffset, leaderEpoch, producerId } = batch;
    segment.note(batch, position, intervalBytes);
    segment.modified = now;
    this.epochs.begin(leaderEpoch, baseOffset);
    if (batch.control) this.#noteControl(batch, segment, lastOffset);
    else if (producerId >= 0n) this.producers.wrote(batch, baseOffset, lastOffset);
    this.endOffset = lastOffset + 1n;
    this.uncheckedBytes += batch.size;
    this.changed = true;
  }

  /** Writes everything down that a start needs. */
  checkpoint(): void {
    this.uncheckedBytes = 0;
    for (const segment of this.segments) segment.save();
    const checkpoint: Checkpoint = {
      version: 1,
      startOffset: String(this.startOffset),
      endOffset: String(this.endOffset),
      cleanedTo: String(this.cleanedTo),
      producers: this.producers.toJSON(),
      epochs: this.epochs.toJSON(),
      segments: this.segments.map((segment) => segment.toJSON()),
    };
    writeCheckpoint(this.files, this.directory, checkpoint);
    this.changed = false;
    this.#unload();
  }

  /** False where it fails. What is appended does not depend on it: the one before still holds, and a start takes longer. */
  tryCheckpoint(): boolean {
    try {
      this.checkpoint();
      return true;
    } catch {
      // Whoever needs it tries again, and is told then.
      return false;
    }
  }

  #noteControl(batch: Batch, segment: Segment, lastOffset: bigint): void {
    const marker = markerOf(batch);
    if (marker === undefined) return;
    const firstOffset = this.producers.ended(marker, batch.maxTimestamp);
    if (firstOffset === undefined || marker.committed) return;
    segment.aborted.add({ producerId: marker.producerId, firstOffset, lastOffset });
  }

  /** Keeps few indexes of old segments in memory. */
  #unload(): void {
    const loaded = this.segments.slice(0, -1).filter((segment) => segment.loaded);
    for (const segment of loaded.slice(0, -LOADED_MAX)) segment.unload();
  }
}
