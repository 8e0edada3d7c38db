import type { Emit } from "../../events.ts";
import type { IncomingRecord } from "../records/decode.ts";

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Records of one partition, in order. While it is handled no other batch of that partition is. */
export interface PartitionBatch extends TopicPartition {
  readonly records: readonly IncomingRecord[];
  /** The offset after the last one stored in the partition when this was fetched. */
  readonly highWatermark: bigint;
  /** This record and all before it are handled, and may be committed. Also counts as progress. */
  done(offset: bigint): void;
  /** Still working on the same record. */
  progress(): void;
}

export interface ConsumerOptions {
  readonly group: string;
  readonly topics: readonly string[];
  /**
   * Handles a batch: one at a time for a partition, concurrently for several. Offsets are committed for what it calls
   * `done`, never for what it leaves out. When `signal` aborts (a rebalance, a stop) it returns after the current record.
   * It must not reject: the consumer then fails, since retrying and setting aside are the caller's.
   */
  readonly handle: (batch: PartitionBatch, signal: AbortSignal) => Promise<void>;
  readonly emit?: Emit;
  readonly sessionTimeoutMs?: number;
  /** How long the group waits for its members in a rebalance, and so a handler for its current record. */
  readonly rebalanceTimeoutMs?: number;
  readonly heartbeatIntervalMs?: number;
  readonly commitIntervalMs?: number;
  /** How long a handler may go without `done` or `progress` before the consumer fails as stuck. */
  readonly progressTimeoutMs?: number;
  /** Most bytes fetched ahead for one partition. */
  readonly queueBytesMax?: number;
  /** Most bytes fetched ahead for all partitions. */
  readonly queuedBytesMax?: number;
  /** How often leaders look for new partitions of their topics. */
  readonly metadataIntervalMs?: number;
}

export type ConsumerState = "joining" | "stable" | "stopping" | "stopped" | "failed";

export interface ConsumerStatus {
  readonly state: ConsumerState;
  /** Since when, in milliseconds since 1970. */
  readonly since: number;
  /** Why it is so, for people. */
  readonly why: string;
  /** The last answered fetch and heartbeat, in milliseconds since 1970; undefined before the first. */
  readonly lastFetchAt: number | undefined;
  readonly lastHeartbeatAt: number | undefined;
  /** Partitions that cannot be read now, with the reason. */
  readonly blocked: readonly (TopicPartition & { readonly why: string })[];
}

export interface PartitionLag extends TopicPartition {
  /** The first offset that is not handled yet. */
  readonly position: bigint;
  /** The committed offset; undefined where none is. */
  readonly committed: bigint | undefined;
  /** Undefined until the partition's first fetch is answered. */
  readonly highWatermark: bigint | undefined;
  /** Records not handled yet; undefined until the high watermark is known. */
  readonly lag: bigint | undefined;
  readonly paused: boolean;
}

export interface Consumer {
  assignment(): readonly TopicPartition[];
  lag(): readonly PartitionLag[];
  /** Hands out no more batches of the partition, whichever member owns it, until `resume`. Survives rebalances. */
  pause(topic: string, partition: number): void;
  resume(topic: string, partition: number): void;
  state(): ConsumerStatus;
  /** Resolves when stopped; rejects with a KafkaError when the consumer gives up. */
  readonly closed: Promise<void>;
  /**
   * Lets handlers finish their current record, commits, leaves the group and closes. Stopping twice is a no-op.
   * @throws KafkaError STOP_TIMEOUT, naming the partitions, where handlers were still running at the deadline; what was
   * done is committed and the group is left nevertheless
   */
  stop(options: { readonly timeoutMs: number }): Promise<void>;
}
