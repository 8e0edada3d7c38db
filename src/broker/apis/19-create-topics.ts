import { defineHandler, type RequestContext } from "../parts.ts";
import { KafkaFault, MESSAGES, type RequestOf, type ResponseInput } from "../protocol/index.ts";
import type { NewTopic } from "../topics.ts";

type Asked = RequestOf<typeof MESSAGES.createTopics>["topics"][number];
type TopicAnswer = ResponseInput<typeof MESSAGES.createTopics>["topics"][number];

/** Makes topics, each for itself: one that cannot be made leaves the others alone. */
export const createTopics = defineHandler(MESSAGES.createTopics, (context, { topics, validateOnly }) => {
  const times = new Map<string, number>();
  for (const { name } of topics) times.set(name, (times.get(name) ?? 0) + 1);
  const once = topics.filter(({ name }) => times.get(name) === 1);
  const repeated = [...times].filter(([, count]) => count > 1);
  return {
    throttleTimeMs: 0,
    topics: [
      ...repeated.map(([name]) => refused(name, new KafkaFault("INVALID_REQUEST", "Duplicate topic name."))),
      ...once.map((asked) => create(context, asked, validateOnly)),
    ],
  };
});

function create(context: RequestContext, asked: Asked, validateOnly: boolean): TopicAnswer {
  try {
    const topic = newTopic(asked);
    if (validateOnly) context.topics.assertCreatable(topic);
    const made = validateOnly ? undefined : context.topics.create(topic);
    return {
      name: asked.name,
      topicId: made?.id ?? "AAAAAAAAAAAAAAAAAAAAAA",
      errorCode: 0,
      errorMessage: null,
      numPartitions: topic.partitions ?? 1,
      replicationFactor: topic.replicas ?? 1,
      configs: [],
    };
  } catch (error) {
    if (!(error instanceof KafkaFault)) throw error;
    return refused(asked.name, error);
  }
}

function newTopic({ name, numPartitions, replicationFactor, configs }: Asked): NewTopic {
  return {
    name,
    // -1 asks for the broker's default.
    partitions: numPartitions === -1 ? 1 : numPartitions,
    replicas: replicationFactor === -1 ? 1 : replicationFactor,
    configs: Object.fromEntries(configs.flatMap(({ name, value }) => (value === null ? [] : [[name, value]]))),
  };
}

const refused = (name: string, { code, message }: KafkaFault): TopicAnswer => ({
  name,
  topicId: "AAAAAAAAAAAAAAAAAAAAAA",
  errorCode: code,
  errorMessage: message,
  configs: [],
});
