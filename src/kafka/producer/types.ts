import type { Compression } from "../compression.ts";
import type { KafkaError } from "../errors.ts";
import type { PreparedHeaders } from "../records/encode.ts";

export type Header = readonly [name: string, value: string | Uint8Array | null];

export interface OutgoingRecord {
  readonly topic: string;
  /** Else the key's (murmur2, as Java's) or, where the key is null, one after the other by batches. */
  readonly partition?: number;
  readonly key: Uint8Array | string | null;
  readonly value: Uint8Array | null;
  /** Headers that many records share, made once by `prepareHeaders`; they come before `headers`. */
  readonly prepared?: PreparedHeaders;
  readonly headers?: readonly Header[];
  /** Milliseconds since 1970. */
  readonly timestamp: number;
}

/** What became of a record. `stored` is the only one that claims storage. */
export type Delivery =
  | { readonly status: "stored"; readonly partition: number; readonly offset: bigint; readonly timestamp: number }
  /** Certainly not stored. */
  | { readonly status: "failed"; readonly error: KafkaError; readonly retryable: boolean }
  /** May or may not be stored, now or by a request that is still on its way. */
  | { readonly status: "unknown"; readonly error: KafkaError };

/** One produce request and its answer, for metrics. */
export interface RequestTrace {
  readonly nodeId: number;
  readonly records: number;
  readonly bytes: number;
  readonly partitions: number;
  readonly tookMs: number;
  /** Undefined where the broker answered, whatever it answered for each partition. */
  readonly error: KafkaError | undefined;
}

export interface ProducerOptions {
  readonly compression?: Compression;
  /** Largest batch of one partition before compression; stay under the topic's max.message.bytes. */
  readonly batchBytesMax?: number;
  readonly batchRecordsMax?: number;
  /** Largest produce request, all its partitions together. */
  readonly requestBytesMax?: number;
  /** How long to wait for company before a record is sent. What arrives while a request is in flight goes with the next. */
  readonly lingerMs?: number;
  /** All records that wait or are in flight together, by the size of their keys, values and headers. */
  readonly queueBytesMax?: number;
  /** Every record is answered within this time. */
  readonly deliveryTimeoutMs?: number;
  /** How long a broker may take for one produce request before its connection counts as dead. */
  readonly requestTimeoutMs?: number;
  readonly connectTimeoutMs?: number;
  readonly onRequest?: (trace: RequestTrace) => void;
}

export interface ProducerStats {
  readonly queuedRecords: number;
  readonly queuedBytes: number;
  readonly inFlightRequests: number;
}

export interface Producer extends AsyncDisposable {
  /** Stores one record. Never rejects, and answers within `deliveryTimeoutMs`. */
  send(record: OutgoingRecord): Promise<Delivery>;
  /** Stores records; the answers are in the records' order, each on its own. Never rejects. */
  sendAll(records: readonly OutgoingRecord[]): Promise<Delivery[]>;
  /** Waits until all that was sent before is answered, at most `timeoutMs`; tells how many records are not. */
  flush(options: { timeoutMs: number }): Promise<{ undelivered: number }>;
  /** Takes no more records, flushes, and closes the connections. Counts every record that was not stored since. */
  close(options: { timeoutMs: number }): Promise<{ undelivered: number }>;
  stats(): ProducerStats;
  /** Whether Kafka answered when last asked; while it did not, it is asked again every second. */
  available(): boolean;
}
