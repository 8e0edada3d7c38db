import { type Batch, markerOf } from "../protocol/records/index.ts";
import type { Aborted } from "./aborted.ts";

/**
 * Follows the transactions of a log from its start on, batch by batch, to tell which batches were aborted, and which
 * markers have nothing left that they are about.
 */
export class TransactionsSeen {
  /** Not reached yet, by first offset. */
  readonly #ahead: Aborted[];
  /** Being gone through, by producer; whether a batch of it was seen. */
  readonly #aborted = new Map<bigint, { readonly transaction: Aborted; seen: boolean }>();
  readonly #committed = new Set<bigint>();
  #seen: Aborted[] = [];

  constructor(aborted: readonly Aborted[]) {
    this.#ahead = aborted.toSorted((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1));
  }

  /** Whether a batch of records was aborted. */
  isAborted(batch: Batch): boolean {
    this.#reach(batch.lastOffset);
    if (!batch.transactional) return false;
    const found = this.#aborted.get(batch.producerId);
    if (found === undefined) this.#committed.add(batch.producerId);
    else found.seen = true;
    return found !== undefined;
  }

  /** Whether no batch was seen of the transaction that a control batch ends. */
  isIdle(control: Batch): boolean {
    this.#reach(control.lastOffset);
    const marker = markerOf(control);
    if (marker === undefined) return control.count === 0;
    if (marker.committed) return !this.#committed.delete(marker.producerId);
    const found = this.#aborted.get(marker.producerId);
    this.#aborted.delete(marker.producerId);
    if (found?.seen) this.#seen.push(found.transaction);
    return !found?.seen;
  }

  /** Aborted transactions of which batches were seen, and whose markers were reached since this was asked last. */
  takeSeen(): Aborted[] {
    const seen = this.#seen;
    this.#seen = [];
    return seen;
  }

  #reach(offset: bigint): void {
    for (let next = this.#ahead[0]; next !== undefined && next.firstOffset <= offset; next = this.#ahead[0]) {
      this.#ahead.shift();
      this.#aborted.set(next.producerId, { transaction: next, seen: false });
    }
  }
}
