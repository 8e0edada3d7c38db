import type { CatalogTopic } from "../catalog/index.ts";
import type { Admin, TopicSpec } from "../kafka/index.ts";
import { deadLetterSpec, deadLetterTopic } from "./dead-letter-topic.ts";

/** Which of the topics are not in Kafka. */
export async function missingTopics(admin: Admin, topics: readonly CatalogTopic[]): Promise<string[]> {
  const names = topics.map(({ topic }) => topic);
  const there = new Set((await admin.topics(names)).map(({ topic }) => topic));
  return names.filter((name) => !there.has(name));
}

/**
 * Creates the group's dead-letter topics where they are not there, with the partitions and replicas that their topics
 * really have. What is there is left as it is. Another worker of the group may do the same at the same time.
 */
export async function ensureDeadLetterTopics(
  admin: Admin,
  topics: readonly CatalogTopic[],
  group: string,
): Promise<void> {
  const names = topics.flatMap(({ topic }) => [topic, deadLetterTopic(topic, group)]);
  const there = new Map((await admin.topics(names)).map((one) => [one.topic, one]));
  const specs = topics.map((topic) => {
    const { partitions, replication } = there.get(topic.topic) ?? topic;
    return deadLetterSpec({ ...topic, partitions, replication }, group);
  });
  const missing = specs.filter(({ topic }) => !there.has(topic));
  if (missing.length > 0) await create(admin, missing);
}

/** What went wrong counts only for topics that are still missing afterwards: another worker may have been first. */
async function create(admin: Admin, specs: readonly TopicSpec[]): Promise<void> {
  const plan = await admin.planTopics(specs);
  const problems = new Map(plan.problems.map(({ topic, message }) => [topic, message]));
  if (problems.size === 0) {
    for (const { step, error } of await admin.applyTopics(plan)) if (error) problems.set(step.topic, error.message);
  }
  const missing = problems.size === 0 ? [] : await missingOf(admin, specs);
  if (missing.length === 0) return;
  throw new Error(
    missing.map(({ topic }) => `dead-letter topic ${topic}: ${problems.get(topic) ?? "not created"}`).join("; "),
  );
}

async function missingOf(admin: Admin, specs: readonly TopicSpec[]): Promise<TopicSpec[]> {
  const there = new Set((await admin.topics(specs.map(({ topic }) => topic))).map(({ topic }) => topic));
  return specs.filter(({ topic }) => !there.has(topic));
}
