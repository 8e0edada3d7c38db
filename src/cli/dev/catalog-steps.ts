import type { Catalog, CatalogTopic, NamedReference, SchemaFile } from "../../catalog/index.ts";
import type { Admin, TopicSpec, TopicStep } from "../../kafka/index.ts";
import { applySchemas, planSchemas, type Registry, type SchemaStep } from "../../registry/index.ts";
import { CommandFailed } from "../exit.ts";
import type { Tell } from "./news.ts";

export interface CatalogParts {
  readonly registry: Registry;
  readonly admin: Admin;
  readonly tell: Tell;
}

/** No schemas, which is what a folder without a folder of schemas has. */
export const emptyCatalog = (dir: string): Catalog => catalogOf(dir, [], []);

/**
 * Registers what the registry takes of the catalog, and makes its topics. What is refused stays as it was before; the
 * rest does not wait for it. Answers what is in force now.
 */
export async function bringInto(parts: CatalogParts, wanted: Catalog, before: Catalog): Promise<Catalog> {
  const accepted = await withoutRefused(parts, wanted, before);
  const { done, stopped } = await applySchemas(parts.registry, accepted, LOOSE);
  for (const step of done) tellStep(parts.tell, step);
  if (stopped !== undefined) {
    const { subject } = stopped.step;
    parts.tell({
      event: "schema.refused",
      level: "error",
      about: aboutOf(subject),
      text: "not registered",
      details: stopped.messages,
    });
    return before;
  }
  await makeTopics(parts, accepted.topics.map(specOf));
  return accepted;
}

/** Nothing is promised to anybody here, so a level may be lowered. */
const LOOSE = { allowLowering: true } as const;

async function withoutRefused({ registry, tell }: CatalogParts, wanted: Catalog, before: Catalog): Promise<Catalog> {
  const { refused } = await planSchemas(registry, wanted, LOOSE);
  if (refused.length === 0) return wanted;
  for (const step of refused) {
    tell({
      event: "schema.refused",
      level: "error",
      about: aboutOf(step.subject),
      text: `${step.file} is not compatible, and was not registered; the version before stays in force`,
      details: step.kind === "register" ? step.messages : [],
    });
  }
  const out = new Set(refused.map(({ subject }) => subject));
  const reachesRefused = (references: readonly NamedReference[]): boolean =>
    references.some(
      ({ subject }) =>
        out.has(subject) || reachesRefused(wanted.shared.find((one) => one.subject === subject)?.references ?? []),
    );
  const keeps = ({ subject, references }: Pick<CatalogTopic, "subject" | "references">) =>
    out.has(subject) || reachesRefused(references);
  const shared = wanted.shared.flatMap((file) =>
    keeps(file) ? (before.shared.find(({ subject }) => subject === file.subject) ?? []) : file,
  );
  const topics = wanted.topics.flatMap((topic) => (keeps(topic) ? (before.topic(topic.topic) ?? []) : topic));
  return catalogOf(wanted.dir, topics, shared);
}

function catalogOf(dir: string, topics: readonly CatalogTopic[], shared: readonly SchemaFile[]): Catalog {
  const byName = new Map(topics.map((topic) => [topic.topic, topic]));
  return { dir, topics, shared, topic: (name) => byName.get(name) };
}

function tellStep(tell: Tell, step: SchemaStep): void {
  const about = aboutOf(step.subject);
  if (step.kind === "level") {
    // The first level of a subject comes with its first version, and says nothing new.
    if (step.own === undefined) return;
    tell({ event: "schema.level", level: "info", about, text: `compatibility ${step.to}, was ${step.own}` });
  } else if (step.status !== "unchanged") {
    const text = `${step.status === "first" ? "registered" : "registered as a new version"}, id ${step.id}`;
    tell({ event: "schema.registered", level: "info", about, text });
  }
}

const aboutOf = (subject: string): string => subject.replace(/-value$/, "");

/** What a topic is to be on one broker, whatever number of copies production has. */
export const specOf = ({ topic, partitions, config }: Omit<TopicSpec, "replication">): TopicSpec => {
  // On one broker nothing could be written that asks for more than one copy in sync.
  const { "min.insync.replicas": _, ...kept } = config;
  return { topic, partitions, replication: 1, config: kept };
};

/** Creates topics and changes their settings, and tells what was done. */
export async function makeTopics({ admin, tell }: CatalogParts, specs: readonly TopicSpec[]): Promise<void> {
  const plan = await admin.planTopics(specs);
  for (const { topic, message } of [...plan.problems, ...plan.differences]) {
    tell({ event: "topic.differs", level: "warn", about: topic, text: message });
  }
  const refused = new Set(plan.problems.map(({ topic }) => topic));
  const steps = plan.steps.filter(({ topic }) => !refused.has(topic));
  for (const { step, error } of await admin.applyTopics({ steps, differences: [], problems: [] })) {
    if (error !== undefined) throw new CommandFailed(`topic ${step.topic}: ${error.message}`, { cause: error });
    tell({ event: "topic.changed", level: "info", about: step.topic, text: whatHappened(step) });
  }
}

function whatHappened(step: TopicStep): string {
  switch (step.action) {
    case "create":
      return `topic created, ${step.spec.partitions} ${step.spec.partitions === 1 ? "partition" : "partitions"}`;
    case "add-partitions":
      return `from ${step.from} to ${step.to} partitions; keys move to other partitions`;
    case "set-config":
      return `${step.name}=${step.to}, was ${step.from ?? "nothing"}`;
  }
}
