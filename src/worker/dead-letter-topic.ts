import type { CatalogTopic } from "../catalog/index.ts";
import type { TopicSpec } from "../kafka/index.ts";

/** Apache Kafka's limit for the name of a topic. */
export const TOPIC_LENGTH_MAX = 249;

/**
 * Apache Kafka's default for `socket.request.max.bytes`: no event is larger. Only workers write there, and only what its
 * topic has taken, so any lower limit could do nothing but make a partition wait for ever.
 */
const MESSAGE_BYTES_MAX = 100 * 1024 * 1024;

/** The topic of what a group gave up on. */
export const deadLetterTopic = (topic: string, group: string): string => `${topic}.${group}.dlt`;

/**
 * What the group's dead-letter topic of this topic should be like. As many partitions as the topic, so that dead letters
 * of one key lie together; kept for ever, because nothing but a person decides what becomes of them.
 */
export function deadLetterSpec({ topic, partitions, replication }: CatalogTopic, group: string): TopicSpec {
  return {
    topic: deadLetterTopic(topic, group),
    partitions,
    replication,
    config: {
      "cleanup.policy": "delete",
      "retention.ms": "-1",
      "max.message.bytes": String(MESSAGE_BYTES_MAX),
    },
  };
}
