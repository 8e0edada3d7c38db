import type { Look } from "../leaf.ts";
import type { LeafNode } from "../leaf-of.ts";
import { looksOf } from "../looks.ts";
import type { EnumNode, Field, Node, RecordNode, UnionNode } from "../schema.ts";
import { candidatesByLook, wrapperNames } from "../union.ts";
import { type Form, formsInJson, formsOf } from "./forms.ts";

/** What is taken of a branch: all its values; of a leaf, those in one form; of an enum, some of its symbols. */
export interface PlainForm {
  readonly branch: Node;
  readonly text?: string;
  readonly symbols?: readonly string[];
}

/**
 * What a union takes without a wrapper, whatever the value is: a form that a value of another branch might have as
 * well, itself or as JSON, is left out, though the codec takes each value that fits only one.
 */
export function plainForms(union: UnionNode): readonly PlainForm[] {
  const byLook = candidatesByLook(union);
  return union.branches.flatMap((branch, index) => {
    /** The other branches that such a value might be meant as; undefined where it is not taken for this one at all. */
    const rivals = (look: Look): readonly Node[] | undefined => {
      const candidates = byLook.get(look) ?? [];
      if (!candidates.includes(index)) return undefined;
      return candidates.filter((other) => other !== index).flatMap((other) => union.branches[other] ?? []);
    };
    return plainOf(union, branch, rivals);
  });
}

type Rivals = (look: Look) => readonly Node[] | undefined;

function plainOf(union: UnionNode, branch: Node, rivals: Rivals): readonly PlainForm[] {
  switch (branch.type) {
    case "array":
      return [{ branch }];
    case "map":
      // One with a single key may be a wrapper.
      return union.wrapped ? [] : [{ branch }];
    case "record": {
      const told = rivals("object")?.every((other) => recordApart(branch, other)) ?? false;
      return told && !(union.wrapped && mayBeWrapper(branch, union)) ? [{ branch }] : [];
    }
    case "enum":
      return symbolsOf(branch, rivals("string") ?? []);
    case "union":
      return []; // Unions do not stand in unions.
    default:
      return leafForms(branch, rivals);
  }
}

function leafForms(leaf: Exclude<LeafNode, EnumNode>, rivals: Rivals): readonly PlainForm[] {
  const told = formsOf(leaf).filter((form) =>
    formsInJson(form).every((one) => rivals(one.look)?.every((other) => formApart(leaf, one, other))),
  );
  // Nobody sends infinity plainly who cannot send 1 plainly.
  const isNumber = leaf.type === "float" || leaf.type === "double";
  if (isNumber && !told.some(({ look }) => look === "number")) return [];
  return told.map(({ text }) => ({ branch: leaf, text }));
}

function symbolsOf(branch: EnumNode, rivals: readonly Node[]): readonly PlainForm[] {
  if (rivals.length === 0) return [{ branch }];
  const own = branch.symbols.filter((symbol) => rivals.every((other) => !mayBe(symbol, other)));
  if (own.length === branch.symbols.length) return [{ branch }];
  return own.length === 0 ? [] : [{ branch, symbols: own }];
}

/** Whether a symbol may be a value of the other type, which takes strings. */
function mayBe(symbol: string, other: Node): boolean {
  if (other.type === "enum") return other.symbols.includes(symbol);
  const format = formatOf(other);
  // A duration is all letters and digits, too.
  return format === undefined || (format === "duration" && symbol.startsWith("P"));
}

/** Whether no value of this form, valid in its branch, is valid in the other. */
function formApart(branch: Node, { text }: Form, other: Node): boolean {
  const size = rawSize(branch);
  if (size !== undefined && rawSize(other) !== undefined) return size !== rawSize(other);
  if (text !== "string") return false;
  const format = formatOf(branch);
  if (other.type === "enum") return format !== undefined && other.symbols.every((symbol) => !mayBe(symbol, branch));
  return format !== undefined && formatOf(other) !== undefined && format !== formatOf(other);
}

/** The size of a fixed that is bytes and nothing else. */
function rawSize(node: Node): number | undefined {
  return node.type === "fixed" && node.logical === undefined ? node.size : undefined;
}

/** What its texts look like where they look like no other's; undefined where they may look like anything. */
function formatOf(node: Node): "decimal" | "uuid" | "date" | "timestamp" | "duration" | undefined {
  if (!("logical" in node)) return undefined;
  const kind = node.logical?.kind;
  if (kind === "time") return undefined;
  // A local one may end in Z.
  return kind === "local-timestamp" ? "timestamp" : kind;
}

/** Whether no value fits both. */
function recordApart(record: RecordNode, other: Node): boolean {
  if (other.type === "map") return required(record).some(({ type }) => apart(type, other.values));
  if (other.type !== "record") return true;
  return tells(record, other) || tells(other, record);
}

/** Whether one has a field that must be there and that the other does not take. */
function tells(one: RecordNode, other: RecordNode): boolean {
  return required(one).some(({ name, type }) => {
    const same = other.fields.find((field) => field.name === name);
    return same === undefined || apart(type, same.type);
  });
}

function required({ fields }: RecordNode): readonly Field[] {
  return fields.filter((field) => field.default === undefined);
}

/** Whether no value fits both types; false where that takes a closer look. */
function apart(one: Node, other: Node): boolean {
  if (one.type === "union" || other.type === "union") return false;
  if (one.type === "enum" && other.type === "enum")
    return !one.symbols.some((symbol) => other.symbols.includes(symbol));
  const looks = takenLooks(other);
  return !takenLooks(one).some((look) => looks.includes(look));
}

function takenLooks(node: Node): readonly Look[] {
  const { looks, takes } = looksOf(node);
  return [...looks, ...takes];
}

/** Whether a value may have one field only, named as a branch is. */
function mayBeWrapper(record: RecordNode, union: UnionNode): boolean {
  const names = wrapperNames(union);
  return record.fields.some(
    ({ name }) => names.get(name) !== undefined && required(record).every((field) => field.name === name),
  );
}
