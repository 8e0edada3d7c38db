import { defineHandler, type RequestContext } from "../parts.ts";
import { ERROR_CODES, KafkaFault, MESSAGES, type ResponseInput } from "../protocol/index.ts";
import { assertTopicName } from "../topic-name.ts";

type PartitionAnswer = ResponseInput<typeof MESSAGES.describeProducers>["topics"][number]["partitions"][number];

/** Tells which producers write to partitions, and where their open transactions begin. */
export const describeProducers = defineHandler(MESSAGES.describeProducers, (context, { topics }) => ({
  throttleTimeMs: 0,
  topics: topics.map(({ name, partitionIndexes }) => ({
    name,
    partitions: partitionIndexes.map((index) => described(context, name, index)),
  })),
}));

function described({ topics, nodeId, now }: RequestContext, topic: string, index: number): PartitionAnswer {
  try {
    assertTopicName(topic);
  } catch (error) {
    if (!(error instanceof KafkaFault)) throw error;
    return refused(index, error);
  }
  const partition = topics.partition(topic, index);
  if (!partition) {
    return refused(
      index,
      new KafkaFault("UNKNOWN_TOPIC_OR_PARTITION", "This server does not host this topic-partition."),
    );
  }
  if (partition.leaderId !== nodeId) {
    return refused(index, new KafkaFault("NOT_LEADER_OR_FOLLOWER", "Another node leads this partition."));
  }
  const activeProducers = partition.log
    .producers(now())
    .map(({ currentTransactionStartOffset: currentTxnStartOffset, ...producer }) => ({
      ...producer,
      currentTxnStartOffset,
    }));
  return { partitionIndex: index, errorCode: 0, activeProducers };
}

const refused = (partitionIndex: number, { kind, message }: KafkaFault): PartitionAnswer => ({
  partitionIndex,
  errorCode: ERROR_CODES[kind],
  errorMessage: message,
  activeProducers: [],
});
