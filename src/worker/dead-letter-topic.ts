import type { CatalogTopic } from "../catalog/index.ts";
import type { TopicSpec } from "../kafka/index.ts";

/** Apache Kafka's limit for the name of a topic. */
export const TOPIC_LENGTH_MAX = 249;

/** Apache Kafka's default for `max.message.bytes`. */
const MESSAGE_BYTES = 1_048_588;
/** What a dead letter may be longer than its event: our headers, and a compression that packs less well. */
const MESSAGE_BYTES_MORE = 1_048_576;

/** The topic of what a group gave up on. */
export const deadLetterTopic = (topic: string, group: string): string => `${topic}.${group}.dlt`;

/**
 * What the group's dead-letter topic of this topic should be like. As many partitions as the topic, so that dead letters
 * of one key lie together; kept for ever, because nothing but a person decides what becomes of them.
 */
export function deadLetterSpec({ topic, partitions, replication, config }: CatalogTopic, group: string): TopicSpec {
  const { "max.message.bytes": bytes = MESSAGE_BYTES } = config;
  return {
    topic: deadLetterTopic(topic, group),
    partitions,
    replication,
    config: {
      "cleanup.policy": "delete",
      "retention.ms": "-1",
      "max.message.bytes": String(Math.min(2 ** 31 - 1, Number(bytes) + MESSAGE_BYTES_MORE)),
    },
  };
}
