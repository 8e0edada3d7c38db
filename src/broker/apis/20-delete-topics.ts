import { defineHandler, type RequestContext } from "../parts.ts";
import { KafkaFault, MESSAGES, NIL_UUID, type ResponseInput } from "../protocol/index.ts";
import type { Topic } from "../topics.ts";

type Answer = ResponseInput<typeof MESSAGES.deleteTopics>["responses"][number];

interface Asked {
  readonly name: string | null;
  readonly topicId: string;
}

/** Deletes topics with their records, and with the offsets that groups have committed for them. */
export const deleteTopics = defineHandler(MESSAGES.deleteTopics, (context, { topics, topicNames }) => {
  const asked: Asked[] = [...topics, ...topicNames.map((name) => ({ name, topicId: NIL_UUID }))];
  const times = Map.groupBy(asked, ({ name, topicId }) => name ?? topicId);
  return {
    throttleTimeMs: 0,
    responses: [...times.values()].flatMap(([first, ...more]) =>
      first ? [answer(context, first, more.length > 0)] : [],
    ),
  };
});

function answer(context: RequestContext, { name, topicId }: Asked, repeated: boolean): Answer {
  try {
    const topic = find(context, { name, topicId }, repeated);
    context.topics.delete(topic.name);
    context.groups.forgetTopic(topic.name);
    return { name: topic.name, topicId: topic.id, errorCode: 0 };
  } catch (error) {
    if (!(error instanceof KafkaFault)) throw error;
    return { name, topicId, errorCode: error.code, errorMessage: error.message };
  }
}

function find({ topics }: RequestContext, { name, topicId }: Asked, repeated: boolean): Topic {
  if (name !== null && topicId !== NIL_UUID) throw invalid("You may not specify both topic name and topic id.");
  if (name === null && topicId === NIL_UUID) throw invalid("Neither topic name nor id were specified.");
  if (repeated) throw invalid(name === null ? "Duplicate topic id." : "Duplicate topic name.");
  const topic = name === null ? topics.byId(topicId) : topics.get(name);
  if (topic) return topic;
  throw name === null
    ? new KafkaFault("UNKNOWN_TOPIC_ID", "This server does not host this topic ID.")
    : new KafkaFault("UNKNOWN_TOPIC_OR_PARTITION", "This server does not host this topic-partition.");
}

const invalid = (message: string): KafkaFault => new KafkaFault("INVALID_REQUEST", message);
