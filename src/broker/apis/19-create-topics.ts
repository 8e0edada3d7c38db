import { assertConfigs, TOPIC_CONFIGS } from "../configs/index.ts";
import { defineHandler, type RequestContext } from "../parts.ts";
import { KafkaFault, MESSAGES, NIL_UUID, type RequestOf, type ResponseInput } from "../protocol/index.ts";
import { type NewTopic, newTopicId } from "../topics.ts";

type Asked = RequestOf<typeof MESSAGES.createTopics>["topics"][number];
type TopicAnswer = ResponseInput<typeof MESSAGES.createTopics>["topics"][number];

/** Makes topics, each for itself: one that cannot be made leaves the others alone. */
export const createTopics = defineHandler(MESSAGES.createTopics, (context, { topics, validateOnly }) => {
  const times = Map.groupBy(topics, ({ name }) => name);
  return {
    throttleTimeMs: 0,
    topics: [...times].flatMap(([name, [asked, ...more]]) => {
      if (more.length > 0) return [refused(name, new KafkaFault("INVALID_REQUEST", "Duplicate topic name."))];
      return asked ? [create(context, asked, validateOnly)] : [];
    }),
  };
});

function create({ topics }: RequestContext, asked: Asked, validateOnly: boolean): TopicAnswer {
  try {
    const topic = newTopic(asked);
    if (validateOnly) topics.assertCreatable(topic);
    // Apache Kafka too names the id that the topic would have got.
    const topicId = validateOnly ? newTopicId() : topics.create(topic).id;
    return {
      name: asked.name,
      topicId,
      errorCode: 0,
      errorMessage: null,
      numPartitions: topic.assignments?.length ?? topic.partitions ?? 1,
      replicationFactor: topic.assignments?.[0]?.length ?? topic.replicas ?? 1,
      configs: configsOf(topic),
    };
  } catch (error) {
    if (!(error instanceof KafkaFault)) throw error;
    return refused(asked.name, error);
  }
}

/** -1 asks for the broker's default. */
function newTopic({ name, numPartitions, replicationFactor, assignments, configs }: Asked): NewTopic {
  if (name === CLUSTER_METADATA) {
    throw new KafkaFault("INVALID_REQUEST", `Creation of internal topic ${name} is prohibited.`);
  }
  assertConfigs(configs.map(({ name, value }) => [name, value] as const));
  const settings = Object.fromEntries(configs.flatMap(({ name, value }) => (value === null ? [] : [[name, value]])));
  if (assignments.length > 0) {
    if (numPartitions !== -1) throw notBoth("numPartitions");
    if (replicationFactor !== -1) throw notBoth("replication factor");
    return { name, configs: settings, assignments: inOrder(assignments) };
  }
  return {
    name,
    configs: settings,
    ...(numPartitions !== -1 && { partitions: numPartitions }),
    ...(replicationFactor !== -1 && { replicas: replicationFactor }),
  };
}

/** Where Apache Kafka keeps what its controllers know; clients read something into the name. */
const CLUSTER_METADATA = "__cluster_metadata";

const notBoth = (what: string): KafkaFault =>
  new KafkaFault("INVALID_REQUEST", `A manual partition assignment was specified, but ${what} was not set to -1.`);

function inOrder(assignments: Asked["assignments"]): number[][] {
  const byPartition = new Map<number, number[]>();
  for (const { partitionIndex, brokerIds } of assignments) {
    if (byPartition.has(partitionIndex)) {
      throw unassignable(`Found multiple manual partition assignments for partition ${partitionIndex}`);
    }
    byPartition.set(partitionIndex, brokerIds);
  }
  return Array.from(byPartition, (_, index) => {
    const replicas = byPartition.get(index);
    if (!replicas) throw unassignable("partitions should be a consecutive 0-based integer sequence");
    return replicas;
  });
}

const unassignable = (message: string): KafkaFault => new KafkaFault("INVALID_REPLICA_ASSIGNMENT", message);

const TOPIC_CONFIG = 1;
const DEFAULT_CONFIG = 5;

/** Every setting of the topic with where it comes from. */
const configsOf = ({ configs = {} }: NewTopic): NonNullable<TopicAnswer["configs"]> =>
  TOPIC_CONFIGS.map((definition) => {
    const given = configs[definition.name];
    return {
      name: definition.name,
      value: given ?? definition.default,
      readOnly: false,
      configSource: given === undefined ? DEFAULT_CONFIG : TOPIC_CONFIG,
      isSensitive: false,
    };
  });

const refused = (name: string, { code, message }: KafkaFault): TopicAnswer => ({
  name,
  topicId: NIL_UUID,
  errorCode: code,
  errorMessage: message,
  configs: [],
});
