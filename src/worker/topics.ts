import type { CatalogTopic } from "../catalog/index.ts";
import { type KafkaSettings, openAdmin } from "../kafka/index.ts";
import { deadLetterSpec } from "./dead-letter-topic.ts";

/** Which of the topics are not in Kafka. */
export async function missingTopics(kafka: KafkaSettings, topics: readonly CatalogTopic[]): Promise<string[]> {
  const names = topics.map(({ topic }) => topic);
  const admin = await openAdmin(kafka);
  try {
    const there = new Set((await admin.topics(names)).map(({ topic }) => topic));
    return names.filter((name) => !there.has(name));
  } finally {
    await admin.close();
  }
}

/**
 * Creates the group's dead-letter topics where they are not there, with the partitions and replicas that their topics
 * really have. What is there is left as it is. Another worker of the group may do the same at the same time.
 */
export async function ensureDeadLetterTopics(
  kafka: KafkaSettings,
  topics: readonly CatalogTopic[],
  group: string,
): Promise<void> {
  const admin = await openAdmin(kafka);
  try {
    const sources = new Map((await admin.topics(topics.map(({ topic }) => topic))).map((one) => [one.topic, one]));
    const specs = topics.map((topic) => {
      const { partitions, replication } = sources.get(topic.topic) ?? topic;
      return deadLetterSpec({ ...topic, partitions, replication }, group);
    });
    const there = new Set((await admin.topics(specs.map(({ topic }) => topic))).map(({ topic }) => topic));
    const plan = await admin.planTopics(specs.filter(({ topic }) => !there.has(topic)));
    if (plan.problems.length > 0) throw new Error(plan.problems.map(({ message }) => message).join("; "));
    for (const { step, error } of await admin.applyTopics(plan)) {
      if (error !== undefined && error.kind !== "TOPIC_ALREADY_EXISTS") {
        throw new Error(`dead-letter topic ${step.topic} was not created: ${error.message}`, { cause: error });
      }
    }
  } finally {
    await admin.close();
  }
}
