import {
  checkCompatibility,
  createProofs as createRecords,
  type Incompatibility,
  type Proofs,
  type Schema,
} from "../../avro/index.ts";
import type { CatalogReading } from "../../catalog/index.ts";
import type { createFixer } from "../fix/index.ts";
import type { Base, Direction, Witness } from "../model.ts";
import { type Break, comparedWith, readsTopicsSchema } from "./compare.ts";
import { againstOf, beginningOf, type Draft } from "./draft.ts";
import type { Entry } from "./entries.ts";
import { namePath, pointerOf } from "./path.ts";
import { placesOf } from "./places.ts";
import { both, helpOf, messageOf, ownHelpOf, ownMessageOf } from "./words.ts";

/** The breaks of one subject as findings: what breaks with several earlier schemas in the same way is one. */
export function breakDrafts(
  entry: Entry,
  breaks: readonly Break[],
  { reading, fix, bases }: Omit<Tools, "proofs" | "compared"> & { readonly bases: readonly Base[] },
): readonly Draft[] {
  const merged = new Map<string, Break[]>();
  for (const one of breaks) {
    const { named } = namePath(pairOf(entry, one)[0], one.incompatibility.readerPath);
    const key = [one.kind === "readers", one.direction, named, meaningOf(one.incompatibility)].join("\n");
    const there = merged.get(key);
    if (there === undefined) merged.set(key, [one]);
    else there.push(one);
  }
  const proofs = createProofs();
  const tools = { reading, fix, proofs, compared: comparedWith(entry, bases) };
  return withReaders([...merged.values()].flatMap((same) => draftOf(entry, same, tools) ?? []));
}

/** A change that breaks a promise is told once: the workers that it stops as well are named there. */
function withReaders(drafts: readonly Draft[]): readonly Draft[] {
  const isOfReaders = ({ rule }: Draft) => rule === "READER_BROKEN";
  const told = drafts.filter((draft) => !isOfReaders(draft));
  const ofReaders = Map.groupBy(drafts.filter(isOfReaders), ({ field }) => field);
  const groupsAt = (field: string) => ofReaders.get(field) ?? [];
  const fields = new Set(told.filter(({ severity }) => severity === "error").map(({ field }) => field));
  return [
    ...told.map((draft) => {
      const also = draft.severity === "error" ? groupsAt(draft.field) : [];
      return { ...draft, groups: [...new Set([...draft.groups, ...also.flatMap(({ groups }) => groups)])] };
    }),
    ...drafts.filter((draft) => isOfReaders(draft) && !fields.has(draft.field)),
  ];
}

interface Tools {
  readonly reading: CatalogReading;
  readonly fix: ReturnType<typeof createFixer>;
  readonly proofs: ReturnType<typeof createProofs>;
  readonly compared: ReturnType<typeof comparedWith>;
}

function draftOf(entry: Entry, same: readonly Break[], tools: Tools): Draft | undefined {
  // The one that matters most says what it is about; they differ only in what they are compared with.
  const first = same.find(({ kind }) => kind !== "older") ?? same[0];
  if (first === undefined) return undefined;
  const { incompatibility, direction, kind, earlier } = first;
  const { field, named } = namePath(pairOf(entry, first)[0], incompatibility.readerPath);
  const about = { subject: entry.subject, field, incompatibility };
  const { places } = tools.reading;
  const fix = fixFor(entry, [first, ...same], tools);
  const groups = groupsOf(entry, same);
  const draft = {
    subject: entry.subject,
    direction,
    path: pointerOf(incompatibility.readerPath),
    field,
    named,
    ...placesOf(incompatibility, direction, {
      newer: { file: entry.file, places },
      older: earlier.version.source,
    }),
    against: same.map(({ earlier: { base, version } }) => againstOf(base, version)),
    groups,
    ...proofOf(entry, [first, ...same.filter((one) => one !== first)], tools),
    ...(fix && { fix }),
  };
  if (kind === "readers") return { ...draft, ...brokenReaders(about, direction, groups) };
  return {
    ...draft,
    rule: incompatibility.type,
    severity: kind === "promise" ? "error" : "warning",
    message: messageOf(about, direction),
    help: helpWith(helpOf(about, direction), kind === "older"),
    meaning: meaningOf(incompatibility),
  };
}

/** The proof of any of them; where there is none, the first says why. The others are tried a few at most. */
function proofOf(entry: Entry, same: readonly Break[], { proofs }: Tools): ReturnType<Tools["proofs"]> {
  const [first, ...others] = same.slice(0, PROOFS_TRIED_MAX);
  if (first === undefined) return {};
  const found = proofs(...pairOf(entry, first), first.incompatibility);
  if (found.witness !== undefined) return found;
  for (const one of others) {
    const other = proofs(...pairOf(entry, one), one.incompatibility);
    if (other.witness !== undefined) return other;
  }
  return found;
}

type About = Parameters<typeof messageOf>[0];

function brokenReaders(about: About, direction: Direction, groups: readonly string[]) {
  const who = both(groups);
  const [what, help] =
    direction === "FORWARD"
      ? [
          `breaks ${who} until ${groups.length === 1 ? "it runs" : "they run"} with this schema`,
          `Deploy ${who} with this schema before anything writes with it.`,
        ]
      : [`${who} would not start with this schema while such events are stored`, `${helpOf(about, direction)}.`];
  return {
    rule: "READER_BROKEN",
    severity: "warning" as const,
    message: `${messageOf(about, direction)}: ${what}`,
    help,
    meaning: `${about.incompatibility.type} ${meaningOf(about.incompatibility)}`,
  };
}

/** Workers with a schema of their own: deploying them again does not mend what they cannot read. */
export function ownReaderDrafts(entry: Entry): readonly Draft[] {
  const proofs = createProofs();
  return entry.readers.flatMap(({ schema, group, file, place }) => {
    if (schema === undefined) return [];
    return checkCompatibility(schema, entry.schema).map((incompatibility): Draft => {
      const { field, named } = namePath(schema, incompatibility.readerPath);
      const about = { subject: entry.subject, field, incompatibility };
      return {
        rule: "READER_BROKEN",
        severity: "error",
        subject: entry.subject,
        direction: "FORWARD",
        path: pointerOf(incompatibility.readerPath),
        field,
        named,
        // What has to change is the worker.
        place: place ?? beginningOf(file),
        message: ownMessageOf(about, group),
        help: ownHelpOf(about, file),
        meaning: `${group} ${incompatibility.type} ${meaningOf(incompatibility)}`,
        against: [],
        groups: [group],
        ...proofs(schema, entry.schema, incompatibility),
      };
    });
  });
}

/** The workers that an event written with the new schema stops. */
function groupsOf({ readers }: Entry, same: readonly Break[]): string[] {
  const stops = same.some(({ direction, kind, earlier }) =>
    direction === "FORWARD" ? earlier.isLatest : kind !== "promise",
  );
  return stops ? readers.filter(readsTopicsSchema).map(({ group }) => group) : [];
}

function helpWith(help: string, isOlder: boolean): string {
  const why = "The level asks about the latest version alone, but workers read all that is stored.";
  return [help === "" ? "" : `${help}.`, isOlder ? why : ""].filter((one) => one !== "").join(" ");
}

function fixFor(entry: Entry, [first, ...same]: readonly [Break, ...Break[]], { reading, fix, compared }: Tools) {
  const { incompatibility, direction, earlier } = first;
  const alike = new Set(same.map((one) => one.earlier.schema));
  const found = fix({
    direction,
    incompatibility,
    newer: entry.schema,
    older: earlier.schema,
    file: entry.file,
    places: reading.places,
    shared: reading.catalog.shared.map(({ schema }) => schema),
    compared: compared.map((one) => ({ ...one, isSame: (older: Schema) => alike.has(older) })),
    ...(earlier.version.source && { olderSource: earlier.version.source }),
    ...(entry.topic && { key: entry.topic.key }),
  });
  // What is not UTF-8 was read with other characters in their place, and must not be written like that.
  const isRight = found?.edits.every(({ file }) => reading.problems.every((problem) => problem.file !== file));
  return isRight ? found : undefined;
}

/** A subject has proofs of its first breaks: nobody reads more, and each holds a whole record. */
const PROOFS_MAX = 100;

/** Of how many earlier schemas a proof is looked for. */
const PROOFS_TRIED_MAX = 5;

/** Proofs of breaks; what several breaks of two schemas share is worked out once. */
function createProofs(): (
  reader: Schema,
  writer: Schema,
  incompatibility: Incompatibility,
) => { witness?: Witness; noWitness?: string } {
  const known = new Map<Schema, Map<Schema, Proofs>>();
  let asked = 0;
  return (reader, writer, incompatibility) => {
    if (++asked > PROOFS_MAX) return { noWitness: "only the first breaks of a subject have one" };
    const ofReader = known.get(reader) ?? new Map<Schema, Proofs>();
    const find = ofReader.get(writer) ?? createRecords(reader, writer);
    known.set(reader, ofReader.set(writer, find));
    const found = find(incompatibility);
    if ("noRecord" in found) return { noWitness: found.noRecord };
    return { witness: { ...found, bytes: found.bytes.toString("hex") } };
  };
}

/** The schema that has to read, and the one that wrote. */
function pairOf({ schema }: Entry, { direction, earlier }: Break): [reader: Schema, writer: Schema] {
  return direction === "BACKWARD" ? [schema, earlier.schema] : [earlier.schema, schema];
}

/** Avro's words, which name symbols and sizes, but for what names an index; and the type that was written, if it has a name. */
function meaningOf({ type, message, explanation, writerNode, writerPath }: Incompatibility): string {
  if (type === "CHECK_FAILED") return explanation;
  if (type !== "MISSING_UNION_BRANCH" && type !== "TYPE_MISMATCH") return message;
  const written = writerNode.type === "union" ? writerNode.branches[Number(writerPath.at(-1))] : writerNode;
  return written !== undefined && "name" in written ? `${message} ${written.name}` : message;
}
