import { checkCompatibility, type Field, logicalName, type Node, nearest, type RecordNode } from "../../avro/index.ts";
import { schemaOf } from "./holds.ts";

/**
 * The field that a new field was, under another name: one of those that are gone, of the same type, and called much the
 * same. Undefined where there is none, or more than one that might be meant: an alias that is wrong gives a field the
 * values of another.
 */
export function renamedFrom(field: Field, gone: readonly Field[]): Field | undefined {
  const alike = gone.filter((one) => sameKind(one.type, field.type) && isAlike(field, one));
  const exact = alike.filter(({ name }) => words(name).join("") === words(field.name).join(""));
  const [only, second] = exact.length > 0 ? exact : alike;
  return second === undefined ? only : undefined;
}

/** Finds the fields of an older record that a newer has not, under no name; each pair is looked at once. */
export function createGone(): (newer: RecordNode, older: RecordNode) => readonly Field[] {
  const known = new Map<RecordNode, Map<RecordNode, readonly Field[]>>();
  return (newer, older) => {
    const ofNewer = known.get(newer) ?? new Map<RecordNode, readonly Field[]>();
    known.set(newer, ofNewer);
    const there = ofNewer.get(older);
    if (there !== undefined) return there;
    const names = new Set(newer.fields.flatMap(({ name, aliases }) => [name, ...aliases]));
    const gone = older.fields.filter(({ name }) => !names.has(name));
    ofNewer.set(older, gone);
    return gone;
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
