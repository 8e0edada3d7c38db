import { KafkaError } from "../errors.ts";
import { type BatchFrame, decodeBatch, type IncomingRecord } from "../records/decode.ts";
import type { PartitionBatch, TopicPartition } from "./types.ts";

/** Batches as they were fetched; they are decoded when their turn comes, so that compressed ones wait compressed. */
interface Chunk {
  readonly bytes: Buffer;
  /** What the queue counts for it. */
  readonly queuedBytes: number;
  readonly frames: readonly BatchFrame[];
  /** The offset asked for; the first batch may begin before it. */
  readonly fromOffset: bigint;
  /** The offset after the chunk, control batches and aborted records included. */
  readonly nextOffset: bigint;
}

/** What one handler call works on. */
interface Handling {
  readonly startedAt: number;
  progressAt: number;
}

/** One assigned partition: what is fetched ahead, what is handled, and what may be committed. */
export class PartitionQueue implements TopicPartition {
  readonly topic: string;
  readonly partition: number;
  /** Where the next fetch begins. */
  fetchOffset: bigint;
  /** The committed offset; undefined where none is. */
  committed: bigint | undefined;
  highWatermark: bigint | undefined;
  /** When the high watermark was told, in monotonic milliseconds. */
  highWatermarkAt = Number.NEGATIVE_INFINITY;
  /** Bytes that the next batch needs when it was too large for the last answer; 0 otherwise. */
  neededBytes = 0;
  /** No fetch before this time, in monotonic milliseconds. */
  retryAt = 0;
  /** Fetches that failed in a row. */
  failures = 0;
  /** Why the partition cannot be read; undefined while it can. */
  blocked: string | undefined;
  /** Whether it is because of the bytes at the fetch offset, which are only judged when they are decoded. */
  damaged: boolean = false;
  /** How long the last batch took to handle. */
  handledMs = 0;
  handling: Handling | undefined;

  #position: bigint;
  readonly #start: bigint;
  /** Counts seeks: a batch from before one may be done, but no longer moves the position. */
  #epoch = 0;
  #chunks: Chunk[] = [];
  #queuedBytes = 0;
  #paused: boolean = false;
  #closed: boolean = false;
  #wake: (() => void) | undefined;

  constructor({ topic, partition }: TopicPartition, start: { offset: bigint; committed: bigint | undefined }) {
    this.topic = topic;
    this.partition = partition;
    this.fetchOffset = start.offset;
    this.#position = start.offset;
    this.#start = start.offset;
    this.committed = start.committed;
  }

  /** The first offset that is not handled; it is what a commit writes. */
  get position(): bigint {
    return this.#position;
  }

  /** Whether the position has moved since the last commit. */
  get uncommitted(): boolean {
    return this.#position !== (this.committed ?? this.#start);
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  get paused(): boolean {
    return this.#paused;
  }

  set paused(paused: boolean) {
    this.#paused = paused;
    this.#wake?.();
  }

  /** Queues what a fetch brought and moves the fetch offset behind it. */
  offer(bytes: Buffer, frames: readonly BatchFrame[], nextOffset: bigint): void {
    this.#chunks.push({ bytes, queuedBytes: bytes.length, frames, fromOffset: this.fetchOffset, nextOffset });
    this.#queuedBytes += bytes.length;
    this.fetchOffset = nextOffset;
    this.#wake?.();
  }

  /** Drops what is queued and fetches from `offset`, which may lie before what was handled. */
  seek(offset: bigint): void {
    this.#drop();
    this.#epoch++;
    this.fetchOffset = offset;
    this.#position = offset;
  }

  /** From here on `done` changes nothing: somebody else may own the partition. */
  close(): void {
    this.#closed = true;
    this.#drop();
    this.#wake?.();
  }

  /** Waits before the next fetch, twice as long after each failure in a row, up to `mostMs`. */
  backOff(mostMs: number): void {
    const ms = Math.min(mostMs, RETRY_MS * 2 ** Math.min(this.failures++, 16));
    // A little at random, so that many partitions do not come back in one wave.
    this.retryAt = performance.now() + ms * (0.8 + 0.4 * Math.random());
  }

  /** Fetches from `offset` again after a while: the bytes there cannot be read, or were damaged on the way. */
  block(offset: bigint, error: KafkaError): void {
    this.blocked = error.message;
    this.damaged = true;
    this.#drop();
    this.fetchOffset = offset;
    this.backOff(BLOCKED_RETRY_MS_MAX);
  }

  /**
   * Hands batches to `handle`, one after the other, until `signal` aborts.
   * @throws what `handle` throws
   */
  async run({ handle, signal, onRoom, onBlocked }: RunOptions): Promise<void> {
    const wake = () => this.#wake?.();
    signal.addEventListener("abort", wake);
    try {
      while (!signal.aborted && !this.#closed) {
        const chunk = this.#paused ? undefined : this.#chunks.shift();
        if (chunk === undefined) {
          await this.#woken();
          continue;
        }
        this.#queuedBytes -= chunk.queuedBytes;
        onRoom();
        const { records, nextOffset, error } = this.#decode(chunk);
        if (error !== undefined) onBlocked(this, error);
        if (records.length === 0) this.#skip(chunk.fromOffset, nextOffset);
        else await this.#handle({ records, nextOffset }, handle, signal);
      }
    } finally {
      signal.removeEventListener("abort", wake);
    }
  }

  async #handle(taken: Taken, handle: RunOptions["handle"], signal: AbortSignal): Promise<void> {
    const now = performance.now();
    const handling = { startedAt: now, progressAt: now };
    this.handling = handling;
    try {
      await handle(this.#batchOf(taken, handling), signal);
    } finally {
      this.handling = undefined;
      this.handledMs = performance.now() - handling.startedAt;
    }
  }

  #batchOf({ records, nextOffset }: Taken, handling: Handling): PartitionBatch {
    const { topic, partition } = this;
    const epoch = this.#epoch;
    const lastOffset = records.at(-1)?.offset ?? nextOffset;
    return {
      topic,
      partition,
      records,
      highWatermark: this.highWatermark ?? nextOffset,
      done: (offset) => {
        if (offset > lastOffset) {
          throw new KafkaError("INVALID_OPTION", `done(${offset}) of a batch that ends with offset ${lastOffset}`);
        }
        handling.progressAt = performance.now();
        // What follows the last record, a transaction marker perhaps, has nothing to handle.
        const next = offset === lastOffset ? nextOffset : offset + 1n;
        if (!this.#closed && epoch === this.#epoch && next > this.#position) this.#position = next;
      },
      progress: () => {
        handling.progressAt = performance.now();
      },
    };
  }

  /**
   * Decodes what a handler gets at once; the rest of the chunk, which may unpack to many times its size, keeps its place.
   * A batch that cannot be read blocks its partition, and no other: skipping it would lose records without a word.
   */
  #decode(chunk: Chunk): Taken & { error?: KafkaError } {
    const { bytes, frames, fromOffset } = chunk;
    const { topic, partition } = this;
    const records: IncomingRecord[] = [];
    let unpackedBytes = 0;
    let reached = fromOffset;
    let whole = 0;
    for (const [index, frame] of frames.entries()) {
      if (unpackedBytes > HANDED_BYTES_MAX) {
        this.#chunks.unshift({ ...chunk, queuedBytes: 0, frames: frames.slice(index), fromOffset: reached });
        return { records, nextOffset: reached };
      }
      try {
        unpackedBytes += decodeBatch(bytes, frame, { topic, partition, fromOffset }, records);
        reached = frame.nextOffset;
        whole = records.length;
      } catch (error) {
        if (!(error instanceof KafkaError)) throw error;
        this.block(reached, error);
        return { records: records.slice(0, whole), nextOffset: reached, error };
      }
    }
    if (frames.length > 0) {
      this.damaged = false;
      this.blocked = undefined;
      this.failures = 0;
    }
    return { records, nextOffset: chunk.nextOffset };
  }

  /** What holds no records to handle counts as handled where all before it is. */
  #skip(fromOffset: bigint, nextOffset: bigint): void {
    if (this.#position >= fromOffset && nextOffset > this.#position) this.#position = nextOffset;
  }

  #drop(): void {
    this.#chunks = [];
    this.#queuedBytes = 0;
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

export interface RunOptions {
  readonly handle: (batch: PartitionBatch, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
  /** Called when a batch has been taken, so that more may be fetched. */
  readonly onRoom: () => void;
  /** Called when a batch could not be read; it will be fetched again. */
  readonly onBlocked: (queue: PartitionQueue, error: KafkaError) => void;
}

interface Taken {
  readonly records: readonly IncomingRecord[];
  readonly nextOffset: bigint;
}

/** A handler gets no further batch beyond this many bytes of records, unpacked. */
const HANDED_BYTES_MAX = 1024 * 1024;
const RETRY_MS = 100;
const BLOCKED_RETRY_MS_MAX = 30_000;
