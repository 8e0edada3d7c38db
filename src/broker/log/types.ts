/**
 * Where bytes are kept: a directory of the disk, or memory. Paths are relative, with `/`. All calls are synchronous: what
 * returns has happened, so a state machine may call them between two of its steps.
 */
export interface Files {
  /** Opens for reading and appending, and creates what is not there, folders too. */
  open(path: string): OpenFile;
  /** Names in a folder, in order; none where it does not exist. */
  list(folder: string): readonly string[];
  exists(path: string): boolean;
  /** Replaces `to` in one step. */
  rename(from: string, to: string): void;
  /** A file, or a folder with everything in it; nothing where it does not exist. */
  remove(path: string): void;
  /** What is kept, in bytes. */
  readonly bytes: number;
  /** Where it is kept: the directory's path, or `memory`. */
  readonly place: string;
  /** Whether it is still there after the process has ended. */
  readonly durable: boolean;
  close(): void;
}

export interface OpenFile {
  readonly size: number;
  /** At most `length` bytes from `position`; fewer at the end. May share memory with the file. */
  read(position: number, length: number): Buffer;
  /** The same bytes as the file holds them: what was appended in one call is never split, unless the end cuts it. */
  view(position: number, length: number): readonly Buffer[];
  /**
   * Appends the pieces one after the other, and returns where the first begins: all of them, or none where it throws.
   */
  append(pieces: readonly Buffer[]): number;
  truncate(size: number): void;
  /** Waits until the disk has it; memory has nothing to wait for. */
  sync(): void;
  close(): void;
}

/** A producer's control over what it may write next in one partition. */
export interface ActiveProducer {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly lastSequence: number;
  readonly lastTimestamp: bigint;
  readonly coordinatorEpoch: number;
  /** First offset of its open transaction; -1 where it has none. */
  readonly currentTransactionStartOffset: bigint;
}

export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: bigint;
}

export interface Appended {
  readonly baseOffset: bigint;
  readonly lastOffset: bigint;
  /** Time of the append where the topic stamps it (`message.timestamp.type=LogAppendTime`), otherwise -1. */
  readonly logAppendTime: bigint;
  readonly logStartOffset: bigint;
  /** The batch was here already; the offsets are those of the first time. */
  readonly duplicate: boolean;
}

export interface Marker {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly coordinatorEpoch: number;
  readonly committed: boolean;
}

export interface ReadOptions {
  readonly maxBytes: number;
  /** Whether the first batch is given even where it is larger than `maxBytes`, so that a reader always gets on. */
  readonly atLeastOne: boolean;
  readonly isolation: "read_uncommitted" | "read_committed";
}

export interface ReadResult {
  /** Whole batches, one or more to a piece; the first holds the offset asked for, or comes next where that is gone. */
  readonly records: readonly Buffer[];
  readonly bytes: number;
  /** For read_committed: which transactions in these batches to leave out. */
  readonly aborted: readonly AbortedTransaction[];
}

/** What of a topic's settings a log obeys, already read into values. */
export interface LogSettings {
  readonly segmentBytes: number;
  readonly segmentMs: number;
  readonly retentionBytes: number;
  readonly retentionMs: number;
  readonly indexIntervalBytes: number;
  readonly maxMessageBytes: number;
  readonly compact: boolean;
  readonly delete: boolean;
  readonly minCleanableDirtyRatio: number;
  readonly deleteRetentionMs: number;
  readonly timestampType: "CreateTime" | "LogAppendTime";
  readonly timestampBeforeMaxMs: number;
  readonly timestampAfterMaxMs: number;
}

/**
 * The log of one partition. Everything acknowledged is stored when `append` returns. There is one replica, so the end of
 * the log is the high watermark.
 */
export interface PartitionLog {
  /** First offset that is kept. */
  readonly startOffset: bigint;
  /** The offset that the next record gets. */
  readonly endOffset: bigint;
  /** Every transaction below it has ended. */
  readonly stableOffset: bigint;
  readonly bytes: number;
  /**
   * Checks a record batch as it came, stamps offset and epoch, and stores it. As in Apache Kafka there has to be exactly
   * one; bytes behind it that are no batch are left out. Throws a KafkaFault:
   * CORRUPT_MESSAGE, INVALID_RECORD, MESSAGE_TOO_LARGE, INVALID_TIMESTAMP, UNSUPPORTED_FOR_MESSAGE_FORMAT,
   * RECORD_LIST_TOO_LARGE, OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_PRODUCER_EPOCH, INVALID_TXN_STATE, KAFKA_STORAGE_ERROR
   * where the disk refuses or memory is full. The bytes are stamped in place: they must not be used again.
   */
  append(records: Buffer, options: { readonly leaderEpoch: number; readonly now: number }): Appended;
  /** Ends a producer's transaction here. INVALID_PRODUCER_EPOCH, TRANSACTION_COORDINATOR_FENCED. */
  appendMarker(marker: Marker, options: { readonly leaderEpoch: number; readonly now: number }): Appended;
  /** OFFSET_OUT_OF_RANGE below the start and above the end; nothing, and no error, at the end. */
  read(offset: bigint, options: ReadOptions): ReadResult;
  /** The first record that is not older than this; undefined where all are. `isolation` as in `read`. */
  offsetForTime(
    timestamp: bigint,
    isolation: ReadOptions["isolation"],
  ): { readonly offset: bigint; readonly timestamp: bigint; readonly leaderEpoch: number } | undefined;
  /** The newest timestamp and the offset of its record; undefined where the log is empty. (ListOffsets -3, KIP-734.) */
  maxTimestamp(): { readonly offset: bigint; readonly timestamp: bigint; readonly leaderEpoch: number } | undefined;
  /** A leader begins its epoch at the end of the log. Nothing where it has begun already, or a later one has. */
  beginEpoch(epoch: number): void;
  /** Where an epoch ended, by Kafka's rule for OffsetForLeaderEpoch: -1 and -1 where it is not known. */
  endOfEpoch(epoch: number): { readonly epoch: number; readonly endOffset: bigint };
  /** The epoch of the newest record at or below this offset; -1 where there is none. */
  epochAt(offset: bigint): number;
  /** Deletes records below an offset, and returns the new start. OFFSET_OUT_OF_RANGE above the end. */
  deleteBefore(offset: bigint): bigint;
  producers(now: number): readonly ActiveProducer[];
  /** Called after each append that moved `endOffset` or `stableOffset`. Returns how to stop. */
  onAppend(listener: () => void): () => void;
  configure(settings: LogSettings): void;
  /**
   * Drops segments that are too old or too many, compacts where the topic asks for it, forgets producers that have been
   * silent for a day, and writes down how far the log is checked. To be called every now and then. True where there is
   * more to compact than one call does: others can have their turn before the next call.
   */
  clean(now: number): boolean;
  /** Writes what speeds up the next start. A log that is not closed is recovered instead. */
  close(): void;
}

/**
 * State by key, kept in one file: every change is appended with its length and checksum, and the file is rewritten when
 * most of it is outdated. Reading stops at the first bad entry, which is cut off.
 */
export interface Table {
  readonly entries: ReadonlyMap<string, unknown>;
  /** Changes several keys in one step: after a crash all of them hold, or none. `undefined` deletes. Values are JSON. */
  change(changes: Iterable<readonly [key: string, value: unknown]>): void;
  close(): void;
}
