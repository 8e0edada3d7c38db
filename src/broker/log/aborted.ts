import type { AbortedTransaction, Files } from "./types.ts";

/** A transaction that was aborted, and where its marker stands. */
export interface Aborted extends AbortedTransaction {
  readonly lastOffset: bigint;
}

/** The aborted transactions whose markers are in one segment, kept in its `.txnindex`. */
export class AbortedIndex {
  readonly #entries: Aborted[] = [];
  #saved = 0;
  #lowest: bigint | undefined;

  get entries(): readonly Aborted[] {
    return this.#entries;
  }

  add(aborted: Aborted): void {
    this.#entries.push(aborted);
    if (this.#lowest === undefined || aborted.firstOffset < this.#lowest) this.#lowest = aborted.firstOffset;
  }

  /** Those with records from `from` up to, not including, `until`. */
  between(from: bigint, until: bigint): Aborted[] {
    if (this.#lowest === undefined || this.#lowest >= until) return [];
    return this.#entries.filter(({ firstOffset, lastOffset }) => lastOffset >= from && firstOffset < until);
  }

  save(files: Files, name: string): void {
    const fresh = this.#entries.slice(this.#saved);
    if (fresh.length === 0) return;
    const file = files.open(pathOf(name));
    file.truncate(this.#saved * ENTRY_BYTES);
    file.append([bytesOf(fresh)]);
    file.close();
    this.#saved = this.#entries.length;
  }

  /** The first entries of the file, or all. */
  static load(files: Files, name: string, count = Number.POSITIVE_INFINITY): AbortedIndex {
    const index = new AbortedIndex();
    if (!files.exists(pathOf(name))) return index;
    const file = files.open(pathOf(name));
    const bytes = file.read(0, Math.min(count * ENTRY_BYTES, file.size));
    file.close();
    for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
      index.add({
        producerId: bytes.readBigInt64BE(at),
        firstOffset: bytes.readBigInt64BE(at + 8),
        lastOffset: bytes.readBigInt64BE(at + 16),
      });
    }
    index.#saved = index.#entries.length;
    return index;
  }

  /** Puts other entries into the file, in one step. */
  static replace(files: Files, name: string, entries: readonly Aborted[]): void {
    if (entries.length === 0) {
      files.remove(pathOf(name));
      return;
    }
    const beside = files.open(`${pathOf(name)}.new`);
    beside.truncate(0);
    beside.append([bytesOf(entries)]);
    beside.close();
    files.rename(`${pathOf(name)}.new`, pathOf(name));
  }
}

const ENTRY_BYTES = 24;

const pathOf = (name: string): string => `${name}.txnindex`;

function bytesOf(entries: readonly Aborted[]): Buffer {
  const bytes = Buffer.alloc(entries.length * ENTRY_BYTES);
  for (const [n, { producerId, firstOffset, lastOffset }] of entries.entries()) {
    bytes.writeBigInt64BE(producerId, n * ENTRY_BYTES);
    bytes.writeBigInt64BE(firstOffset, n * ENTRY_BYTES + 8);
    bytes.writeBigInt64BE(lastOffset, n * ENTRY_BYTES + 16);
  }
  return bytes;
}
