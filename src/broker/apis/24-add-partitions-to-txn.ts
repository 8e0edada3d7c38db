import { defineHandler, type RequestContext } from "../parts.ts";
import { ERROR_CODES, type ErrorName, MESSAGES, type RequestOf, type ResponseInput } from "../protocol/index.ts";
import { coordinates, named } from "./transactional.ts";

type Asked = RequestOf<typeof MESSAGES.addPartitionsToTxn>["transactions"][number];
type TopicResults = NonNullable<ResponseInput<typeof MESSAGES.addPartitionsToTxn>["resultsByTopicV3AndBelow"]>;

/** From this version on a request holds several transactions: brokers speak it among themselves. */
const BATCHED_SINCE = 4;

/** Makes partitions part of a transaction: all that are asked for, or none. */
export const addPartitionsToTxn = defineHandler(MESSAGES.addPartitionsToTxn, (context, request) => {
  if (context.version >= BATCHED_SINCE) {
    const resultsByTransaction = request.transactions.map((asked) => ({
      transactionalId: asked.transactionalId,
      topicResults: resultsOf(context, asked),
    }));
    return { throttleTimeMs: 0, errorCode: 0, resultsByTransaction };
  }
  const asked: Asked = {
    transactionalId: request.v3AndBelowTransactionalId,
    producerId: request.v3AndBelowProducerId,
    producerEpoch: request.v3AndBelowProducerEpoch,
    verifyOnly: false,
    topics: request.v3AndBelowTopics,
  };
  return { throttleTimeMs: 0, resultsByTopicV3AndBelow: resultsOf(context, asked) };
});

function resultsOf(context: RequestContext, asked: Asked): TopicResults {
  const { topics, transactions } = context;
  const isKnown = (topic: string, index: number) => topics.partition(topic, index) !== undefined;
  const allKnown = asked.topics.every(({ name, partitions }) => partitions.every((index) => isKnown(name, index)));
  if (!allKnown) {
    return each(asked, (topic, index) =>
      isKnown(topic, index) ? "OPERATION_NOT_ATTEMPTED" : "UNKNOWN_TOPIC_OR_PARTITION",
    );
  }
  if (!coordinates(context, asked.transactionalId)) return each(asked, () => "NOT_COORDINATOR");
  if (asked.verifyOnly)
    return each(asked, (topic, partition) => transactions.hasPartition(asked, { topic, partition }));
  const partitions = new Map(asked.topics.map(({ name, partitions: indexes }) => [name, indexes]));
  const error = named(transactions.addPartitions(asked, partitions), context);
  return each(asked, () => error);
}

const each = ({ topics }: Asked, errorOf: (topic: string, index: number) => ErrorName): TopicResults =>
  topics.map(({ name, partitions }) => ({
    name,
    resultsByPartition: partitions.map((partitionIndex) => ({
      partitionIndex,
      partitionErrorCode: ERROR_CODES[errorOf(name, partitionIndex)],
    })),
  }));
