/** Where each leader's epoch began: what Apache Kafka keeps in its leader epoch cache. */
export class Epochs {
  #entries: { readonly epoch: number; readonly startOffset: bigint }[] = [];

  get latest(): number {
    return this.#entries.at(-1)?.epoch ?? -1;
  }

  /** An epoch begins, unless it has already or a later one has; then the answer is false. */
  begin(epoch: number, startOffset: bigint): boolean {
    if (epoch <= this.latest) return false;
    this.#entries.push({ epoch, startOffset });
    return true;
  }

  /** The end of an epoch is the start of the next one; the latest one ends where the log does. */
  endOf(epoch: number, endOffset: bigint): { readonly epoch: number; readonly endOffset: bigint } {
    if (epoch < 0) return UNKNOWN;
    if (epoch === this.latest) return { epoch, endOffset };
    const higher = this.#entries.find((one) => one.epoch > epoch);
    if (higher === undefined) return UNKNOWN;
    const floor = this.#entries.findLast((one) => one.epoch <= epoch);
    return { epoch: floor?.epoch ?? epoch, endOffset: higher.startOffset };
  }

  /** The epoch that an offset was written under. */
  at(offset: bigint): number {
    return this.#entries.findLast(({ startOffset }) => startOffset <= offset)?.epoch ?? -1;
  }

  /** Offsets below are gone: the epoch that the new start is in begins there. */
  startAt(offset: bigint): void {
    const kept = this.#entries.findLastIndex(({ startOffset }) => startOffset <= offset);
    this.#entries = this.#entries.slice(Math.max(kept, 0));
    const [first] = this.#entries;
    if (first !== undefined && first.startOffset < offset) {
      this.#entries[0] = { epoch: first.epoch, startOffset: offset };
    }
  }

  toJSON(): StoredEpoch[] {
    return this.#entries.map(({ epoch, startOffset }) => [epoch, String(startOffset)]);
  }

  static from(stored: readonly StoredEpoch[]): Epochs {
    const epochs = new Epochs();
    for (const [epoch, startOffset] of stored) epochs.begin(epoch, BigInt(startOffset));
    return epochs;
  }
}

export type StoredEpoch = [epoch: number, startOffset: string];

const UNKNOWN = { epoch: -1, endOffset: -1n };
