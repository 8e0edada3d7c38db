import { LENGTH_END } from "../../records/index.ts";
import { BATCH_BYTES_MIN, Batch, batchSize } from "../protocol/records/index.ts";
import { AbortedIndex } from "./aborted.ts";
import { BatchScan, damaged } from "./scan.ts";
import { SparseIndex } from "./sparse-index.ts";
import type { Files, OpenFile } from "./types.ts";

/** What is kept of a segment in a checkpoint, so that a start need not read it. */
export interface StoredSegment {
  readonly base: string;
  /** How much of the file is checked. */
  readonly size: number;
  readonly indexed: number;
  readonly aborted: number;
  readonly maxTimestamp: string;
  readonly maxTimestampOffset: string;
  readonly firstTimestamp: string;
  readonly created: number;
  readonly modified: number;
}

/** A stretch of whole batches, and the offset behind it. */
export interface Stretch {
  readonly pieces: readonly Buffer[];
  readonly bytes: number;
  readonly nextOffset: bigint;
}

/** One file of a log, named by its first offset, with its indexes. Appends go to the last segment of a log only. */
export class Segment {
  readonly baseOffset: bigint;
  /** Path without the ending. */
  readonly name: string;
  readonly file: OpenFile;
  readonly #files: Files;
  #index: SparseIndex | undefined;
  #indexed = 0;
  aborted = new AbortedIndex();
  #sinceIndexed = 0;
  /** Where readers left off: they come back for the offset behind. */
  readonly #leftOff = new Map<bigint, number>();
  maxTimestamp = -1n;
  /** First offset of the batch that has it. */
  maxTimestampOffset = -1n;
  /** Newest timestamp of the first batch, from which the age of the segment counts; -1 where there is none. */
  firstTimestamp = -1n;
  readonly created: number;
  modified: number;

  private constructor(files: Files, directory: string, baseOffset: bigint, created: number) {
    this.#files = files;
    this.baseOffset = baseOffset;
    this.name = `${directory}/${String(baseOffset).padStart(NAME_DIGITS, "0")}`;
    this.file = files.open(this.path);
    this.created = created;
    this.modified = created;
  }

  /** A segment that nothing is known of yet: what its file holds has to be noted batch by batch. */
  static fresh(files: Files, directory: string, baseOffset: bigint, now: number): Segment {
    const segment = new Segment(files, directory, baseOffset, now);
    segment.#index = new SparseIndex();
    return segment;
  }

  /** A segment as a checkpoint describes it. The last one may have aborted transactions that came after that. */
  static stored(files: Files, directory: string, stored: StoredSegment, isLast = false): Segment {
    const segment = new Segment(files, directory, BigInt(stored.base), stored.created);
    segment.aborted = AbortedIndex.load(files, segment.name, isLast ? stored.aborted : undefined);
    segment.#indexed = stored.indexed;
    segment.modified = stored.modified;
    segment.maxTimestamp = BigInt(stored.maxTimestamp);
    segment.maxTimestampOffset = BigInt(stored.maxTimestampOffset);
    segment.firstTimestamp = BigInt(stored.firstTimestamp);
    return segment;
  }

  /** A segment whose file is another now, after compaction. */
  static rescanned(files: Files, directory: string, before: Segment, intervalBytes: number): Segment {
    const segment = Segment.fresh(files, directory, before.baseOffset, before.created);
    segment.aborted = AbortedIndex.load(files, segment.name);
    segment.modified = before.modified;
    const scan = new BatchScan(segment.file, 0, { headersOnly: true });
    for (let at = 0, batch = scan.next(); batch !== undefined; at = scan.position, batch = scan.next()) {
      segment.note(batch, at, intervalBytes);
    }
    return segment;
  }

  get size(): number {
    return this.file.size;
  }

  get path(): string {
    return `${this.name}.log`;
  }

  /** Whether the index is in memory. */
  get loaded(): boolean {
    return this.#index !== undefined;
  }

  get index(): SparseIndex {
    if (this.#index === undefined)
      this.#index = SparseIndex.load(this.#files, this.name, this.#indexed) ?? this.#scanned();
    return this.#index;
  }

  /** Takes a batch into the indexes that begins at a position of the file. */
  note(batch: Batch, position: number, intervalBytes: number): void {
    const { maxTimestamp, baseOffset } = batch;
    if (this.#sinceIndexed > intervalBytes) {
      this.index.add(Number(baseOffset - this.baseOffset), position, this.maxTimestamp);
      this.#sinceIndexed = 0;
    }
    this.#sinceIndexed += batch.size;
    if (position === 0) this.firstTimestamp = maxTimestamp;
    if (maxTimestamp <= this.maxTimestamp) return;
    this.maxTimestamp = maxTimestamp;
    this.maxTimestampOffset = baseOffset;
  }

  /** Where the first batch is that ends at or behind an offset; undefined where all end before it. */
  locate(offset: bigint): number | undefined {
    const left = this.#leftOff.get(offset);
    if (left !== undefined) return left < this.size ? left : undefined;
    const from = this.index.positionOf(Number(offset - this.baseOffset));
    const scan = new BatchScan(this.file, from, { headersOnly: true });
    for (let at = from, batch = scan.next(); batch !== undefined; at = scan.position, batch = scan.next()) {
      if (batch.lastOffset >= offset) return at;
    }
    scan.assertAtEnd(this.path);
    return undefined;
  }

  /** Batches from a position on, as many as go into `maxBytes`, none that begins at or behind `limit`. */
  read(position: number, maxBytes: number, limit: bigint | undefined): Stretch | undefined {
    const pieces: Buffer[] = [];
    let bytes = 0;
    let last: Batch | undefined;
    for (const piece of this.file.view(position, maxBytes)) {
      const end = endOfWhole(piece, limit);
      if (end.at === 0) break;
      pieces.push(end.at === piece.length ? piece : piece.subarray(0, end.at));
      bytes += end.at;
      last = new Batch(piece, end.lastAt, end.at);
      if (end.at < piece.length) break;
    }
    if (last === undefined) return undefined;
    const nextOffset = last.lastOffset + 1n;
    this.#leaveOff(nextOffset, position + bytes);
    return { pieces, bytes, nextOffset };
  }

  /** How many bytes the batch at a position takes. */
  sizeAt(position: number): number {
    const size = batchSize(this.file.read(position, LENGTH_END), 0);
    if (size < BATCH_BYTES_MIN || position + size > this.size) throw damaged(this.path, position);
    return size;
  }

  /** Writes to the index files what they do not have yet. */
  save(): void {
    this.#index?.save(this.#files, this.name);
    this.aborted.save(this.#files, this.name);
  }

  /** Gives back the memory of an index that is saved. */
  unload(): void {
    this.#indexed = this.#index?.count ?? this.#indexed;
    this.#index = undefined;
    this.#leftOff.clear();
  }

  remove(): void {
    for (const ending of [".log", ".index", ".timeindex", ".txnindex"]) this.#files.remove(`${this.name}${ending}`);
  }

  /** It is made again from the file where it is needed. */
  removeIndex(): void {
    for (const ending of [".index", ".timeindex"]) this.#files.remove(`${this.name}${ending}`);
  }

  toJSON(): StoredSegment {
    return {
      base: String(this.baseOffset),
      size: this.size,
      indexed: this.#index?.count ?? this.#indexed,
      aborted: this.aborted.entries.length,
      maxTimestamp: String(this.maxTimestamp),
      maxTimestampOffset: String(this.maxTimestampOffset),
      firstTimestamp: String(this.firstTimestamp),
      created: this.created,
      modified: this.modified,
    };
  }

  #leaveOff(offset: bigint, position: number): void {
    this.#leftOff.delete(offset);
    this.#leftOff.set(offset, position);
    if (this.#leftOff.size <= READERS_KEPT) return;
    for (const oldest of this.#leftOff.keys()) {
      this.#leftOff.delete(oldest);
      return;
    }
  }

  /** The index of a file whose own is missing or wrong. */
  #scanned(): SparseIndex {
    const index = new SparseIndex();
    const scan = new BatchScan(this.file, 0, { headersOnly: true });
    let newest = -1n;
    let indexedAt = 0;
    for (let at = 0, batch = scan.next(); batch !== undefined; at = scan.position, batch = scan.next()) {
      if (at - indexedAt > SCANNED_INTERVAL_BYTES) {
        index.add(Number(batch.baseOffset - this.baseOffset), at, newest);
        indexedAt = at;
      }
      if (batch.maxTimestamp > newest) newest = batch.maxTimestamp;
    }
    return index;
  }
}

/** Names sort as the offsets do. */
const NAME_DIGITS = 20;
const READERS_KEPT = 8;
/** Kafka's default for `index.interval.bytes`. */
const SCANNED_INTERVAL_BYTES = 4096;

/** Where the last whole batch of a piece ends and begins, of those that begin below the limit. */
function endOfWhole(piece: Buffer, limit: bigint | undefined): { readonly at: number; readonly lastAt: number } {
  let at = 0;
  let lastAt = 0;
  while (at + LENGTH_END <= piece.length) {
    const size = batchSize(piece, at);
    const end = at + size;
    if (size < BATCH_BYTES_MIN || end > piece.length) break;
    if (limit !== undefined && piece.readBigInt64BE(at) >= limit) break;
    lastAt = at;
    at = end;
  }
  return { at, lastAt };
}
