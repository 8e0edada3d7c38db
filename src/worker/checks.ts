import { createDecoder, nearest, Unreadable } from "../avro/index.ts";
import type { Catalog, CatalogTopic } from "../catalog/index.ts";
import { type Registry, RegistryError } from "../registry/index.ts";
import { deadLetterTopic, TOPIC_LENGTH_MAX } from "./dead-letter-topic.ts";
import type { Worker } from "./define-worker.ts";
import { readerMistakes, readTopics } from "./readers.ts";

export interface CheckParts {
  readonly catalog: Catalog;
  readonly registry: Pick<Registry, "versions" | "version">;
  readonly progressTimeoutMs: number;
  /** Which of the topics are not in Kafka. */
  readonly missing: (topics: readonly CatalogTopic[]) => Promise<readonly string[]>;
}

/** Beyond this a handler waits for the database's connections and not for anything that more of it would make faster. */
const CONCURRENCY_MAX = 1_000;

/** Everything that keeps the worker from being started, as sentences; empty where nothing does. */
export async function problemsOf(worker: Worker, parts: CheckParts): Promise<string[]> {
  const topics = readTopics(worker, parts.catalog);
  const found = await Promise.all([
    declarationProblems(worker, parts.catalog),
    readerMistakes(worker, parts.catalog),
    patienceProblems(worker, parts),
    topicProblems(topics, parts),
    ...topics.map((topic) => readerProblems(topic, worker, parts)),
  ]);
  // A registry that is away says so for each topic.
  return [...new Set(found.flat())];
}

/** What is wrong with the declaration itself. */
export function declarationProblems(
  { group, topics, retry, timeoutMs, concurrency }: Worker,
  catalog: Catalog,
): string[] {
  const problems: string[] = [];
  if (!/^[a-zA-Z0-9._-]+$/.test(group)) {
    problems.push(`group "${group}": letters, digits, ".", "_" and "-", since dead-letter topics are named after it`);
  }
  if (topics.length === 0) problems.push("it reads no topics");
  for (const topic of new Set(topics)) {
    if (catalog.topic(topic) === undefined) problems.push(unknownTopic(topic, catalog));
    if (topics.indexOf(topic) !== topics.lastIndexOf(topic)) problems.push(`topic ${topic} is named twice`);
    const dead = deadLetterTopic(topic, group);
    if (dead.length > TOPIC_LENGTH_MAX) {
      problems.push(`dead-letter topic ${dead}: ${dead.length} characters; Kafka takes ${TOPIC_LENGTH_MAX}`);
    }
  }
  if (!(Number.isInteger(retry.attempts) && retry.attempts >= 1)) {
    problems.push(`retry.attempts=${retry.attempts}: a whole number from 1`);
  }
  if (!(Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= CONCURRENCY_MAX)) {
    problems.push(`concurrency=${concurrency}: a whole number from 1 to ${CONCURRENCY_MAX}`);
  }
  for (const [name, ms] of Object.entries({
    "retry.delayMs": retry.delayMs,
    "retry.maxDelayMs": retry.maxDelayMs,
    timeoutMs,
  })) {
    // setTimeout takes a larger number for 1.
    if (!(ms >= 0 && ms < 2 ** 31)) problems.push(`${name}=${ms}: milliseconds, from 0 to ${2 ** 31 - 1}`);
  }
  if (timeoutMs === 0) problems.push("timeoutMs=0: no attempt is done in no time");
  return problems;
}

function patienceProblems({ timeoutMs }: Worker, { progressTimeoutMs }: CheckParts): string[] {
  if (timeoutMs < progressTimeoutMs) return [];
  return [`timeoutMs=${timeoutMs}: the worker counts as stuck after SLUICE_PROGRESS_TIMEOUT_MS=${progressTimeoutMs}`];
}

function unknownTopic(topic: string, catalog: Catalog): string {
  const near = nearest(
    topic,
    catalog.topics.map((one) => one.topic),
  );
  return `topic ${topic} is not under ${catalog.dir}${near === undefined ? "" : `; did you mean ${near}?`}`;
}

async function topicProblems(topics: readonly CatalogTopic[], { missing }: CheckParts): Promise<string[]> {
  try {
    return (await missing(topics)).map((name) => `topic ${name} is not in Kafka; \`sluice topics apply\` creates it`);
  } catch (error) {
    return [`Kafka: ${messageOf(error)}`];
  }
}

/** Asks every version that is registered, because events of any of them may still be stored. */
async function readerProblems(topic: CatalogTopic, worker: Worker, { registry }: CheckParts): Promise<string[]> {
  const { subject, schema: reader } = topic;
  const what = worker.readers[topic.topic] === undefined ? topic.file : "its own reader schema";
  try {
    const versions = await registry.versions(subject);
    const found = await Promise.all(versions.map((version) => registry.version(subject, version)));
    return found.flatMap((writer) => {
      if (writer === undefined) return []; // Deleted since it was listed.
      try {
        createDecoder(writer.schema, reader);
        return [];
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        return error.reasons.map(
          (reason) => `${what} cannot read version ${writer.version} of ${subject} (schema ${writer.id}): ${reason}`,
        );
      }
    });
  } catch (error) {
    const away = error instanceof RegistryError && error.kind === "UNREACHABLE";
    return [`${away ? "the registry" : `registry, ${subject}`}: ${messageOf(error)}`];
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
