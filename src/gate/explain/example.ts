import { checkCompatibility, parseSchemaText, witnessOf } from "../../avro/index.ts";
import { type CatalogReading, filesIn, readCatalog } from "../../catalog/index.ts";
import { subjectsOf } from "../bases/subjects.ts";
import { checkCatalog } from "../check/index.ts";
import type { TopicData } from "../data/drafts.ts";
import { readBack } from "../data/read-back.ts";
import { formatSchema } from "../format/index.ts";
import { lintCatalog } from "../lint/index.ts";
import type { Base, BrokenWorker, DeclaredReader, Report } from "../model.ts";
import { RULES, type RuleText } from "../rules/index.ts";
import { GATE_FILE, readGateSettings } from "../settings.ts";

/** A rule's example as files, and what a check says of it. */
export interface ShownExample {
  /** Files that the example is about, by their names, before the change and after it. */
  readonly files: readonly ExampleFile[];
  readonly report: Report;
  /** The command that says so. */
  readonly command: string;
  /** Text of a file after the change. */
  readonly text: (file: string) => string | undefined;
}

export interface ExampleFile {
  readonly file: string;
  /** Undefined where it was not there. */
  readonly before: string | undefined;
  /** Undefined where it is gone. */
  readonly after: string | undefined;
}

const DIR = "schemas";
const GATE = `${DIR}/${GATE_FILE}`;
const EVENT_TYPE = "orders.order.created";
const LABEL = "4f1c09a";
/** A day on which the dates of the examples mean what they are to show. */
const DAY = "2026-11-21";
const READER: DeclaredReader = {
  group: "order-projection",
  file: "workers/order-projection.ts",
  topic: `${EVENT_TYPE}.v1`,
  schema: undefined,
};
const PLAIN = '{"type":"record","name":"OrderCreated","fields":[{"name":"order_id","type":"string"}]}';

/** Runs a rule's example, so that what is shown is what would be said. */
export function shownExample(rule: RuleText): ShownExample {
  const { now, then } = statesOf(rule);
  const reading = readCatalog(DIR, tree(now));
  const { settings } = readGateSettings(DIR, tree(now));
  const base = baseOf(then ?? new Map());
  const isLint = rule.family === "lint";
  const isAboutData = rule.id === "DATA_UNREADABLE";
  const found = isLint
    ? lintCatalog({ reading, settings, today: DAY })
    : checkCatalog({
        reading,
        bases: [base],
        readers: rule.id === "READER_BROKEN" ? [READER] : [],
        brokenWorkers: brokenIn(now),
        settings,
        today: DAY,
        ...(isAboutData && { data: storedIn(base, reading) }),
      });
  const findings = found.findings.filter((finding) => finding.rule === rule.id);
  return {
    files: changedFiles(then, now).filter(({ file, ...states }) => {
      if (findings.some(({ place }) => place.file === file)) return true;
      return !now.has(GATE) && !FILLERS.has(states.after ?? states.before ?? "");
    }),
    report: { ...found, findings },
    command: isLint ? "sluice lint" : isAboutData ? "sluice check --data 1000" : "sluice check",
    text: (file) => now.get(file),
  };
}

/** The files before the change and after it. */
function statesOf(rule: RuleText): { now: ReadonlyMap<string, string>; then: ReadonlyMap<string, string> | undefined } {
  const { before, after } = rule.example;
  const now = filesOf(after, rule);
  const then = before === undefined ? undefined : filesOf(before, rule);
  const gate = now.get(GATE);
  const ignored = gate === undefined ? undefined : RULES.find(({ id }) => gate.includes(id));
  if (gate === undefined || ignored === undefined || rule.id === "IGNORE_UNUSED") return { now, then };
  // What is ignored is there: it is the example of its own rule.
  const states = statesOf(ignored);
  return { ...states, now: new Map([...states.now, [GATE, gate]]) };
}

/** What Bun says of a worker's file that is no TypeScript. */
function brokenIn(files: ReadonlyMap<string, string>): readonly BrokenWorker[] {
  const { file } = READER;
  try {
    new Bun.Transpiler({ loader: "ts" }).transformSync(files.get(file) ?? "");
    return [];
  } catch (error) {
    const [first]: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
    if (!(first instanceof BuildMessage) || first.position === null) throw error;
    const { line, column } = first.position;
    return [{ file, line, column, message: first.message }];
  }
}

/** Three events as they are stored: each is what the new schema cannot read. */
function storedIn({ subjects }: Base, { catalog }: CatalogReading): readonly TopicData[] {
  return catalog.topics.flatMap(({ topic, subject, file, schema }) => {
    const writer = subjects.get(subject)?.versions[0]?.schema();
    const witness = writer && checkCompatibility(schema, writer).map((one) => witnessOf(schema, writer, one))[0];
    if (writer === undefined || witness === undefined) return [];
    const events = [7, 8, 12].map((offset) => ({ schemaId: 1, payload: witness.bytes, at: `0/${offset}` }));
    return [{ topic, subject, file, schema, ...readBack(events, { reader: schema, writers: new Map([[1, writer]]) }) }];
  });
}

function baseOf(files: ReadonlyMap<string, string>): Base {
  const subjects = subjectsOf(readCatalog(DIR, tree(files)), LABEL);
  // A schema that is none is no part of a folder, but it may have been registered.
  for (const [file, text] of files) {
    const subject = `${file.split("/")[1]}.v1-value`;
    if (!file.endsWith(".avsc") || subjects.has(subject)) continue;
    subjects.set(subject, { subject, file, versions: [{ label: LABEL, text, schema: () => parseSchemaText(text) }] });
  }
  return { name: "git:main", subjects, note: "" };
}

/** The files that an example stands for: a schema, settings of its topic or of the gate, or names of folders. */
function filesOf(text: string, rule: RuleText): ReadonlyMap<string, string> {
  const schema = `${DIR}/${EVENT_TYPE}/v1.avsc`;
  const topic = `${DIR}/${EVENT_TYPE}/topic.yaml`;
  const files = new Map([[topic, "key: null\n"]]);
  if (text === "") return new Map();
  if (rule.id === "WORKER_INVALID") return files.set(schema, laidOut(PLAIN)).set(READER.file, text);
  const json: unknown = JSON.parse(text);
  if (isSchema(json)) return files.set(schema, laidOut(eventOf(json, text)));
  // Settings, and names of folders, are objects as well.
  const entries = Object.entries(json as object);
  if (entries.every(([name]) => name.split(".").length > 2)) {
    return new Map(
      entries.flatMap(([name, file]) => [
        [`${DIR}/${name}/topic.yaml`, "key: order_id\n"],
        [`${DIR}/${name}/${String(file)}`, laidOut(PLAIN)],
      ]),
    );
  }
  files.set(schema, laidOut(EVENT));
  const yaml = `${Bun.YAML.stringify(json, null, 2)}\n`;
  return "ignore" in (json as object) || "rules" in (json as object) // As above.
    ? files.set(GATE, yaml)
    : files.set(topic, "key" in (json as object) || rule.id === "TOPIC_INVALID" ? yaml : `key: order_id\n${yaml}`);
}

/** What settings of a topic may speak of. */
const EVENT =
  '{"type":"record","name":"OrderCreated","fields":[{"name":"order_id","type":"string"},{"name":"customer_id","type":"string"}]}';

const isSchema = (json: unknown): boolean =>
  typeof json !== "object" || json === null || Array.isArray(json) || "type" in json;

/** An event is a record: another type is shown as that of a field. */
function eventOf(json: unknown, text: string): string {
  const isRecord = typeof json === "object" && json !== null && "type" in json && json.type === "record";
  return isRecord
    ? text
    : `{"type":"record","name":"OrderCreated","doc":"An order was placed.","fields":[{"name":"value","type":${text},"doc":"What changes."}]}`;
}

function laidOut(text: string): string {
  return formatSchema(text) ?? `${text}\n`;
}

function tree(files: ReadonlyMap<string, string>) {
  const bytes = [...files].map(([file, text]) => [file, new TextEncoder().encode(text)] as const);
  return filesIn(new Map(bytes.length > 0 ? bytes : [[`${DIR}/.empty`, new Uint8Array()]]));
}

/** Without files before, all of them are new. */
function changedFiles(
  then: ReadonlyMap<string, string> | undefined,
  now: ReadonlyMap<string, string>,
): readonly ExampleFile[] {
  const names = [...new Set([...(then?.keys() ?? []), ...now.keys()])].sort((a, b) => (a < b ? -1 : 1));
  return names
    .map((file) => ({ file, before: then?.get(file), after: now.get(file) }))
    .filter(({ before, after }) => before !== after);
}

/** What is there only so that the folder is complete. */
const FILLERS = new Set(["key: null\n", "key: order_id\n", laidOut(EVENT)]);
