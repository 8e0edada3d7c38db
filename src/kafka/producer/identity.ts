import type { BatchIdentity } from "../records/encode.ts";

/** Who writes to a partition, and the sequence number of the next record. */
export interface Identity {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly nextSequence: number;
}

/** The first batch under a producer id that the cluster has just given out. */
export function identityOf(producerId: bigint): Identity {
  return { producerId, producerEpoch: 0, nextSequence: 0 };
}

/** The identity after a batch of `count` records. */
export function advanced(identity: Identity, count: number): Identity {
  // Sequence numbers go round after 2^31 - 1 (DefaultRecordBatch.incrementSequence).
  return { ...identity, nextSequence: (identity.nextSequence + count) % SEQUENCES };
}

/** The identity as it was before a batch that was certainly not stored, so that the next takes its numbers. */
export function rewound(identity: Identity, { baseSequence }: BatchIdentity): Identity {
  return { ...identity, nextSequence: baseSequence };
}

/**
 * A new identity for one partition, after a batch whose outcome stays unknown; undefined where the epochs are used up.
 *
 * The next epoch of the same producer id is better than another id: as soon as its first batch is stored, the broker
 * refuses what is still on its way under the old epoch (INVALID_PRODUCER_EPOCH), so the lost batch cannot turn up behind
 * records that were sent after it. A producer without transactions may raise its own epoch, partition by partition, as
 * Java's does (KIP-360).
 */
export function renewed({ producerId, producerEpoch }: Identity): Identity | undefined {
  if (producerEpoch === EPOCH_MAX) return undefined;
  return { producerId, producerEpoch: producerEpoch + 1, nextSequence: 0 };
}

const SEQUENCES = 2 ** 31;
/** The last epoch is the broker's own, to fence with. */
const EPOCH_MAX = 2 ** 15 - 2;
