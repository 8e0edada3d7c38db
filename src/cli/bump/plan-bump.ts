import { dirname, join } from "node:path";
import { nearest } from "../../avro/index.ts";
import { type CatalogReading, type CatalogTopic, DISK, type Files, readCatalog } from "../../catalog/index.ts";
import { type Base, checkCatalog, GATE_DEFAULTS } from "../../gate/index.ts";
import { CommandFailed } from "../exit.ts";
import type { CommittedText } from "./committed.ts";

/** What making a new version of a topic comes to, before anything is written. */
export interface BumpPlan {
  readonly eventType: string;
  /** The topic whose schema was edited, and the one that is made of it. */
  readonly from: string;
  readonly to: string;
  /** The new file, and what it holds. */
  readonly added: { readonly file: string; readonly text: string };
  /** The old one, as it was before it was edited; undefined where it was not. */
  readonly restored: { readonly file: string; readonly text: string } | undefined;
  /** The file that was edited, or is copied. */
  readonly file: string;
  /** The base, or the commit, that knows how it was. */
  readonly base: string;
  /** The edit breaks nothing that the level promises: it needs no new version. */
  readonly isCompatible: boolean;
  /** What is still wrong with the schemas when it is done. */
  readonly left: readonly string[];
}

export interface BumpParts {
  readonly dir: string;
  readonly reading: CatalogReading;
  readonly base: Base;
  readonly today: string;
  /** What this branch has committed of a file, the newest first: the last of it that breaks nothing is restored. */
  readonly committed?: ((file: string) => readonly CommittedText[]) | undefined;
  /** A schema that nobody has edited is copied. */
  readonly copy?: boolean | undefined;
}

/** @throws CommandFailed where no new version can be made of what was asked for. */
export function planBump(asked: string, parts: BumpParts): BumpPlan {
  const { reading, base, dir } = parts;
  const topic = topicOf(asked, parts);
  const before = textBefore(topic, base);
  if (before === undefined) throw new CommandFailed(newTopic(topic, base));
  const text = textNow(topic.file, reading);
  const isEdited = text !== before;
  const major = nextMajor(topic, parts);
  if (!isEdited && !parts.copy) throw new CommandFailed(notEdited(topic, base, major));
  const last = isEdited ? lastCompatible(topic, parts, { before, text }) : undefined;
  const added = { file: join(dirname(topic.file), `v${major}.avsc`), text };
  const restored = isEdited ? { file: topic.file, text: last?.text ?? before } : undefined;
  const changes = new Map([added, ...(restored ? [restored] : [])].map((one) => [one.file, one.text]));
  const after = readCatalog(dir, over(DISK, changes));
  return {
    eventType: topic.eventType,
    from: topic.topic,
    to: `${topic.eventType}.v${major}`,
    added,
    restored,
    file: topic.file,
    base: last?.name ?? base.name,
    isCompatible: isEdited && errorsAround(topic, parts, reading).length === 0,
    left: errorsAround(topic, parts, after),
  };
}

/** What was added on this branch and breaks nobody, may be registered already, and is not to be lost. */
function lastCompatible(
  topic: CatalogTopic,
  parts: BumpParts,
  { before, text }: { readonly before: string; readonly text: string },
): CommittedText | undefined {
  const all = parts.committed?.(topic.file) ?? [];
  const start = all.findIndex((one) => one.text === before);
  return all
    .slice(0, start < 0 ? all.length : start)
    .filter((one) => one.text !== text)
    .find((one) => {
      const reading = readCatalog(parts.dir, over(DISK, new Map([[topic.file, one.text]])));
      return errorsAround(topic, parts, reading).length === 0;
    });
}

const notEdited = ({ topic, file, eventType }: CatalogTopic, { name }: Base, major: number): string =>
  `${topic}: nothing was edited, ${file} is as in ${name}. Edit it first, and the edit becomes ${eventType}.v${major}; or --copy makes v${major}.avsc a copy to begin with.`;

/** By subject, by topic, or by event type: then the version that was edited, or the newest. */
function topicOf(asked: string, { reading, base }: BumpParts): CatalogTopic {
  const { topics } = reading.catalog;
  const name = asked.replace(/-value$/, "");
  const one = topics.find(({ topic }) => topic === name);
  if (one !== undefined) return one;
  const versions = topics.filter(({ eventType }) => eventType === name);
  const edited = versions.filter((topic) => {
    const before = textBefore(topic, base);
    return before !== undefined && before !== textNow(topic.file, reading);
  });
  const [only, second] = edited;
  const chosen = only !== undefined && second === undefined ? only : versions.at(-1);
  if (chosen !== undefined) return chosen;
  throw new CommandFailed(unknownTopic(name, reading));
}

function unknownTopic(name: string, { catalog, problems }: CatalogReading): string {
  const [problem] = problems.filter(({ file }) => file.includes(`${name.replace(/\.v\d+$/, "")}/`));
  if (problem !== undefined) {
    return `${name} has no schema that could be a new version: ${problem.file}:${problem.line}:${problem.column}: ${problem.message}.`;
  }
  const near = nearest(
    name,
    catalog.topics.flatMap(({ topic, eventType }) => [topic, eventType]),
  );
  return `${name}: no such topic or event type${near === undefined ? "" : `; did you mean ${near}?`}`;
}

const newTopic = ({ topic, file }: CatalogTopic, { name }: Base): string =>
  `${topic} is new since ${name}: nothing was promised about it yet, and ${file} can be edited as you like. Where it is released all the same: --against git:HEAD.`;

function textBefore({ subject }: CatalogTopic, { subjects, name }: Base): string | undefined {
  const latest = subjects.get(subject)?.versions.at(-1);
  if (latest === undefined) return undefined;
  const text = latest.source?.places.text(latest.source.file);
  if (text !== undefined) return text;
  throw new CommandFailed(
    `${name} has no files to restore from: name a revision, as in --against git:main, or a folder.`,
  );
}

function textNow(file: string, { places }: CatalogReading): string {
  const text = places.text(file);
  if (text === undefined) throw new Error(`${file} was read, and has no text`);
  return text;
}

/** One more than any version that is there, or ever was in the base: a number is never used again. */
function nextMajor({ eventType, file }: CatalogTopic, { base }: BumpParts): number {
  const here = DISK.list(dirname(file)) ?? [];
  const numbers = [
    ...here.map(({ name }) => /^v(\d+)\.avsc$/.exec(name)?.[1]),
    ...[...base.subjects.keys()]
      .filter((subject) => subject.startsWith(`${eventType}.v`))
      .map((subject) => /^(\d+)-value$/.exec(subject.slice(eventType.length + 2))?.[1]),
  ];
  return Math.max(...numbers.map((digits) => Number(digits ?? 0))) + 1;
}

/** Files with others over them, which are not on the disk. */
function over(below: Files, changes: ReadonlyMap<string, string>): Files {
  const bytes = (file: string) => {
    const text = changes.get(file);
    return text === undefined ? undefined : new TextEncoder().encode(text);
  };
  return {
    list(dir) {
      const entries = below.list(dir);
      const known = new Set(entries?.map(({ name }) => name));
      const more = [...changes.keys()]
        .filter((file) => dirname(file) === dir)
        .map((file) => ({ name: file.slice(dir.length + 1), isFolder: false }));
      return entries && [...entries, ...more.filter(({ name }) => !known.has(name))];
    },
    size: (file) => bytes(file)?.length ?? below.size(file),
    read: (file) => bytes(file) ?? below.read(file),
  };
}

/** What a check says of the versions of the event type, and of the types that they share with others. */
function errorsAround(
  { eventType, file }: CatalogTopic,
  { dir, base, today }: BumpParts,
  reading: CatalogReading,
): readonly string[] {
  const subjects = reading.catalog.topics.filter((one) => one.eventType === eventType).map(({ subject }) => subject);
  const folders = [dirname(file), join(dir, "_shared")];
  return checkCatalog({ reading, bases: [base], readers: [], settings: GATE_DEFAULTS, today })
    .findings.filter(({ severity }) => severity === "error")
    .filter(({ place, subject }) => subjects.includes(subject) || folders.includes(dirname(place.file)))
    .map(({ place, rule, message }) => `${place.file}:${place.line}:${place.column} ${rule}: ${message}`);
}
