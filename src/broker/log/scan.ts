import { MAGIC } from "../../records/index.ts";
import { KafkaFault } from "../protocol/index.ts";
import { BATCH_BYTES_MIN, Batch, batchSize } from "../protocol/records/index.ts";
import type { OpenFile } from "./types.ts";

/** After how much of a long work others get their turn. */
export const STEP_BYTES = 1024 * 1024;

/** Bytes read at a time. */
const WINDOW_BYTES = 1024 * 1024;

/** Bytes read at a time to go through headers only. */
const HEADERS_WINDOW_BYTES = 8 * 1024;

/**
 * Goes through the batches of a file one after the other. Stops at the end, or at what is no batch: `position` is then
 * where the last good one ends.
 */
export class BatchScan {
  readonly #file: OpenFile;
  readonly #headersOnly: boolean;
  readonly #windowBytes: number;
  #window: Buffer = Buffer.alloc(0);
  #windowStart = 0;
  position: number;

  /** With `headersOnly`, no checksum is computed, and of a batch that is given only the header may be used. */
  constructor(file: OpenFile, position = 0, { headersOnly = false } = {}) {
    this.#file = file;
    this.#headersOnly = headersOnly;
    this.#windowBytes = headersOnly ? HEADERS_WINDOW_BYTES : WINDOW_BYTES;
    this.position = position;
    this.#windowStart = position;
  }

  next(): Batch | undefined {
    const at = this.#have(BATCH_BYTES_MIN);
    if (at === undefined) return undefined;
    const size = batchSize(this.#window, at);
    if (size < BATCH_BYTES_MIN || this.#window[at + MAGIC] !== 2) return undefined;
    const start = this.#headersOnly ? at : this.#have(size);
    if (start === undefined || this.position + size > this.#file.size) return undefined;
    const batch = new Batch(this.#window, start, start + size);
    if (!this.#headersOnly && !batch.intact) return undefined;
    this.position += size;
    return batch;
  }

  /**
   * For files that a start found whole, when `next` gives nothing more: what lies there was a batch, and must not be
   * passed over.
   *
   * @throws KafkaFault CORRUPT_MESSAGE
   */
  assertAtEnd(path: string): void {
    if (this.position < this.#file.size) throw damaged(path, this.position);
  }

  /** Has so many bytes from `position` in the window, and says where in it they begin. */
  #have(length: number): number | undefined {
    if (this.position + length > this.#file.size) return undefined;
    const at = this.position - this.#windowStart;
    if (at + length <= this.#window.length) return at;
    this.#window = this.#file.read(this.position, Math.max(length, this.#windowBytes));
    this.#windowStart = this.position;
    return this.#window.length < length ? undefined : 0;
  }
}

export const damaged = (path: string, position: number): KafkaFault =>
  new KafkaFault("CORRUPT_MESSAGE", `${path} holds no whole batch at byte ${position}`);
