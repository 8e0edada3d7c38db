import {
  checkCompatibility,
  type Incompatibility,
  LEVELS,
  type Schema,
  SchemaError,
  sameSchema,
} from "../../avro/index.ts";
import { includesLevel } from "../../catalog/index.ts";
import type { Base, DeclaredReader, Direction, EarlierVersion, SubjectHistory } from "../model.ts";
import type { Entry } from "./entries.ts";
import { type Glance, glanceFrom } from "./glance.ts";

/** One reason why two schemas of a subject do not go together, from one comparison. */
export interface Break {
  readonly incompatibility: Incompatibility;
  readonly direction: Direction;
  /** `promise`: the level asks for it. `older`: of a version before the latest, where the level asks about that alone. `readers`: only workers mind. */
  readonly kind: "promise" | "older" | "readers";
  readonly earlier: Earlier;
}

/** An earlier schema, and where it is from. */
export interface Earlier {
  readonly base: string;
  readonly version: EarlierVersion;
  /** Its own, or that of a later version which breaks in the very same way. */
  readonly schema: Schema;
  /** The last one that the base has. */
  readonly isLatest: boolean;
}

/** What comparing a subject with all that it was came to. */
export interface Comparison {
  readonly status: "new" | "changed" | "unchanged";
  readonly breaks: readonly Break[];
  /** The latest of each base, where it is another schema of which something is gone or changed. */
  readonly latest: readonly Earlier[];
  /** Earlier schemas that are none by now. */
  readonly unreadable: readonly { readonly base: string; readonly version: EarlierVersion; readonly reason: string }[];
}

/** Compares the schema of a subject with its earlier ones in every base, as far as its level and its readers ask. */
export function compareEntry(entry: Entry, bases: readonly Base[]): Comparison {
  const comparison: Open = { isChanged: false, breaks: [], latest: [], unreadable: [] };
  // A text that uses other files does not say all.
  const glance = entry.hasReferences ? () => undefined : glanceFrom(entry.text);
  const histories = bases.flatMap((base) => {
    const history = base.subjects.get(entry.subject);
    return history === undefined ? [] : [{ base: base.name, history }];
  });
  for (const { base, history } of histories) compareHistory(entry, { base, history, glance }, comparison);
  const status = histories.length === 0 ? "new" : comparison.isChanged ? "changed" : "unchanged";
  return { status, ...comparison };
}

type Unreadable = Comparison["unreadable"][number];

interface Open {
  isChanged: boolean;
  readonly breaks: Break[];
  readonly latest: Earlier[];
  readonly unreadable: Unreadable[];
}

function compareHistory(
  entry: Entry,
  { base, history, glance }: { base: string; history: SubjectHistory; glance: ReturnType<typeof glanceFrom> },
  into: Open,
): void {
  const newestFirst = fromReadable(entry, { base, history }, into.unreadable);
  const [newest] = newestFirst;
  into.isChanged ||= newest === undefined;
  if (newest === undefined) return;
  const isSame = isSameText(entry, newest) || (!glance(newest.text)?.differs && isSameSchema(entry, newest));
  into.isChanged ||= !isSame;
  if (isSame && !promisesMore(entry, history)) return;
  const found = new Map<string, readonly Break[]>();
  for (const [index, version] of newestFirst.entries()) {
    const isLatest = index === 0;
    if ((isLatest && isSame) || (!isLatest && isSameText(entry, version))) continue;
    const seen = glance(version.text);
    const asked = questionsOf(entry, isLatest).filter(({ direction }) => lackedIn(seen, direction) !== "");
    const earlier = { base, version, isLatest };
    const left = asked.filter((question) => !repeated(question, { seen, found, earlier }, into));
    // The latest is compared in TypeScript's eyes, too.
    if (left.length === 0 && (!isLatest || seen?.extends)) continue;
    const schema = parsed(version, base, into.unreadable);
    if (schema === undefined) continue;
    if (isLatest) into.latest.push({ ...earlier, schema });
    for (const { direction, kind } of left) {
      const [reader, writer] = direction === "BACKWARD" ? [entry.schema, schema] : [schema, entry.schema];
      const breaks = checkCompatibility(reader, writer).map((incompatibility) => ({
        incompatibility,
        direction,
        kind,
        earlier: { ...earlier, schema },
      }));
      into.breaks.push(...breaks);
      const lacked = lackedIn(seen, direction);
      if (lacked !== undefined) found.set(`${direction} ${lacked}`, breaks);
    }
  }
}

/** Every earlier schema that a subject is compared with, and which way, whether anything was found there or not. */
export function comparedWith(entry: Entry, bases: readonly Base[]) {
  return bases.flatMap((base) =>
    (base.subjects.get(entry.subject)?.versions.toReversed() ?? []).flatMap((version, index) =>
      questionsOf(entry, index === 0).map(({ direction }) => ({
        direction,
        older: () => parsed(version, base.name, []),
      })),
    ),
  );
}

/** The fields that are missing on the side that reads: empty where it reads all; undefined where a glance does not tell. */
function lackedIn(seen: Glance | undefined, direction: Direction): string | undefined {
  return (direction === "BACKWARD" ? seen?.newLacks : seen?.oldLacks)?.join(" ");
}

/** Where two versions lack the same fields, and nothing else is between them and the schema of now, they break alike. */
function repeated(
  { direction, kind }: Question,
  { seen, found, earlier }: { seen: Glance | undefined; found: Found; earlier: Omit<Earlier, "schema"> },
  into: Open,
): boolean {
  const same = found.get(`${direction} ${lackedIn(seen, direction)}`);
  for (const one of same ?? []) into.breaks.push({ ...one, kind, earlier: { ...earlier, schema: one.earlier.schema } });
  return same !== undefined;
}

type Found = ReadonlyMap<string, readonly Break[]>;

type Question = Pick<Break, "direction" | "kind">;

/** What is asked about an earlier schema. */
function questionsOf({ level, readers }: Entry, isLatest: boolean): Question[] {
  const { newReadsOld, oldReadsNew, against } = LEVELS[level];
  const asks = isLatest || against === "all";
  const asked: Question[] = [];
  if (newReadsOld) asked.push({ direction: "BACKWARD", kind: asks ? "promise" : "older" });
  // Nobody was promised it, but a worker does not start while something is stored that it cannot read.
  else if (readers.some(readsTopicsSchema)) asked.push({ direction: "BACKWARD", kind: "readers" });
  if (oldReadsNew && asks) asked.push({ direction: "FORWARD", kind: "promise" });
  else if (isLatest && readers.some(readsTopicsSchema)) asked.push({ direction: "FORWARD", kind: "readers" });
  return asked;
}

/** A worker that is built with the topic's schema, and runs with that of then until it is deployed again. */
export const readsTopicsSchema = ({ schema }: DeclaredReader): boolean => schema === undefined;

function isSameSchema(entry: Entry, newest: EarlierVersion): boolean {
  try {
    return sameSchema(newest.schema(), entry.schema);
  } catch (error) {
    if (error instanceof SchemaError) return false;
    throw error;
  }
}

/** A text that names nothing of other files says all. */
const isSameText = ({ hasReferences, text }: Entry, version: EarlierVersion): boolean =>
  !hasReferences && version.text === text;

/** A level that asks for more asks it of a schema that did not change, too. */
const promisesMore = ({ level }: Entry, before: SubjectHistory): boolean =>
  before.level !== undefined && !includesLevel(before.level, level);

/**
 * The newest first. What a file held that was no schema at the time was never written with: the one before it counts for
 * the latest. What is registered has been a schema.
 */
function fromReadable(
  entry: Entry,
  { base, history }: { base: string; history: SubjectHistory },
  unreadable: Unreadable[],
): readonly EarlierVersion[] {
  const newestFirst = history.versions.toReversed();
  const isBroken = (version: EarlierVersion) =>
    version.version === undefined && !isSameText(entry, version) && parsed(version, base, unreadable) === undefined;
  const first = newestFirst.findIndex((version) => !isBroken(version));
  return first < 0 ? [] : newestFirst.slice(first);
}

function parsed(version: EarlierVersion, base: string, unreadable: Unreadable[]): Schema | undefined {
  try {
    return version.schema();
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    unreadable.push({ base, version, reason: error.problems[0]?.message ?? error.message });
    return undefined;
  }
}
