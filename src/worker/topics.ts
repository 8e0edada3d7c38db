import type { CatalogTopic } from "../catalog/index.ts";
import { type KafkaSettings, openAdmin } from "../kafka/index.ts";
import { deadLetterSpec } from "./dead-letter-topic.ts";

/** Which of the topics are not in Kafka. */
export async function missingTopics(kafka: KafkaSettings, topics: readonly CatalogTopic[]): Promise<string[]> {
  throw new Error(`not written yet ${kafka.clientId} ${topics.length} ${String(openAdmin)}`);
}

/** Creates the group's dead-letter topics where they are not there. What is there is left as it is. */
export async function ensureDeadLetterTopics(
  kafka: KafkaSettings,
  topics: readonly CatalogTopic[],
  group: string,
): Promise<void> {
  throw new Error(`not written yet ${kafka.clientId} ${topics.map((topic) => deadLetterSpec(topic, group)).length}`);
}
