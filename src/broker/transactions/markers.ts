import type { Emit } from "../../events.ts";
import { KafkaFault } from "../protocol/index.ts";
import type { Partition, Topics } from "../topics.ts";
import type { Transaction } from "./state.ts";

interface MarkersOptions {
  readonly topics: Pick<Topics, "partition">;
  readonly emit: Emit;
  readonly now: number;
  /** Whether some of them may have been written before the process ended: those are not written again. */
  readonly again: boolean;
}

/**
 * Writes the markers of a prepared transaction, and gives the partitions that could not be written now. Topics that were
 * deleted need none.
 */
export function writeMarkers(transaction: Transaction, options: MarkersOptions): Transaction["partitions"] {
  const left = new Map<string, number[]>();
  for (const [topic, indexes] of transaction.partitions) {
    const failed = indexes.filter((index) => {
      const partition = options.topics.partition(topic, index);
      return partition !== undefined && !writeMarker(transaction, partition, options);
    });
    if (failed.length > 0) left.set(topic, failed);
  }
  return left;
}

/** Coordinators do not change here, so that none needs fencing by this number. */
const COORDINATOR_EPOCH = 0;

function writeMarker(transaction: Transaction, partition: Partition, { emit, now, again }: MarkersOptions): boolean {
  const { producerId, producerEpoch, transactionalId } = transaction;
  const { log, leaderEpoch } = partition;
  if (again && !isOpen(partition, producerId, now)) return true;
  const committed = transaction.state === "PrepareCommit";
  try {
    log.appendMarker(
      { producerId, producerEpoch, coordinatorEpoch: COORDINATOR_EPOCH, committed },
      { leaderEpoch, now },
    );
    return true;
  } catch (error) {
    if (!(error instanceof KafkaFault)) throw error;
    emit("broker.marker.failed", { transactionalId, topic: partition.topic.name, partition: partition.index, error });
    return FENCED.has(error.kind);
  }
}

/** Somebody has ended the transaction here by hand, under a later epoch. Trying again would not change that. */
const FENCED: ReadonlySet<KafkaFault["kind"]> = new Set(["INVALID_PRODUCER_EPOCH", "TRANSACTION_COORDINATOR_FENCED"]);

const isOpen = ({ log }: Partition, producerId: bigint, now: number): boolean =>
  log
    .producers(now)
    .some((producer) => producer.producerId === producerId && producer.currentTransactionStartOffset >= 0n);
