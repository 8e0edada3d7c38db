import type { Files } from "./types.ts";

/**
 * For about every `index.interval.bytes` of a segment, one batch: its offset, where it lies, and the newest timestamp of
 * all batches before it. Kept in two files of fixed-width entries, as Kafka's: `.index` (offset from the segment's base,
 * position) and `.timeindex` (timestamp, offset). Entries are in memory until `save`.
 */
export class SparseIndex {
  #offsets = new Uint32Array(ENTRIES_MIN);
  #positions = new Uint32Array(ENTRIES_MIN);
  #times = new BigInt64Array(ENTRIES_MIN);
  #saved = 0;
  count = 0;

  add(offset: number, position: number, newestBefore: bigint): void {
    if (this.count === this.#offsets.length) this.#grow();
    this.#offsets[this.count] = offset;
    this.#positions[this.count] = position;
    this.#times[this.count] = newestBefore;
    this.count++;
  }

  /** Where to look for an offset from: the last entry at or below it. */
  positionOf(offset: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#offsets[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : (this.#positions[low - 1] ?? 0);
  }

  /** Where to look for a time from: everything before the position is older. */
  positionOfTime(timestamp: bigint): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#times[middle] ?? 0n) < timestamp) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : (this.#positions[low - 1] ?? 0);
  }

  /** What it takes in memory, and in its files. */
  get bytes(): number {
    return this.count * (OFFSET_BYTES + TIME_BYTES);
  }

  entries(): { readonly offset: number; readonly position: number; readonly newestBefore: bigint }[] {
    return Array.from({ length: this.count }, (_, n) => ({
      offset: this.#offsets[n] ?? 0,
      position: this.#positions[n] ?? 0,
      newestBefore: this.#times[n] ?? 0n,
    }));
  }

  /** Appends to the files what they do not have yet. */
  save(files: Files, name: string): void {
    const fresh = this.count - this.#saved;
    if (fresh === 0) return;
    const offsets = Buffer.allocUnsafe(fresh * OFFSET_BYTES);
    const times = Buffer.allocUnsafe(fresh * TIME_BYTES);
    for (let n = 0; n < fresh; n++) {
      const from = this.#saved + n;
      offsets.writeUInt32BE(this.#offsets[from] ?? 0, n * OFFSET_BYTES);
      offsets.writeUInt32BE(this.#positions[from] ?? 0, n * OFFSET_BYTES + 4);
      times.writeBigInt64BE(this.#times[from] ?? 0n, n * TIME_BYTES);
      times.writeUInt32BE(this.#offsets[from] ?? 0, n * TIME_BYTES + 8);
    }
    // A crash may have left entries that the checkpoint does not know of.
    for (const [path, bytes, width] of [
      [`${name}.index`, offsets, OFFSET_BYTES],
      [`${name}.timeindex`, times, TIME_BYTES],
    ] as const) {
      const file = files.open(path);
      file.truncate(this.#saved * width);
      file.append([bytes]);
      file.close();
    }
    this.#saved = this.count;
  }

  /** The first `count` entries as they are in the files, or all; undefined where the files do not have them or disagree. */
  static load(files: Files, name: string, count: number): SparseIndex | undefined {
    const index = new SparseIndex();
    if (count === 0) return index;
    if (!(files.exists(`${name}.index`) && files.exists(`${name}.timeindex`))) return undefined;
    const offsets = readAll(files, `${name}.index`, count * OFFSET_BYTES);
    const times = readAll(files, `${name}.timeindex`, count * TIME_BYTES);
    if (offsets === undefined || times === undefined) return undefined;
    let position = -1;
    for (let n = 0; n < count; n++) {
      const offset = offsets.readUInt32BE(n * OFFSET_BYTES);
      const next = offsets.readUInt32BE(n * OFFSET_BYTES + 4);
      if (next <= position || times.readUInt32BE(n * TIME_BYTES + 8) !== offset) return undefined;
      index.add(offset, next, times.readBigInt64BE(n * TIME_BYTES));
      position = next;
    }
    index.#saved = count;
    return index;
  }

  #grow(): void {
    const capacity = this.#offsets.length * 4;
    const offsets = new Uint32Array(capacity);
    const positions = new Uint32Array(capacity);
    const times = new BigInt64Array(capacity);
    offsets.set(this.#offsets);
    positions.set(this.#positions);
    times.set(this.#times);
    this.#offsets = offsets;
    this.#positions = positions;
    this.#times = times;
  }
}

const ENTRIES_MIN = 16;
const OFFSET_BYTES = 8;
const TIME_BYTES = 12;

function readAll(files: Files, path: string, length: number): Buffer | undefined {
  const file = files.open(path);
  const bytes = file.read(0, length);
  file.close();
  return bytes.length === length ? bytes : undefined;
}
