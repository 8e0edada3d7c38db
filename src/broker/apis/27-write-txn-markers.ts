import type { ActiveProducer } from "../log/index.ts";
import { defineHandler, type RequestContext } from "../parts.ts";
import { ERROR_CODES, type ErrorName, KafkaFault, MESSAGES, type RequestOf } from "../protocol/index.ts";

type Asked = RequestOf<typeof MESSAGES.writeTxnMarkers>["markers"][number];

/** From this version of transactions on each of them ends with the next epoch (KIP-890), so that a late marker is known. */
const BUMPS_EPOCH_SINCE = 2;

/** Ends transactions by hand in single partitions: `kafka-transactions.sh abort` does it where one hangs. */
export const writeTxnMarkers = defineHandler(MESSAGES.writeTxnMarkers, (context, { markers }) => ({
  markers: markers.map((marker) => ({
    producerId: marker.producerId,
    topics: marker.topics.map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((partitionIndex) => ({
        partitionIndex,
        errorCode: ERROR_CODES[write(context, marker, name, partitionIndex)],
      })),
    })),
  })),
}));

function write({ topics, nodeId, now }: RequestContext, marker: Asked, topic: string, index: number): ErrorName {
  const partition = topics.partition(topic, index);
  if (!partition) return "UNKNOWN_TOPIC_OR_PARTITION";
  const { log, leaderId, leaderEpoch } = partition;
  if (leaderId !== nodeId) return "NOT_LEADER_OR_FOLLOWER";
  const { producerId, producerEpoch, coordinatorEpoch, transactionResult: committed } = marker;
  if (marker.transactionVersion >= BUMPS_EPOCH_SINCE && isOpenAt(marker, log.producers(now()))) {
    return "INVALID_PRODUCER_EPOCH";
  }
  try {
    log.appendMarker({ producerId, producerEpoch, coordinatorEpoch, committed }, { leaderEpoch, now: now() });
    return "NONE";
  } catch (error) {
    if (!(error instanceof KafkaFault)) throw error;
    return error.kind;
  }
}

/** Whether the producer has a transaction open that is not the one before this marker's epoch. */
const isOpenAt = ({ producerId, producerEpoch }: Asked, producers: readonly ActiveProducer[]): boolean =>
  producers.some(
    (producer) =>
      producer.producerId === producerId &&
      producer.currentTransactionStartOffset >= 0n &&
      producer.producerEpoch >= producerEpoch,
  );
