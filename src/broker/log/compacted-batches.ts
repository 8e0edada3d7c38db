import { type Batch, RecordWalk } from "../protocol/records/index.ts";
import { keyText, type LatestOffsets } from "./latest-offsets.ts";
import { emptyBatch, rewriteBatch } from "./rewrite.ts";
import type { LogState } from "./state.ts";
import type { TransactionsSeen } from "./transactions-seen.ts";
import type { LogSettings } from "./types.ts";
import { type Unpacked, unpack } from "./unpack.ts";

interface Options {
  readonly state: LogState;
  readonly settings: LogSettings;
  readonly now: number;
  readonly latest: LatestOffsets;
  readonly transactions: TransactionsSeen;
}

/** What compaction leaves of one batch after the other. */
export class CompactedBatches {
  readonly #options: Options;
  #pieces: Buffer[] = [];
  /** Whether anything is not as it was. */
  changed: boolean = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Takes the next batch; false where there is none. */
  add(batch: Batch | undefined): boolean {
    if (batch === undefined) return false;
    const kept = batch.control ? this.#control(batch) : this.#data(batch);
    if (kept !== "as it is") this.changed = true;
    const bytes = kept === "as it is" ? batch.bytes.subarray(batch.start, batch.end) : kept;
    if (bytes !== undefined) this.#pieces.push(bytes);
    return true;
  }

  /** What has been kept since this was asked last. */
  take(): Buffer[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }

  /** A marker goes a while after the last batch of its transaction, so that whoever reads that still finds it. */
  #control(batch: Batch): Kept {
    const { transactions, now } = this.#options;
    const { deleteHorizon } = batch;
    if (!transactions.isIdle(batch)) return "as it is";
    if (batch.count === 0) return this.#isNeeded(batch) ? "as it is" : undefined;
    const unpacked = unpack(batch);
    if (deleteHorizon === undefined && unpacked !== undefined) {
      return rewriteBatch(batch, unpacked, { keeps: () => true, deleteHorizon: this.#nextHorizon() });
    }
    if (deleteHorizon === undefined || deleteHorizon > BigInt(now)) return "as it is";
    return this.#isNeeded(batch) ? emptyBatch(batch) : undefined;
  }

  #data(batch: Batch): Kept {
    const isAborted = this.#options.transactions.isAborted(batch);
    if (batch.count === 0) return this.#isNeeded(batch) ? "as it is" : undefined;
    if (isAborted) return this.#isNeeded(batch) ? emptyBatch(batch) : undefined;
    const unpacked = unpack(batch);
    if (unpacked === undefined) return "as it is"; // Its keys cannot be seen.
    const { count, tombstones } = this.#survey(batch, unpacked);
    const deleteHorizon = tombstones && batch.deleteHorizon === undefined ? this.#nextHorizon() : undefined;
    if (count === batch.count && deleteHorizon === undefined) return "as it is";
    const keeps = (record: RecordWalk) => this.#keeps(batch, record, unpacked.bytes);
    return (
      rewriteBatch(batch, unpacked, { keeps, deleteHorizon }) ?? (this.#isNeeded(batch) ? emptyBatch(batch) : undefined)
    );
  }

  /** How many records are kept, and whether there are tombstones among them. */
  #survey(batch: Batch, { bytes, start, end }: Unpacked): { readonly count: number; readonly tombstones: boolean } {
    const record = new RecordWalk(bytes, start, end);
    let count = 0;
    let tombstones = false;
    while (record.next()) {
      if (!this.#keeps(batch, record, bytes)) continue;
      count++;
      if (record.valueLength < 0) tombstones = true;
    }
    return { count, tombstones };
  }

  #keeps(batch: Batch, record: RecordWalk, bytes: Buffer): boolean {
    const { latest, now } = this.#options;
    const offset = batch.baseOffset + BigInt(record.offsetDelta);
    if (offset >= latest.end) return true;
    if (record.keyLength < 0) return false;
    const last = latest.byKey.get(keyText(bytes, record));
    if (last !== undefined && offset < last) return false;
    const { deleteHorizon } = batch;
    return record.valueLength >= 0 || deleteHorizon === undefined || deleteHorizon > BigInt(now);
  }

  /** Whether it tells how far a producer has come, which has to outlast its records. */
  #isNeeded(batch: Batch): boolean {
    return batch.producerId >= 0n && this.#options.state.producers.stopsAt(batch);
  }

  #nextHorizon(): bigint {
    const { now, settings } = this.#options;
    return BigInt(now + settings.deleteRetentionMs);
  }
}

/** Undefined is nothing. */
type Kept = "as it is" | Buffer | undefined;
