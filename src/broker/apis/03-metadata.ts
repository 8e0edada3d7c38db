import { defineHandler, type RequestContext } from "../parts.ts";
import {
  ERROR_CODES,
  type ErrorName,
  KafkaFault,
  MESSAGES,
  NIL_UUID,
  type RequestOf,
  type ResponseInput,
} from "../protocol/index.ts";
import type { Topic } from "../topics.ts";
import { CLUSTER_OPERATIONS, TOPIC_OPERATIONS } from "./operations.ts";

type Request = RequestOf<typeof MESSAGES.metadata>;
type TopicAnswer = ResponseInput<typeof MESSAGES.metadata>["topics"][number];

/** From here on a topic may be asked for by its id alone. */
const TOPIC_IDS_SINCE = 12;

/** Tells which nodes there are, and which of them leads each partition. */
export const metadata = defineHandler(MESSAGES.metadata, (context, request) => {
  const { clusterId, nodes } = context;
  const operations = request.includeTopicAuthorizedOperations ? { topicAuthorizedOperations: TOPIC_OPERATIONS } : {};
  return {
    brokers: nodes.all.map(({ id, host, port }) => ({ nodeId: id, host, port })),
    clusterId,
    controllerId: nodes.controller.id,
    topics: topicsFor(context, request).map((topic) => ({ ...topic, ...operations })),
    ...(request.includeClusterAuthorizedOperations && { clusterAuthorizedOperations: CLUSTER_OPERATIONS }),
    errorCode: 0,
  };
});

function topicsFor(context: RequestContext, request: Request): TopicAnswer[] {
  const { topics, version } = context;
  const asked = request.topics;
  // Version 0 asks for all topics by an empty list, the later ones by null.
  if (asked === null || (version === 0 && asked.length === 0)) return [...topics.all.values()].map(described);
  assertNamed(asked, version);
  const ids = new Set(asked.map(({ topicId }) => topicId).filter((id) => id !== NIL_UUID));
  if (ids.size > 0) return [...ids].map((id) => byId(context, id));
  const names = new Set(asked.map(({ name }) => name ?? ""));
  return [...names].map((name) => byName(context, name, request.allowAutoTopicCreation));
}

function assertNamed(asked: NonNullable<Request["topics"]>, version: number): void {
  for (const { name, topicId } of asked) {
    const byId = topicId !== NIL_UUID;
    if ((name === null && !byId) || (version < TOPIC_IDS_SINCE && (name === null || byId))) {
      throw new KafkaFault("INVALID_REQUEST", "Topic ids and names were mixed up.");
    }
  }
}

function byId({ topics }: RequestContext, id: string): TopicAnswer {
  const topic = topics.byId(id);
  return topic ? described(topic) : { ...refused("UNKNOWN_TOPIC_ID", null), topicId: id };
}

function byName({ topics, autoCreateTopics }: RequestContext, name: string, mayCreate: boolean): TopicAnswer {
  const topic = topics.get(name);
  if (topic) return described(topic);
  try {
    topics.assertCreatable({ name });
    if (!(mayCreate && autoCreateTopics)) return refused("UNKNOWN_TOPIC_OR_PARTITION", name);
    return described(topics.create({ name }));
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

const refused = (error: ErrorName, name: string | null): TopicAnswer => ({
  errorCode: ERROR_CODES[error],
  name,
  topicId: NIL_UUID,
  partitions: [],
});
