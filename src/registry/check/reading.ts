import { type CatalogReading, type CatalogTopic, filesIn, readCatalog, type SchemaFile } from "../../catalog/index.ts";
import type { SchemaCheck } from "./asked.ts";

/** What is known of a catalog where a schema is checked; empty beside a registry alone. */
export interface Declared {
  readonly topics: readonly CatalogTopic[];
  readonly shared: readonly SchemaFile[];
}

/** A folder of schemas that has the one schema, and how what was found in it is to be named. */
export interface Staged {
  readonly reading: CatalogReading;
  /** The subject that the folder makes of it. */
  readonly subject: string;
  readonly file: string;
  /** What whoever asked calls the file. */
  readonly shownFile: string;
}

/** Stands for an event type that names none of ours. */
const STAND_IN = "checked.schema.sent";
const NO_FILE = "schema.avsc";

/**
 * Reads a schema as if it stood in a folder of schemas: what is declared of its topic holds, types that it uses are
 * there under their names, and what is wrong with it has a line and a column.
 * @param named schemas that its references name, each with its text.
 */
export function stage(
  { subject, text }: Pick<SchemaCheck, "subject" | "text">,
  { declared, named }: { readonly declared: Declared; readonly named: readonly { name: string; text: string }[] },
): Staged {
  const files = new Map<string, Uint8Array>();
  const put = (file: string, content: string) => files.set(file, new TextEncoder().encode(content));
  const own = declared.shared.find((one) => one.subject === subject);
  const given = new Set(named.map(({ name }) => name));
  const others = declared.shared.filter((one) => one !== own && !given.has(one.name));
  for (const [index, one] of named.entries()) put(`${DIR}/_shared/given${index}.avsc`, one.text);
  for (const [index, one] of others.entries()) put(`${DIR}/_shared/ours${index}.avsc`, one.text);
  if (own !== undefined) {
    const file = `${DIR}/_shared/checked.avsc`;
    put(file, text);
    return { reading: readCatalog(DIR, filesIn(files)), subject, file, shownFile: own.file };
  }
  const topic = declared.topics.find((one) => one.subject === subject);
  const [, eventType = STAND_IN, major = "1"] = CONVENTION.exec(subject) ?? [];
  const file = `${DIR}/${eventType}/v${major}.avsc`;
  put(file, text);
  put(`${DIR}/${eventType}/topic.yaml`, topicFileOf(topic));
  const staged = `${eventType}.v${major}-value`;
  const reading = renamed(readCatalog(DIR, filesIn(files)), staged, subject);
  return { reading, subject: staged, file, shownFile: topic?.file ?? (staged === subject ? file : NO_FILE) };
}

const DIR = "schemas";

/** What the catalog itself takes for an event type: other subjects have names of their own. */
const CONVENTION =
  /^([a-z][a-z0-9]*(?:[-_][a-z0-9]+)*(?:\.[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*){2})\.v([1-9]\d{0,5})-value$/;

/** JSON is YAML. */
function topicFileOf(topic: CatalogTopic | undefined): string {
  if (topic === undefined) return JSON.stringify({ key: null });
  const { key, idPath, timePath, compatibility, compatibilityDeclared } = topic;
  return JSON.stringify({
    key: key.length === 0 ? null : key.map((path) => path.join(".")),
    ...(idPath && { id: idPath.join(".") }),
    ...(timePath && { time: timePath.join(".") }),
    ...(compatibilityDeclared && { compatibility }),
  });
}

/** The reading with the subject that was asked about in the place of the one that stands for it. */
function renamed(reading: CatalogReading, from: string, to: string): CatalogReading {
  if (from === to) return reading;
  const { catalog } = reading;
  const topics = catalog.topics.map((topic) => ({ ...topic, subject: to, topic: to.replace(/-value$/, "") }));
  return { ...reading, catalog: { ...catalog, topics, topic: (name) => topics.find(({ topic }) => topic === name) } };
}
