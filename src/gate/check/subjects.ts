import { join } from "node:path";
import { type Node, SchemaError, sameSchema } from "../../avro/index.ts";
import { type CatalogReading, type CatalogTopic, includesLevel, type Place, type Places } from "../../catalog/index.ts";
import type { Base, CheckedSubject, DeclaredReader, EarlierVersion, SubjectHistory } from "../model.ts";
import type { Comparison } from "./compare.ts";
import { againstOf, beginningOf, type Draft, plainDraft } from "./draft.ts";
import { type Entry, topicFileOf } from "./entries.ts";
import { both } from "./words.ts";

/** What a subject as a whole has become: new, another level, another key, earlier schemas that are none. */
export function subjectDrafts(
  entry: Entry,
  { status, unreadable }: Comparison,
  { bases, reading: { places, problems } }: { bases: readonly Base[]; reading: CatalogReading },
): readonly Draft[] {
  // Of a `topic.yaml` that is not right, nobody knows yet what it says.
  const isSettled = !problems.some(({ file }) => file === topicFileOf(entry.file));
  const histories = bases.flatMap((base) => {
    const history = base.subjects.get(entry.subject);
    return history === undefined ? [] : [{ base, history }];
  });
  return [
    ...(status === "new" && bases.length > 0 ? [added(entry, bases, places)] : []),
    ...(isSettled ? histories : []).flatMap(({ base, history }) => [
      ...levelLowered(entry, { base, history, places }),
      ...keyChanged(entry, { base, history, places }),
    ]),
    ...unreadable.map(({ base, version, reason }) =>
      plainDraft({
        rule: "EARLIER_INVALID",
        severity: "warning",
        subject: entry.subject,
        message: `${version.label} of ${entry.subject} in ${base} is no valid schema: ${reason}`,
        help: "Nothing was compared with it; events that were written with it cannot be read either.",
        place: places.at({ file: entry.file, keys: [] }, { name: true }),
        against: [againstOf(base, version)],
        meaning: `${base} ${version.label} ${reason}`,
      }),
    ),
  ];
}

function added({ subject, file }: Entry, bases: readonly Base[], places: Places): Draft {
  return plainDraft({
    rule: "SUBJECT_ADDED",
    severity: "info",
    subject,
    message: `${subject} is new: ${both(bases.map(({ name }) => name))} ${bases.length === 1 ? "has" : "have"} nothing to compare it with`,
    help: "",
    place: firstOf(places, file),
    meaning: "",
  });
}

interface InBase {
  readonly base: Base;
  readonly history: SubjectHistory;
  readonly places: Places;
}

function levelLowered({ subject, topic, file }: Entry, { base, history, places }: InBase): Draft[] {
  // A shared type's level is what its users ask for.
  if (topic === undefined || history.level === undefined) return [];
  const { compatibility: level, compatibilityDeclared: isDeclared } = topic;
  if (includesLevel(level, history.level)) return [];
  // A level that nobody wrote gives up nothing where nobody wrote it before either, as in a registry.
  if (!isDeclared && !history.levelDeclared) return [];
  return [
    plainDraft({
      rule: "LEVEL_LOWERED",
      severity: "warning",
      subject,
      ...loweredWords({ subject, level, before: history.level, isDeclared }),
      place: places.setting(topicFileOf(file), "compatibility"),
      ...oldSetting(history, "compatibility"),
      against: newestOf(base, history),
    }),
  ];
}

function loweredWords(of: { subject: string; level: string; before: string; isDeclared: boolean }) {
  const { subject, level, before, isDeclared } = of;
  const less = `${subject} promises less than before`;
  if (isDeclared) {
    return {
      message: `${less}: compatibility ${level}, was ${before}`,
      help: `Whoever relies on ${before} is not asked. \`sluice apply\` takes it with --allow-lowering alone.`,
      meaning: `${before} ${level}`,
    };
  }
  return {
    message: `${less}: topic.yaml says no compatibility any more, which makes it ${level}; it was ${before}`,
    help: `This check still asks for ${before}; one that compares with this commit asks for ${level}. Write \`compatibility: ${before}\`, or the level that is meant.`,
    meaning: `${before} none`,
  };
}

function keyChanged({ subject, topic, file }: Entry, { base, history, places }: InBase): Draft[] {
  if (topic === undefined || history.key === undefined) return [];
  const [now, before] = [pathsText(topic.key), pathsText(history.key)];
  if (now === before || isRenamedKey(topic, history.key)) return [];
  return [
    plainDraft({
      rule: "KEY_CHANGED",
      severity: "error",
      subject,
      message: `the Kafka key of ${topic.topic} is now ${now}, was ${before}: events that belong together come to other partitions than those before them, and out of order`,
      help: `Keep ${before} as the key; \`sluice bump ${topic.eventType}\` makes a topic of its own for another key.`,
      place: places.setting(topicFileOf(file), "key"),
      ...oldSetting(history, "key"),
      against: newestOf(base, history),
      meaning: `${before} ${now}`,
    }),
  ];
}

/** A field that has the old name for an alias holds what it held before, and the keys of events stay as they are. */
function isRenamedKey({ schema, key }: CatalogTopic, before: readonly (readonly string[])[]): boolean {
  return key.length === before.length && key.every((path, index) => leadsTo(schema.root, path, before[index] ?? []));
}

function leadsTo(root: Node, path: readonly string[], before: readonly string[]): boolean {
  let node: Node | undefined = root;
  const isSameStep = (name: string, index: number) => {
    const record = node?.type === "union" ? node.branches.find(({ type }) => type === "record") : node;
    const fields = record?.type === "record" ? record.fields : [];
    const field = fields.find((one) => one.name === name);
    node = field?.type;
    const was = before[index];
    if (field === undefined || was === undefined) return false;
    return was === name || (field.aliases.includes(was) && fields.every((one) => one.name !== was));
  };
  return path.length === before.length && path.every(isSameStep);
}

const pathsText = (paths: readonly (readonly string[])[]): string =>
  paths.length === 0 ? "none" : both(paths.map((path) => `\`${path.join(".")}\``));

function oldSetting({ versions }: SubjectHistory, name: string): { oldPlace?: Place } {
  const source = versions.at(-1)?.source;
  const file = source && topicFileOf(source.file);
  if (source === undefined || file === undefined || source.places.text(file) === undefined) return {};
  return { oldPlace: source.places.setting(file, name) };
}

const newestOf = (base: Base, { versions }: SubjectHistory) =>
  versions.slice(-1).map((version) => againstOf(base.name, version));

/** What is gone: removed, or there under another name. */
export function removedDrafts({
  entries,
  isHere,
  bases,
  readers,
  places,
}: {
  readonly entries: readonly (Entry & Pick<Comparison, "status">)[];
  /** Whether there is something of it yet, be it a file of which no schema came. */
  readonly isHere: (history: SubjectHistory) => boolean;
  readonly bases: readonly Base[];
  readonly readers: readonly DeclaredReader[];
  readonly places: Places;
}): {
  readonly drafts: readonly Draft[];
  readonly subjects: readonly CheckedSubject[];
  readonly renamed: ReadonlySet<string>;
} {
  const gone = new Map<string, InBase>();
  for (const base of decidingOn(bases)) {
    for (const history of base.subjects.values()) {
      if (gone.has(history.subject) || isHere(history)) continue;
      gone.set(history.subject, { base, history, places });
    }
  }
  const fresh = entries.filter(({ status }) => status === "new");
  const renamed = new Set<string>();
  const drafts = [...gone.values()].map((one) => {
    const successor = fresh.find((entry) => !renamed.has(entry.subject) && continues(entry, one.history));
    if (successor !== undefined) renamed.add(successor.subject);
    return removed(one, successor, readers);
  });
  const subjects = [...gone.values()].map(({ history }) => ({
    subject: history.subject,
    file: history.file ?? "",
    status: "removed" as const,
    level: history.level ?? "BACKWARD",
  }));
  return { drafts, subjects, renamed };
}

/**
 * The bases whose word counts for what is gone. A registry is shared with others, and a lock keeps what was registered
 * long after its removal was agreed on: where files can be compared, they decide.
 */
function decidingOn(bases: readonly Base[]): readonly Base[] {
  const ofFiles = bases.filter(({ name }) => name !== "registry" && name !== "lock");
  return ofFiles.length > 0 ? ofFiles : bases.filter(({ name }) => name === "lock");
}

function removed(
  { base, history, places }: InBase,
  successor: Entry | undefined,
  readers: readonly DeclaredReader[],
): Draft {
  const { subject, file } = history;
  const topic = subject.replace(/-value$/, "");
  const groups = readers.filter((reader) => reader.topic === topic).map(({ group }) => group);
  const still = groups.length === 0 ? "" : `, and ${both(groups)} still ${groups.length === 1 ? "reads" : "read"} it`;
  const source = history.versions.at(-1)?.source;
  const oldPlace = source && firstOf(source.places, source.file);
  const common = {
    severity: groups.length > 0 ? ("error" as const) : ("warning" as const),
    subject,
    groups,
    against: newestOf(base, history),
  };
  if (successor !== undefined) {
    return plainDraft({
      ...common,
      ...(oldPlace && { oldPlace }),
      rule: "SUBJECT_RENAMED",
      message: `${subject} is now ${successor.subject}${still}: a topic of another name is another topic, and begins empty`,
      help: `Keep the folder's name; or keep both topics until nobody reads ${topic} any more.`,
      place: firstOf(places, successor.file),
      meaning: successor.subject,
    });
  }
  return plainDraft({
    ...common,
    rule: "SUBJECT_REMOVED",
    message: `${subject} is gone${file === undefined ? "" : `: there is no ${file} any more`}${still}`,
    help:
      groups.length > 0
        ? `Take ${topic} out of the ${groups.length === 1 ? "worker" : "workers"} first.`
        : "The topic and its events stay, and so do its registered schemas, until `sluice apply --prune` deletes those.",
    place: beginningOf(file ?? ""),
    meaning: "",
  });
}

/** The same schema under another subject: nothing else tells a renaming from a removal and something new. */
function continues({ schema, text, topic }: Entry, { subject, versions }: SubjectHistory): boolean {
  if ((topic === undefined) === subject.endsWith("-value")) return false;
  return versions.slice(-1).some((version) => version.text === text || isSame(version, schema));
}

function isSame(version: EarlierVersion, schema: Entry["schema"]): boolean {
  try {
    return sameSchema(version.schema(), schema);
  } catch (error) {
    if (error instanceof SchemaError) return false;
    throw error;
  }
}

/** The name of what a file declares, or its first line. */
function firstOf(places: Places, file: string): Place {
  const name = places.at({ file, keys: ["name"] });
  return name.line === name.endLine && name.length > 0 ? name : beginningOf(file);
}

/** Whether a subject is still there: as a schema, or as a file of which none could be made. */
export function isHere(
  entries: readonly Entry[],
  { catalog, places }: CatalogReading,
): (history: Pick<SubjectHistory, "subject" | "file">) => boolean {
  const subjects = new Set(entries.map(({ subject }) => subject));
  return ({ subject, file }) => {
    if (subjects.has(subject)) return true;
    const [, eventType, major] = /^(.*)\.(v\d+)-value$/.exec(subject) ?? [];
    const expected = eventType === undefined ? file : join(catalog.dir, eventType, `${major}.avsc`);
    return expected !== undefined && places.text(expected) !== undefined;
  };
}
