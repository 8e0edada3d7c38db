import type { CompatibilityLevel } from "../avro/index.ts";
import { DISK, type Files } from "./files.ts";
import { type EventTypeFolder, readFolder } from "./folder.ts";
import { leastLevelOver } from "./levels.ts";
import type { Catalog, CatalogTopic, FieldPath, SchemaFile } from "./model.ts";
import { fieldsAt, ID, KEY, type PathRule, TIME } from "./paths.ts";
import { createPlaces, type Places } from "./places.ts";
import { CatalogError, type CatalogProblem } from "./problems.ts";
import { type ParsedSchema, parseShared, type SharedTypes } from "./shared.ts";
import { parseTopicFile, type TopicFile } from "./topic-file.ts";

/** Confluent's default, and ours: a new reader reads what is stored. */
const LEVEL_DEFAULT: CompatibilityLevel = "BACKWARD";

const PROBLEMS_PER_FILE_MAX = 100;

/** What could be made of a folder of schemas, where something in it may be wrong. */
export interface CatalogReading {
  /** The topics and shared types that are right. */
  readonly catalog: Catalog;
  /** By file and place; empty where everything is right. */
  readonly problems: readonly CatalogProblem[];
  /** Where things stand in the files, those included that have problems. */
  readonly places: Places;
}

/**
 * Reads the folder of schemas.
 * @throws CatalogError with every problem of every file.
 */
export async function loadCatalog(dir: string, files: Files = DISK): Promise<Catalog> {
  const { catalog, problems } = readCatalog(dir, files);
  if (problems.length > 0) throw new CatalogError(problems);
  return catalog;
}

/** Reads what can be read of a folder of schemas. Throws for nothing that is in it. */
export function readCatalog(dir: string, files: Files = DISK): CatalogReading {
  const problems: CatalogProblem[] = [];
  const folder = readFolder(dir, files, problems);
  const shared = parseShared(folder.shared, problems);
  const topics = folder.eventTypes.flatMap((eventType) => topicsOf(eventType, shared, problems));
  problems.push(...collisions(topics));
  const byName = new Map(topics.map((topic) => [topic.topic, topic]));
  const catalog = { dir, topics, shared: sharedFiles(shared, topics), topic: (name: string) => byName.get(name) };
  return { catalog, problems: inOrder(problems), places: createPlaces(folder.sources) };
}

function topicsOf(folder: EventTypeFolder, shared: SharedTypes, problems: CatalogProblem[]): CatalogTopic[] {
  const file = folder.settings === undefined ? undefined : parseTopicFile(folder.settings, problems);
  return folder.versions.flatMap(({ major, source }) => {
    const parsed = shared.parse(source);
    if (parsed === undefined) return [];
    if (parsed.schema.root.type !== "record") {
      problems.push(parsed.located.problem("", "an event must be a record"));
      return [];
    }
    // What stands for a broken shared type is not what it is: the topic can't be compared with anything.
    if (file === undefined || parsed.doubtful) return [];
    problems.push(...pathProblems(file, parsed, `v${major}.avsc`));
    return [topicOf({ eventType: folder.eventType, major, file: source.file }, file, parsed)];
  });
}

function topicOf(
  { eventType, major, file }: { eventType: string; major: number; file: string },
  { settings }: TopicFile,
  { schema, text, references }: ParsedSchema,
): CatalogTopic {
  const { idPath, timePath, compatibility, ...same } = settings;
  const topic = `${eventType}.v${major}`;
  return {
    topic,
    eventType,
    major,
    subject: `${topic}-value`,
    file,
    schema,
    text,
    references,
    ...same,
    ...(idPath && { idPath }),
    ...(timePath && { timePath }),
    compatibility: compatibility ?? LEVEL_DEFAULT,
    compatibilityDeclared: compatibility !== undefined,
  };
}

/** A path is a problem of `topic.yaml`, whichever version of the schema it does not fit. */
function pathProblems({ settings, problem }: TopicFile, parsed: ParsedSchema, version: string): CatalogProblem[] {
  const check = (rule: PathRule) => (path: FieldPath) => {
    const found = fieldsAt(parsed.schema.root, path, rule);
    return "problem" in found ? [problem(rule.use, `${rule.use}: in ${version}, ${found.problem}`)] : [];
  };
  return [
    ...settings.key.flatMap(check(KEY)),
    ...[settings.idPath ?? []].filter((path) => path.length > 0).flatMap(check(ID)),
    ...[settings.timePath ?? []].filter((path) => path.length > 0).flatMap(check(TIME)),
  ];
}

/** Kafka takes `a.b` and `a_b` for one name in its metrics, and refuses the second. */
function collisions(topics: readonly CatalogTopic[]): CatalogProblem[] {
  const seen = new Map<string, string>();
  return topics.flatMap(({ topic, file }) => {
    const folded = topic.replaceAll("_", ".");
    const other = seen.get(folded);
    seen.set(folded, topic);
    if (other === undefined) return [];
    return [{ file, line: 1, column: 1, message: `Kafka can't tell the topic ${topic} from ${other}` }];
  });
}

function sharedFiles(shared: SharedTypes, topics: readonly CatalogTopic[]): SchemaFile[] {
  const usedBy = (name: string): CompatibilityLevel[] =>
    topics.filter((topic) => reaches(topic.references, name, shared)).map(({ compatibility }) => compatibility);
  const known = shared.files.filter(({ doubtful }) => !doubtful);
  return known.map(({ name, file, schema, text, references }) => {
    const compatibility = leastLevelOver([LEVEL_DEFAULT, ...usedBy(name)]);
    return { name, subject: name, file, schema, text, references, compatibility };
  });
}

/** References make no circles, or there would be no catalog. */
function reaches(references: ParsedSchema["references"], name: string, shared: SharedTypes): boolean {
  return references.some(
    (one) =>
      one.name === name || reaches(shared.files.find((file) => file.name === one.name)?.references ?? [], name, shared),
  );
}

/** By file and place, each once, and no more of one file than anybody reads. */
function inOrder(problems: readonly CatalogProblem[]): CatalogProblem[] {
  const unique = new Map(problems.map((one) => [JSON.stringify(one), one]));
  const byFile = Map.groupBy(unique.values(), ({ file }) => file);
  return [...byFile].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, found]) => shortened(found));
}

function shortened(found: CatalogProblem[]): CatalogProblem[] {
  found.sort((a, b) => a.line - b.line || a.column - b.column);
  const last = found[PROBLEMS_PER_FILE_MAX - 1];
  if (last === undefined || found.length === PROBLEMS_PER_FILE_MAX) return found;
  const more = { ...last, message: `and ${found.length - PROBLEMS_PER_FILE_MAX + 1} more problems from here on` };
  return [...found.slice(0, PROBLEMS_PER_FILE_MAX - 1), more];
}
