import { defineHandler, type RequestContext } from "../parts.ts";
import { ERROR_CODES, type ErrorName, KafkaFault, MESSAGES, NIL_UUID, type ResponseInput } from "../protocol/index.ts";
import type { Topic } from "../topics.ts";
import { CLUSTER_OPERATIONS, TOPIC_OPERATIONS } from "./operations.ts";

type TopicAnswer = ResponseInput<typeof MESSAGES.metadata>["topics"][number];

/** Tells which nodes there are, and which of them leads each partition. */
export const metadata = defineHandler(MESSAGES.metadata, (context, request) => {
  const { clusterId, nodes, topics, version } = context;
  // Version 0 asks for all topics by an empty list, the later ones by null.
  const all = request.topics === null || (version === 0 && request.topics.length === 0);
  const operations = request.includeTopicAuthorizedOperations ? TOPIC_OPERATIONS : undefined;
  const answers = all
    ? [...topics.all.values()].map(described)
    : (request.topics ?? []).map((asked) => describe(context, asked, request.allowAutoTopicCreation));
  return {
    brokers: nodes.all.map(({ id, host, port }) => ({ nodeId: id, host, port })),
    clusterId,
    controllerId: nodes.controller.id,
    topics:
      operations === undefined
        ? answers
        : answers.map((topic) => (topic.errorCode === 0 ? { ...topic, topicAuthorizedOperations: operations } : topic)),
    ...(request.includeClusterAuthorizedOperations && { clusterAuthorizedOperations: CLUSTER_OPERATIONS }),
    errorCode: 0,
  };
});

function describe(
  context: RequestContext,
  { name, topicId }: { readonly name: string | null; readonly topicId: string },
  mayCreate: boolean,
): TopicAnswer {
  if (name === null) {
    const topic = context.topics.byId(topicId);
    return topic
      ? described(topic)
      : refused(topicId === NIL_UUID ? "INVALID_REQUEST" : "UNKNOWN_TOPIC_ID", null, topicId);
  }
  const topic = context.topics.get(name);
  if (topic) return described(topic);
  try {
    context.topics.assertCreatable({ name });
    if (!mayCreate || !context.autoCreateTopics) return refused("UNKNOWN_TOPIC_OR_PARTITION", name);
    return described(context.topics.create({ name }));
  } catch (error) {
    if (!(error instanceof KafkaFault)) throw error;
    return refused(error.kind, name);
  }
}

const described = ({ name, id, internal, partitions }: Topic): TopicAnswer => ({
  errorCode: 0,
  name,
  topicId: id,
  isInternal: internal,
  partitions: partitions.map(({ index, leaderId, leaderEpoch, replicas }) => ({
    errorCode: 0,
    partitionIndex: index,
    leaderId,
    leaderEpoch,
    replicaNodes: replicas,
    isrNodes: replicas,
    offlineReplicas: [],
  })),
});

const refused = (error: ErrorName, name: string | null, topicId = NIL_UUID): TopicAnswer => ({
  errorCode: ERROR_CODES[error],
  name,
  topicId,
  partitions: [],
});
