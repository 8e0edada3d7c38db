import type { ErrorName } from "../../../../src/broker/protocol/index.ts";
import type { StoredBatch } from "../../../support/broker/batch.ts";

/** What of a topic's settings a statement may ask for; the others have Kafka's defaults. */
export interface TopicSettings {
  readonly compact?: boolean;
  readonly appendTime?: boolean;
  readonly maxMessageBytes?: number;
}

export interface AppendAnswer {
  readonly error: ErrorName;
  readonly baseOffset: bigint;
  readonly logAppendTime: bigint;
  /** Which records of the batch were wrong. */
  readonly wrongRecords: readonly number[];
}

export interface ReadAnswer {
  readonly error: ErrorName;
  readonly bytes: Buffer;
  readonly batches: readonly StoredBatch[];
  readonly aborted: readonly { readonly producerId: bigint; readonly firstOffset: bigint }[];
  readonly stableOffset: bigint;
}

export interface TimedAnswer {
  readonly offset: bigint;
  readonly timestamp: bigint;
}

/** A transaction that has begun; what is appended to it by `append` has its identity. */
export interface OpenTransaction {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  append(baseSequence: number, ...values: readonly string[]): Promise<AppendAnswer>;
  end(how: "commit" | "abort"): Promise<void>;
}

export type Isolation = "read_uncommitted" | "read_committed";

/** The log of one partition, wherever it is: in this process, or behind a broker. */
export interface LogUnderTest {
  append(batch: Buffer): Promise<AppendAnswer>;
  read(offset: bigint, options?: { maxBytes?: number; isolation?: Isolation }): Promise<ReadAnswer>;
  startOffset(): Promise<bigint>;
  endOffset(isolation?: Isolation): Promise<bigint>;
  /** Undefined where no record is as young. */
  offsetForTime(timestamp: bigint, isolation?: Isolation): Promise<TimedAnswer | undefined>;
  maxTimestamp(): Promise<TimedAnswer | undefined>;
  endOfEpoch(epoch: number): Promise<{ readonly epoch: number; readonly endOffset: bigint }>;
  deleteBefore(offset: bigint): Promise<{ readonly error: ErrorName; readonly startOffset: bigint }>;
  producers(): Promise<readonly { readonly producerId: bigint; readonly lastSequence: number }[]>;
  /** Begins a transaction by a producer that has none, with a name of the statement's own. */
  begin(name?: string): Promise<OpenTransaction>;
  close(): Promise<void>;
}

export type OpenLogUnderTest = (settings?: TopicSettings) => Promise<LogUnderTest>;
