import type { Incompatibility } from "../../avro/index.ts";
import { checkCompatibility } from "../../avro/index.ts";
import type { Places } from "../../catalog/index.ts";
import { fixOf } from "../fix/index.ts";
import type { Direction, Witness } from "../model.ts";
import { type Break, type Earlier, readsTopicsSchema } from "./compare.ts";
import { againstOf, type Draft } from "./draft.ts";
import type { Entry } from "./entries.ts";
import { namePath, pointerOf } from "./path.ts";
import { placesOf } from "./places.ts";
import { both, helpOf, messageOf } from "./words.ts";

/** The breaks of one subject as findings: what breaks with several earlier schemas in the same way is one. */
export function breakDrafts(entry: Entry, breaks: readonly Break[], places: Places): readonly Draft[] {
  const merged = new Map<string, Break[]>();
  for (const one of breaks) {
    const { named } = namePath(readerOf(entry, one), one.incompatibility.readerPath);
    const key = [one.kind === "readers", one.direction, named, meaningOf(one.incompatibility)].join("\n");
    const there = merged.get(key);
    if (there === undefined) merged.set(key, [one]);
    else there.push(one);
  }
  return [...merged.values()].flatMap((same) => draftOf(entry, same, places) ?? []);
}

function draftOf(entry: Entry, same: readonly Break[], places: Places): Draft | undefined {
  // The one that matters most says what it is about; they differ only in what they are compared with.
  const first = same.find(({ kind }) => kind !== "older") ?? same[0];
  if (first === undefined) return undefined;
  const { incompatibility, direction, kind, earlier } = first;
  const { field, named } = namePath(readerOf(entry, first), incompatibility.readerPath);
  const about = { subject: entry.subject, field, incompatibility };
  const fix = fixFor(entry, first, places);
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
    ...witnessFor(entry, first),
    ...(fix && { fix }),
  };
  if (kind === "readers") return { ...draft, ...brokenReaders(about, direction, groups) };
  return {
    ...draft,
    rule: incompatibility.type,
    severity: kind === "promise" ? "error" : "warning",
    message: messageOf(about, direction),
    help: helpWith(entry, helpOf(about, direction), kind === "older"),
    meaning: meaningOf(incompatibility),
  };
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
export function ownReaderDrafts(entry: Entry, places: Places): readonly Draft[] {
  return entry.readers.flatMap(({ schema, group, file }) => {
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
        ...placesOf(incompatibility, "FORWARD", { newer: { file: entry.file, places }, older: undefined }),
        message: `${messageOf(about, "FORWARD").replaceAll("earlier schemas", `the schema of ${group}`)}: breaks ${group}`,
        help: `The schema that ${file} reads with must come to terms with this one first.`,
        meaning: `${group} ${incompatibility.type} ${meaningOf(incompatibility)}`,
        against: [],
        groups: [group],
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

function helpWith({ topic }: Entry, help: string, isOlder: boolean): string {
  const sentences = [help === "" ? "" : `${help}.`];
  if (isOlder) sentences.push("The level asks about the latest version alone, but workers read all that is stored.");
  if (topic !== undefined) {
    sentences.push(`Where the break is meant: \`sluice bump ${topic.eventType}\` makes a topic of its own of it.`);
  }
  return sentences.filter((one) => one !== "").join(" ");
}

function fixFor(entry: Entry, { incompatibility, direction, earlier }: Break, places: Places) {
  return fixOf({
    direction,
    incompatibility,
    newer: entry.schema,
    older: earlier.schema,
    file: entry.file,
    places,
    ...(earlier.version.source && { olderSource: earlier.version.source }),
  });
}

function witnessFor(_entry: Entry, _one: Break): { witness?: Witness } {
  return {};
}

function readerOf({ schema }: Entry, { direction, earlier }: { direction: Direction; earlier: Earlier }) {
  return direction === "BACKWARD" ? schema : earlier.schema;
}

/** Avro's words, which name types, symbols and sizes; but for what names an index. */
const meaningOf = ({ type, message, explanation }: Incompatibility): string =>
  type === "CHECK_FAILED" ? explanation : message;
