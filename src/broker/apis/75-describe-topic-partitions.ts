import { defineHandler, type RequestContext } from "../parts.ts";
import { ERROR_CODES, type KafkaFault, MESSAGES, NIL_UUID, type ResponseInput } from "../protocol/index.ts";
import { TOPIC_OPERATIONS } from "./operations.ts";
import { attempt, existingTopic, invalid } from "./resources.ts";

type TopicAnswer = ResponseInput<typeof MESSAGES.describeTopicPartitions>["topics"][number];

/** `max.request.partition.size.limit` of Apache Kafka. */
const PARTITIONS_MAX = 2000;

/** Tells the partitions of topics in the order of their names, so many at a time, from where the cursor stands. */
export const describeTopicPartitions = defineHandler(MESSAGES.describeTopicPartitions, (context, request) => {
  const { topics, cursor, responsePartitionLimit } = request;
  const given = topics.length === 0 ? [...context.topics.all.keys()] : topics.map(({ name }) => name);
  const names = [...new Set(given)].filter((name) => !cursor || name >= cursor.topicName).toSorted(byName);
  if (cursor && cursor.partitionIndex < 0)
    throw invalid("DescribeTopicPartitionsRequest cursor partition must be valid");
  if (cursor && names[0] !== cursor.topicName && topics.length > 0) {
    throw invalid(`DescribeTopicPartitionsRequest topic list should contain the cursor topic: ${cursor.topicName}`);
  }
  const limit = Math.min(Math.max(responsePartitionLimit, 1), PARTITIONS_MAX);
  return { throttleTimeMs: 0, ...page(context, names, cursor, limit) };
});

type Cursor = { readonly topicName: string; readonly partitionIndex: number };

/** As many partitions as fit, and where the next page begins. */
function page(
  context: RequestContext,
  names: readonly string[],
  cursor: Cursor | null,
  limit: number,
): { readonly topics: TopicAnswer[]; readonly nextCursor: Cursor | null } {
  const answers: TopicAnswer[] = [];
  let left = limit;
  for (const topicName of names) {
    const first = cursor?.topicName === topicName ? cursor.partitionIndex : 0;
    if (left === 0) return { topics: answers, nextCursor: { topicName, partitionIndex: first } };
    const answer = attempt(() => described(context, topicName, first, left), refused(topicName));
    answers.push(answer);
    left -= answer.partitions.length;
    const next = first + answer.partitions.length;
    if (next < (context.topics.get(topicName)?.partitions.length ?? 0)) {
      return { topics: answers, nextCursor: { topicName, partitionIndex: next } };
    }
  }
  return { topics: answers, nextCursor: null };
}

function described(context: RequestContext, topicName: string, first: number, count: number): TopicAnswer {
  const { name, id, internal, partitions } = existingTopic(topicName, context);
  return {
    errorCode: ERROR_CODES.NONE,
    name,
    topicId: id,
    isInternal: internal,
    partitions: partitions.slice(first, first + count).map(({ index, leaderId, leaderEpoch, replicas }) => ({
      errorCode: ERROR_CODES.NONE,
      partitionIndex: index,
      leaderId,
      leaderEpoch,
      replicaNodes: replicas,
      isrNodes: replicas,
      eligibleLeaderReplicas: [],
      lastKnownElr: [],
      offlineReplicas: [],
    })),
    topicAuthorizedOperations: TOPIC_OPERATIONS,
  };
}

const refused =
  (name: string) =>
  ({ code }: KafkaFault): TopicAnswer => ({ errorCode: code, name, topicId: NIL_UUID, partitions: [] });

const byName = (one: string, other: string): number => (one < other ? -1 : 1);
