import { checkCompatibility, type Field, logicalName, type Node, nearest, type RecordNode } from "../../avro/index.ts";
import { schemaOf } from "./holds.ts";

/** What became of the fields of a record. */
export interface Moves {
  /** The field that a new field was, under another name. */
  renamedFrom(field: Field): Field | undefined;
  /** Whether a field of the older record is there under another name. */
  isRenamed(field: Field): boolean;
  /** Before which of the newer fields one of the older ones was: behind the last of those that came before it. */
  placeOf(field: Field): number;
}

/** Finds what became of the fields of an older record in a newer one; each pair of records is looked at once. */
export function createMoves(): (newer: RecordNode, older: RecordNode) => Moves {
  const known = new Map<RecordNode, Map<RecordNode, Moves>>();
  return (newer, older) => {
    const ofNewer = known.get(newer) ?? new Map<RecordNode, Moves>();
    known.set(newer, ofNewer);
    const moves = ofNewer.get(older) ?? movesBetween(newer, older);
    ofNewer.set(older, moves);
    return moves;
  };
}

function movesBetween(newer: RecordNode, older: RecordNode): Moves {
  const names = new Set(newer.fields.flatMap(({ name, aliases }) => [name, ...aliases]));
  const before = new Set(older.fields.map(({ name }) => name));
  const gone = older.fields.filter(({ name }) => !names.has(name));
  const added = newer.fields.filter(({ name }) => !before.has(name));
  const find = createSearch(gone, added.length);
  let renamed: ReadonlySet<string> | undefined;
  let places: ReadonlyMap<Field, number> | undefined;
  return {
    renamedFrom: find,
    isRenamed(field) {
      renamed ??= new Set(added.flatMap((one) => [...one.aliases, find(one)?.name ?? []].flat()));
      return renamed.has(field.name);
    },
    placeOf(field) {
      places ??= placesIn(newer, older);
      return places.get(field) ?? 0;
    },
  };
}

function placesIn(newer: RecordNode, older: RecordNode): ReadonlyMap<Field, number> {
  const indexes = new Map(newer.fields.map(({ name }, index) => [name, index]));
  let place = 0;
  return new Map(
    older.fields.map((field) => {
      const mine = place;
      place = Math.max(place, (indexes.get(field.name) ?? -1) + 1);
      return [field, mine];
    }),
  );
}

/** Names that are compared letter by letter. Where there are more it is another schema: only the same words are looked for. */
const NAMES_COMPARED_MAX = 40_000;

/**
 * Finds the field that a new field was, under another name: one of those that are gone, of the same type, and called much
 * the same. Undefined where there is none, or more than one that might be meant: an alias that is wrong gives a field the
 * values of another.
 */
function createSearch(gone: readonly Field[], added: number): (field: Field) => Field | undefined {
  const byWords = Map.groupBy(gone, ({ name }) => words(name).join(""));
  const isTooMuch = gone.length * added > NAMES_COMPARED_MAX;
  const known = new Map<Field, Field | undefined>();
  const find = (field: Field): Field | undefined => {
    const ofKind = (one: Field) => sameKind(one.type, field.type);
    const exact = (byWords.get(words(field.name).join("")) ?? []).filter(ofKind);
    const alike = exact.length > 0 || isTooMuch ? exact : gone.filter((one) => isAlike(field, one)).filter(ofKind);
    const [only, second] = alike;
    return second === undefined ? only : undefined;
  };
  return (field) => {
    if (!known.has(field)) known.set(field, find(field));
    return known.get(field);
  };
}

function isAlike(one: Field, other: Field): boolean {
  return (one.doc !== undefined && one.doc !== "" && one.doc === other.doc) || namesAlike(one.name, other.name);
}

/** With one of these more or less, a name means another value, not another name for it. */
const CHANGES_MEANING = new Set(
  (
    "hash hashed encrypted masked raw cents minor micros millis nanos ms seconds minutes hours days percent ratio rate " +
    "count total sum average avg min max first last old new previous next start end from to not usd eur gross net version"
  ).split(" "),
);

function namesAlike(one: string, other: string): boolean {
  const [less, more] = [words(one), words(other)].sort((a, b) => a.length - b.length);
  if (less === undefined || more === undefined) return false;
  if (less.join("") === more.join("")) return true;
  const left = [...more];
  for (const word of less) {
    const at = left.findIndex((candidate) => sameWord(word, candidate));
    if (at < 0) return false;
    left.splice(at, 1);
  }
  return left.every((word) => !CHANGES_MEANING.has(word));
}

/** Short words with a letter changed are other words: `min` and `max`, `to` and `do`. */
function sameWord(one: string, other: string): boolean {
  return one === other || (Math.min(one.length, other.length) > 3 && nearest(one, [other]) !== undefined);
}

/** `orderId`, `order_id` and `OrderID` are the words order and id. */
function words(name: string): readonly string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, "$1_$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
    .toLowerCase()
    .split("_")
    .filter((word) => word !== "");
}

/** Whether values of both mean the same: no promotion, the same logical type. */
function sameKind(one: Node, other: Node): boolean {
  return one.type === other.type && logicalOf(one) === logicalOf(other) && reads(one, other) && reads(other, one);
}

const reads = (reader: Node, writer: Node): boolean =>
  checkCompatibility(schemaOf(reader), schemaOf(writer)).length === 0;

function logicalOf(node: Node): string {
  return "logical" in node && node.logical !== undefined ? logicalName(node.logical) : "";
}
