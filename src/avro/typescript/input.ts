import type { LeafNode } from "../leaf-of.ts";
import {
  branchName,
  type EnumNode,
  type Field,
  type JsonObject,
  type Node,
  partsOf,
  type RecordNode,
  type UnionNode,
} from "../schema.ts";
import { wrapperNames } from "../union.ts";
import { createDeclarations } from "./declarations.ts";
import { formsOf } from "./forms.ts";
import { memberName, type Names } from "./names.ts";
import { literal, type Output, outputOfLeaf, recordOf, wrapped } from "./output.ts";
import { type PlainForm, plainForms } from "./plain.ts";
import { arrayOf, mapOf, type TypeText, unionOf } from "./text.ts";

/** Types of values to encode. */
export interface Input {
  typeOf(node: Node, suffix: string): TypeText;
  declarations(): readonly string[];
}

/** Enums, and records that are the same both ways, are taken from `output`. */
export function createInput(names: Names, output: Output): Input {
  const differs = createDiffers();
  const { texts, nameOf } = createDeclarations<RecordNode>({
    wordsOf,
    name(node, suffix) {
      const name = output.nameOf(node, suffix);
      return names.take([`${name}Input`, `${name}Input${suffix}`]);
    },
    write(name, node, suffix) {
      // Written in either case: each record that is inside has an input of its own to name.
      const declaration = recordOf(name, node, (field) => memberOf(field, suffix));
      return differs(node) ? declaration : `export type ${name} = ${output.nameOf(node, suffix)};\n`;
    },
  });
  return { typeOf, declarations: () => texts };

  function memberOf({ name, type, default: fallback, attributes }: Field, suffix: string) {
    const head = `readonly ${memberName(name)}`;
    const own = typeOf(type, suffix);
    if (fallback === undefined) return [`${head}:`, own, []] as const;
    return [`${head}?:`, [...own, "undefined"], defaultTag(attributes)] as const;
  }

  function typeOf(node: Node, suffix: string): TypeText {
    switch (node.type) {
      case "array":
        return arrayOf(typeOf(node.items, suffix));
      case "map":
        return mapOf(typeOf(node.values, suffix));
      case "union":
        return unionOf([...plainOf(node, suffix), ...wrappersOf(node, suffix)]);
      case "record":
        return [nameOf(node, suffix)];
      case "enum":
        return [output.nameOf(node, suffix)];
      default:
        return formsOf(node).map(({ text }) => text);
    }
  }

  function plainOf(union: UnionNode, suffix: string): TypeText[] {
    return plainForms(union).map(({ branch, text, symbols }) => {
      if (text !== undefined) return [text];
      return symbols === undefined ? typeOf(branch, suffix) : symbols.map(literal);
    });
  }

  /** A wrapper is taken for every branch; it is told where values are decoded with one, or cannot do without. */
  function wrappersOf(union: UnionNode, suffix: string): TypeText[] {
    const names = wrapperNames(union);
    const plain = plainForms(union);
    return union.branches.flatMap((branch, index) =>
      branch.type !== "null" && (union.wrapped || !isAllPlain(branch, plain))
        ? names.namesOf(index).map((name) => wrapped(name, typeOf(branch, suffix)))
        : [],
    );
  }
}

/** Whether a branch is taken in all its forms without a wrapper. */
function isAllPlain(branch: Node, plain: readonly PlainForm[]): boolean {
  const own = plain.filter((form) => form.branch === branch);
  if (own.some(({ text }) => text === undefined)) return true;
  return isLeaf(branch) && own.length === formsOf(branch).length;
}

function isLeaf(node: Node): node is Exclude<LeafNode, EnumNode> {
  return !["array", "map", "union", "record", "enum"].includes(node.type);
}

/** Longer defaults are not told: the schema has them. */
const DEFAULT_LENGTH_MAX = 80;

function defaultTag({ default: value = null }: JsonObject): readonly string[] {
  const text = JSON.stringify(value);
  return text.length > DEFAULT_LENGTH_MAX ? [] : [`@default ${text}`];
}

/** Builds the question whether values of a type are taken in other forms than they are decoded to, or may be left out. */
function createDiffers(): (node: Node) => boolean {
  const differing = new Set<Node>();
  const same = new Set<Node>();
  return (root) => {
    const met = new Set<Node>();
    const found = differs(root, met);
    // Where nothing was found, there is nothing in anything that was looked at.
    if (!found) for (const node of met) same.add(node);
    return found;
  };

  function differs(node: Node, met: Set<Node>): boolean {
    if (differing.has(node)) return true;
    if (same.has(node) || met.has(node)) return false;
    met.add(node);
    const found = differsItself(node) || partsOf(node).some((part) => differs(part, met));
    if (found) differing.add(node);
    return found;
  }
}

function differsItself(node: Node): boolean {
  if (node.type === "record") return node.fields.some((field) => field.default !== undefined);
  if (node.type === "union") return node.wrapped;
  if (!isLeaf(node)) return false;
  const [first, ...more] = formsOf(node);
  return more.length > 0 || first?.text !== outputOfLeaf(node);
}

/** What the declaration of a type says. */
function wordsOf(node: Node): unknown {
  switch (node.type) {
    case "array":
    case "map":
      return node.type;
    case "union":
      return [node.type, node.branches.map(branchName)];
    case "enum":
      return [node.name, node.doc, node.symbols];
    case "record":
      return [node.name, node.doc, node.fields.map((field) => [field.name, field.doc, optionalOf(field)])];
    default:
      // A fixed's size decides what of a union it can be told from.
      return [outputOfLeaf(node), formsOf(node), node.type === "fixed" ? node.size : 0];
  }
}

function optionalOf({ default: fallback, attributes }: Field): unknown {
  return fallback === undefined ? false : [true, defaultTag(attributes)];
}
