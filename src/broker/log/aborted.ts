import type { AbortedTransaction, Files } from "./types.ts";

/** A transaction that was aborted, and where its marker stands. */
export interface Aborted extends AbortedTransaction {
  readonly lastOffset: bigint;
}

/** The aborted transactions whose markers are in one segment, kept in its `.txnindex`. */
export class AbortedIndex {
  readonly entries: Aborted[] = [];
  #saved = 0;

  /** Those with records from `from` up to, not including, `until`. */
  between(from: bigint, until: bigint): Aborted[] {
    return this.entries.filter(({ firstOffset, lastOffset }) => lastOffset >= from && firstOffset < until);
  }

  save(files: Files, name: string): void {
    const fresh = this.entries.slice(this.#saved);
    if (fresh.length === 0) return;
    const bytes = Buffer.alloc(fresh.length * ENTRY_BYTES);
    for (const [n, { producerId, firstOffset, lastOffset }] of fresh.entries()) {
      bytes.writeBigInt64BE(producerId, n * ENTRY_BYTES);
      bytes.writeBigInt64BE(firstOffset, n * ENTRY_BYTES + 8);
      bytes.writeBigInt64BE(lastOffset, n * ENTRY_BYTES + 16);
    }
    const file = files.open(pathOf(name));
    file.truncate(this.#saved * ENTRY_BYTES);
    file.append([bytes]);
    file.close();
    this.#saved = this.entries.length;
  }

  /** The first `count` entries as they are in the file; undefined where it does not have them. */
  static load(files: Files, name: string, count: number): AbortedIndex | undefined {
    const index = new AbortedIndex();
    if (count === 0) return index;
    if (!files.exists(pathOf(name))) return undefined;
    const file = files.open(pathOf(name));
    const bytes = file.read(0, count * ENTRY_BYTES);
    file.close();
    if (bytes.length < count * ENTRY_BYTES) return undefined;
    for (let at = 0; at < bytes.length; at += ENTRY_BYTES) {
      index.entries.push({
        producerId: bytes.readBigInt64BE(at),
        firstOffset: bytes.readBigInt64BE(at + 8),
        lastOffset: bytes.readBigInt64BE(at + 16),
      });
    }
    index.#saved = count;
    return index;
  }
}

const ENTRY_BYTES = 24;

const pathOf = (name: string): string => `${name}.txnindex`;
