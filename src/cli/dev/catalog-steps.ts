import { stat } from "node:fs/promises";
import {
  type Catalog,
  type CatalogTopic,
  loadCatalog,
  type NamedReference,
  readCatalog as readFolder,
  type SchemaFile,
} from "../../catalog/index.ts";
import type { Admin, TopicSpec, TopicStep } from "../../kafka/index.ts";
import { applySchemas, changesSomething, planSchemas, type Registry, type SchemaStep } from "../../registry/index.ts";
import { deadLetterSpec, type Worker } from "../../worker/index.ts";
import { CommandFailed } from "../exit.ts";
import { readTypesFile, writeTypesFile } from "../types-file.ts";
import type { Drafts } from "./drafts.ts";
import { reasonsIn, type Tell } from "./news.ts";

export interface CatalogParts {
  readonly registry: Registry;
  readonly admin: Admin;
  readonly tell: Tell;
  readonly drafts: Drafts;
}

/** Undefined where the schemas cannot be used as they are, which is told. What is given is in force now. */
export async function readCatalog({ dir, topics }: Catalog, tell: Tell): Promise<Catalog | undefined> {
  const folder = await stat(dir).catch(() => undefined); // Somebody may begin with nothing.
  if (folder === undefined) return emptyCatalog(dir);
  try {
    return await loadCatalog(dir);
  } catch (error) {
    const rest = topics.length > 0 ? "what was in force stays in force" : "there are no topics until they can";
    const text = `the schemas cannot be used; ${rest}:`;
    tell({ event: "schemas.broken", level: "error", about: dir, text, details: reasonsIn(error) });
    return undefined;
  }
}

/** No schemas, which is what a folder without a folder of schemas has. */
export const emptyCatalog = (dir: string): Catalog => catalogOf(dir, [], []);

/**
 * Registers what the registry takes of the catalog. What is refused stays as it was before; the rest does not wait for
 * it. Answers what is in force now.
 */
export async function registerCatalog(
  { registry, tell, drafts }: Omit<CatalogParts, "admin">,
  wanted: Catalog,
  before: Catalog,
): Promise<Catalog> {
  let accepted = wanted;
  let applied = await applySchemas(registry, accepted, LOOSE);
  if (applied.stopped !== undefined && applied.done.length === 0) {
    accepted = await withoutRefused({ registry, tell }, wanted, before);
    applied = await applySchemas(registry, accepted, LOOSE);
  }
  for (const step of applied.done) tellStep(tell, step);
  await drafts.follow(applied.done, tell);
  if (applied.stopped === undefined) return accepted;
  const { step, messages } = applied.stopped;
  const about = aboutOf(step.subject);
  tell({ event: "schema.refused", level: "error", about, text: `${step.file} is not registered`, details: messages });
  return before;
}

/** Nothing is promised to anybody here, so a level may be lowered. */
const LOOSE = { allowLowering: true } as const;
const ADVICE =
  "Give a new field a `default`, or put the breaking successor into the next file, v2.avsc after v1.avsc: a topic of its own.";

async function withoutRefused(
  { registry, tell }: Pick<CatalogParts, "registry" | "tell">,
  wanted: Catalog,
  before: Catalog,
): Promise<Catalog> {
  // Only now does anybody want to know the lines.
  const { places } = readFolder(wanted.dir);
  const { breakTeller } = await import("../../gate/index.ts");
  const { refused } = await planSchemas(registry, wanted, { ...LOOSE, tell: breakTeller(places) });
  const inForce = new Set([...before.shared, ...before.topics].map(({ subject }) => subject));
  for (const step of refused) {
    const rest = inForce.has(step.subject)
      ? "is not compatible, and was not registered; the version before stays in force"
      : "is not compatible with what is registered, and its events are not taken";
    tell({
      event: "schema.refused",
      level: "error",
      about: aboutOf(step.subject),
      text: `${step.file} ${rest}`,
      details: step.kind === "register" ? [...findingsIn(step.messages), ADVICE] : [],
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

/**
 * What a registry finds, as sentences: `{errorType:'…', description:'…', additionalInfo:'…'}` is how Confluent's writes
 * them, and after them it repeats the old schema, which is not news to whoever has just changed it.
 */
function findingsIn(messages: readonly string[]): readonly string[] {
  const findings = messages.flatMap((message) => {
    const [, rule, description] =
      /^\{errorType:'(\w+)', description:'(.*)', additionalInfo:'.*'\}$/s.exec(message) ?? [];
    return rule === undefined ? [] : `${rule}: ${description}`;
  });
  return findings.length > 0 ? findings : messages;
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
  } else if (step.kind === "register" && changesSomething(step)) {
    const text = `${step.status === "first" ? "registered" : "registered as a new version"}, id ${step.id}`;
    tell({ event: "schema.registered", level: "info", about, text });
  }
}

const aboutOf = (subject: string): string => subject.replace(/-value$/, "");

/** The topics of a catalog as one broker can have them. */
export const topicSpecs = ({ topics }: Catalog): TopicSpec[] => topics.map(specOf);

/** The dead-letter topics of workers. */
export const deadLetterSpecs = (catalog: Catalog, workers: readonly Pick<Worker, "group" | "topics">[]): TopicSpec[] =>
  workers.flatMap(({ group, topics }) =>
    topics.flatMap((name) => {
      const topic = catalog.topic(name);
      return topic === undefined ? [] : specOf(deadLetterSpec(topic, group));
    }),
  );

/** The catalog without some of its topics. */
export const withTopics = ({ dir, topics, shared }: Catalog, keeps: (topic: CatalogTopic) => boolean): Catalog =>
  catalogOf(dir, topics.filter(keeps), shared);

/** What a topic is to be on one broker, whatever number of copies production has. */
const specOf = ({ topic, partitions, config }: Omit<TopicSpec, "replication">): TopicSpec => {
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

/** Brings the workers' types up to date where they are in use, which is where there are any. */
export async function followTypes(catalog: Catalog, tell: Tell): Promise<void> {
  const news = { event: "schemas.types", about: catalog.dir } as const;
  try {
    const file = await readTypesFile(catalog);
    if (!file.stale) return;
    const { path, found } = file;
    if (found !== undefined) writeTypesFile(file);
    const text = found === undefined ? `\`sluice types\` gives workers their types, ${path}` : `${path}: written`;
    tell({ ...news, level: "info", text });
  } catch (error) {
    tell({ ...news, level: "warn", text: "the workers' types could not be written:", details: reasonsIn(error) });
  }
}
