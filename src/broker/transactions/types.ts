import type { ErrorName } from "../protocol/index.ts";
import type { Identity, TopicPartitions, Transaction } from "./state.ts";

/** A partition by name. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** An error, or the identity to go on with; -1 and -1 where there is none. */
export interface Identified extends Identity {
  readonly error: ErrorName;
}

/** A producer with the transactional id that it goes by. */
export interface TransactionalProducer extends Identity {
  readonly transactionalId: string;
}

/**
 * The transaction coordinator, and the source of producer ids. Each call has happened, and is stored, when it returns.
 * Throws a KafkaFault KAFKA_STORAGE_ERROR where it cannot be stored; then nothing has changed.
 */
export interface Transactions {
  /**
   * Whether a producer's transactional batches may be appended to a partition now: NONE, or the error for the client. From
   * Produce v12 on (KIP-890) the partition becomes part of the transaction by this (`add`). TRANSACTION_ABORTABLE is what
   * Produce up to v10 knows as INVALID_TXN_STATE.
   */
  verify(
    producer: TransactionalProducer & {
      readonly partition: TopicPartition;
      readonly add: boolean;
    },
  ): ErrorName;

  /** Gives a producer its identity; without a transactional id always a new one. */
  init(request: {
    readonly transactionalId: string | null;
    readonly timeoutMs: number;
    /** Who the producer believes to be (KIP-360). */
    readonly was: Identity | undefined;
  }): Identified;
  /** Makes partitions part of the producer's transaction. They must exist. */
  addPartitions(producer: TransactionalProducer, partitions: TopicPartitions): ErrorName;
  /** Whether a partition is part of the producer's transaction. */
  hasPartition(producer: TransactionalProducer, partition: TopicPartition): ErrorName;
  /** Makes a group's offsets part of the producer's transaction. */
  addOffsets(producer: TransactionalProducer, groupId: string): ErrorName;
  /** Whether a group's offsets are part of the producer's transaction. */
  hasOffsets(producer: TransactionalProducer, groupId: string): ErrorName;
  /** Commits or aborts, and gives the identity for the next transaction. */
  end(producer: TransactionalProducer, how: { readonly committed: boolean; readonly bumpsEpoch: boolean }): Identified;

  readonly all: ReadonlyMap<string, Transaction>;
  /** Does what is due: a timer calls it, and tests with a clock of their own do. */
  expire(): void;
  close(): void;
}
