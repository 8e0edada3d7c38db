import { type Incompatibility, type Node, plural } from "../../avro/index.ts";
import type { Direction } from "../model.ts";
import { renamedInWriter } from "./renamed.ts";

/** What a break is about. */
export interface BreakOf {
  readonly subject: string;
  /** `items[].price_cents`; empty for the root. */
  readonly field: string;
  readonly incompatibility: Incompatibility;
}

/** A break as a sentence, for somebody who knows no Avro. */
export function messageOf(given: BreakOf, direction: Direction): string {
  return direction === "BACKWARD" ? storedUnreadable(given) : newUnreadable(given);
}

/** The new schema cannot read what is stored. */
function storedUnreadable({ subject, field, incompatibility }: BreakOf): string {
  const { type, readerNode: now, explanation } = incompatibility;
  const before = writtenOf(incompatibility);
  const hold = isBranch(incompatibility) ? "may hold" : "hold";
  const it = fieldOf(field, subject);
  const named = namedTypeOf(now, field, subject);
  switch (type) {
    case "READER_FIELD_MISSING_DEFAULT_VALUE":
      return `${it} has no default, and stored events have no such field`;
    case "MISSING_ENUM_SYMBOLS":
      return `${named} no longer has ${symbols(incompatibility)}, which stored events may hold`;
    case "NAME_MISMATCH":
      return `${named} is called ${nameOf(before)} in stored events`;
    case "FIXED_SIZE_MISMATCH":
      return `${named} has ${bytes(now)} now; stored events have ${bytes(before)}`;
    case "MISSING_UNION_BRANCH":
      return `${it} is now ${typeOf(now)}; stored events ${hold} ${typeOf(before)} there, which is none of them`;
    case "TYPE_MISMATCH":
      return `${it} is now ${typeOf(now)}; stored events ${hold} ${typeOf(before)} there, which cannot be read as that`;
    case "CHECK_FAILED":
      return `${it}: ${explanation}`;
  }
}

/** Earlier schemas cannot read what the new one writes. */
function newUnreadable({ subject, field, incompatibility }: BreakOf): string {
  const { type, readerNode: before, explanation } = incompatibility;
  const now = writtenOf(incompatibility);
  const is = isBranch(incompatibility) ? "may now be" : "is now";
  const it = fieldOf(field, subject);
  const named = namedTypeOf(now, field, subject);
  switch (type) {
    case "READER_FIELD_MISSING_DEFAULT_VALUE": {
      const renamed = renamedInWriter(incompatibility);
      if (renamed !== undefined) {
        return `${it} is called \`${renamed.now.name}\` now, and earlier schemas neither know that name nor have a default`;
      }
      return `${it} was removed, and earlier schemas have no default for it`;
    }
    case "MISSING_ENUM_SYMBOLS":
      return `${named} has the new ${symbols(incompatibility, "symbol")}, which earlier schemas do not know`;
    case "NAME_MISMATCH":
      return `${named} was called ${nameOf(before)}, and earlier schemas do not know it by the new name`;
    case "FIXED_SIZE_MISMATCH":
      return `${named} has ${bytes(now)} now; earlier schemas read ${bytes(before)}`;
    case "MISSING_UNION_BRANCH":
      return `${it} ${is} ${typeOf(now)}; earlier schemas read ${typeOf(before)} there`;
    case "TYPE_MISMATCH":
      return `${it} ${is} ${typeOf(now)}; earlier schemas read ${typeOf(before)} there, and cannot read that`;
    case "CHECK_FAILED":
      return `${it}: ${explanation}`;
  }
}

/** What to do about a break, the way out that keeps the topic first. */
export function helpOf({ field, incompatibility }: BreakOf, direction: Direction): string {
  const { type, readerNode: reader } = incompatibility;
  const writer = writtenOf(incompatibility);
  const back = direction === "BACKWARD";
  const old = back ? writer : reader;
  const name = `\`${lastOf(field)}\``;
  switch (type) {
    case "READER_FIELD_MISSING_DEFAULT_VALUE":
      if (!back && renamedInWriter(incompatibility) !== undefined) {
        return `Call it ${name} again: its alias helps readers with this schema, and none with an earlier one; so FORWARD and FULL take no new name at all`;
      }
      return back
        ? `Give ${name} a default, with which events that lack it are read; or, if it had another name, put that into its aliases`
        : `Put ${name} back, and remove it only after every reader has a schema in which it has a default`;
    case "MISSING_ENUM_SYMBOLS":
      return back
        ? `Keep ${symbols(incompatibility)}, or give the enum (not the field) a default, as which ${it(incompatibility)} read`
        : `Give the enum (not the field) a default first, and add symbols once every reader has that schema`;
    case "NAME_MISMATCH":
      return back
        ? `Call it ${nameOf(old)} again, or put ${nameOf(old)} into its aliases`
        : `Call it ${nameOf(old)} again: aliases only help the schema that has them`;
    case "FIXED_SIZE_MISMATCH":
      return `Keep ${bytes(old)}: a fixed never changes its size; put the new one into a field of its own`;
    case "MISSING_UNION_BRANCH":
      return back
        ? `Keep ${typeOf(writer)} among the types of the union`
        : "Let every reader have a schema with the new type first, or put it into a field of its own";
    case "TYPE_MISMATCH":
      return `Keep ${typeOf(old)}${wider(writer, back)}, and put what is new into a field of its own, with a default`;
    case "CHECK_FAILED":
      return "";
  }
}

/** What a worker with a schema of its own cannot read of what this schema writes. */
export function ownMessageOf({ subject, field, incompatibility }: BreakOf, group: string): string {
  const { type, readerNode: own, explanation } = incompatibility;
  const now = writtenOf(incompatibility);
  const hold = isBranch(incompatibility) ? "may hold" : "hold";
  const at = field === "" ? "the event" : `\`${field}\``;
  const named = `the ${own.type} ${nameOf(own)}`;
  const what = {
    READER_FIELD_MISSING_DEFAULT_VALUE: () => `${at} has no default, and events have no such field`,
    MISSING_ENUM_SYMBOLS: () => `${named} lacks ${symbols(incompatibility)}, which events may hold`,
    NAME_MISMATCH: () => `${named} has another name than ${nameOf(now)} in events`,
    FIXED_SIZE_MISMATCH: () => `${named} has ${bytes(own)}; events have ${bytes(now)}`,
    MISSING_UNION_BRANCH: () => `${at} is ${typeOf(own)}; events ${hold} ${typeOf(now)} there`,
    TYPE_MISMATCH: () => `${at} is ${typeOf(own)}; events ${hold} ${typeOf(now)} there`,
    CHECK_FAILED: () => `${at}: ${explanation}`,
  }[type]();
  return `${group} reads ${subject} with a schema of its own, in which ${what}`;
}

/** What to do in the worker's file, which is the one that is wrong or has to come first. */
export function ownHelpOf({ field, incompatibility }: BreakOf, file: string): string {
  const where = `in \`readers\` of ${file}`;
  const name = `\`${lastOf(field)}\``;
  switch (incompatibility.type) {
    case "READER_FIELD_MISSING_DEFAULT_VALUE":
      return `Give ${name} a default ${where}, or remove it there.`;
    case "MISSING_ENUM_SYMBOLS":
      return `Add ${symbols(incompatibility)} to the enum ${where}, or give the enum a default there; deploy that before anything writes with this schema.`;
    case "CHECK_FAILED":
      return `Mend the schema ${where}.`;
    default:
      return `Let the schema ${where} read ${typeOf(writtenOf(incompatibility))} there too, and deploy that before anything writes with this schema.`;
  }
}

/** The type that was written: of a union, the branch in question. */
function writtenOf({ writerNode: node, writerPath }: Incompatibility): Node {
  return node.type === "union" ? (node.branches[Number(writerPath.at(-1))] ?? node) : node;
}

/** Whether a union may hold it, and something else as well. */
const isBranch = ({ writerPath }: Incompatibility): boolean => /^\d+$/.test(writerPath.at(-1) ?? "");

/** What a type may become so that what it wrote is still read. */
function wider({ type }: Node, back: boolean): string {
  const wide = { int: "`long`, `float` or `double`", long: "`float` or `double`", float: "`double`" };
  // Of the types, only the keys have wider ones.
  const found = back && type in wide ? wide[type as keyof typeof wide] : undefined;
  return found === undefined ? "" : ` (only ${found} can read it)`;
}

/** A field with its subject. */
export function fieldOf(field: string, subject: string): string {
  return field === "" ? subject : `\`${field}\` of ${subject}`;
}

function namedTypeOf(node: Node, field: string, subject: string): string {
  const at = field === "" ? "" : `at \`${field}\` `;
  return `the ${node.type} ${nameOf(node)} ${at}of ${subject}`;
}

const nameOf = (node: Node): string => ("name" in node ? `\`${node.name}\`` : typeOf(node));

const TYPES_MAX = 6;

/** A type in a few words. */
export function typeOf(node: Node): string {
  switch (node.type) {
    case "record":
    case "enum":
    case "fixed":
      return `the ${node.type} \`${node.name}\``;
    case "array":
      return `a list of ${typeOf(node.items)}`;
    case "map":
      return `a map of ${typeOf(node.values)}`;
    case "union": {
      const shown = node.branches.slice(0, TYPES_MAX).map((branch) => typeOf(branch));
      if (node.branches.length > TYPES_MAX) shown.push(`${node.branches.length - TYPES_MAX} more`);
      return either(shown);
    }
    default:
      return `\`${node.type}\``;
  }
}

const bytes = (node: Node): string => plural(node.type === "fixed" ? node.size : 0, "byte");

/** The symbols that the reader's enum lacks: `PLN`, or `PLN`, `SEK` and 3 more. */
function symbols(incompatibility: Incompatibility, noun = ""): string {
  const missing = missingSymbols(incompatibility);
  const shown = missing.slice(0, TYPES_MAX).map((symbol) => `\`${symbol}\``);
  if (missing.length > TYPES_MAX) shown.push(`${missing.length - TYPES_MAX} more`);
  const listed = both(shown);
  return noun === "" ? listed : `${noun}${missing.length === 1 ? "" : "s"} ${listed}`;
}

const it = (incompatibility: Incompatibility): string =>
  missingSymbols(incompatibility).length === 1 ? "it is" : "they are";

function missingSymbols({ readerNode: reader, writerNode: writer }: Incompatibility): readonly string[] {
  if (reader.type !== "enum" || writer.type !== "enum") return [];
  const known = new Set(reader.symbols);
  return writer.symbols.filter((symbol) => !known.has(symbol));
}

const lastOf = (field: string): string => field.slice(field.lastIndexOf(".") + 1);

/** `a`, `a and b`, `a, b and c`. */
export const both = (words: readonly string[]): string => joined(words, "and");

const either = (words: readonly string[]): string => joined(words, "or");

function joined(words: readonly string[], word: string): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} ${word} ${words.at(-1)}`;
}
