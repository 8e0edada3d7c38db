import type { ErrorName } from "../protocol/index.ts";

/** A partition by name. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/**
 * The transaction coordinator, and the source of producer ids. What other parts need of it; the handlers of
 * transactional requests use it more fully.
 */
export interface Transactions {
  /**
   * Whether a producer's transactional batches may be appended to a partition now: NONE, or the error for the client. From
   * Produce v12 on (KIP-890) the partition becomes part of the transaction by this (`add`).
   */
  verify(producer: {
    readonly transactionalId: string;
    readonly producerId: bigint;
    readonly producerEpoch: number;
    readonly partition: TopicPartition;
    readonly add: boolean;
  }): ErrorName;
  close(): void;
}
