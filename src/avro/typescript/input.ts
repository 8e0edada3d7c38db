import type { LeafNode } from "../leaf-of.ts";
import {
  branchName,
  type EnumNode,
  type Field,
  type JsonObject,
  type NamedNode,
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
  const { texts, nameOf } = createDeclarations<RecordNode>({
    identityOf,
    name(node, suffix) {
      const name = output.nameOf(node, suffix);
      return names.take([`${name}Input`, `${name}Input${suffix}`]);
    },
    write: (name, node, suffix) =>
      differs(node)
        ? recordOf(name, node, (field) => memberOf(field, suffix))
        : `export type ${name} = ${output.nameOf(node, suffix)};\n`,
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

/** Whether values of a type are taken in other forms than they are decoded to, or may be left out. */
function differs(node: Node, met = new Set<Node>()): boolean {
  if (met.has(node)) return false;
  met.add(node);
  switch (node.type) {
    case "enum":
      return false;
    case "union":
      if (node.wrapped) return true;
      break;
    case "record":
      if (node.fields.some((field) => field.default !== undefined)) return true;
      break;
    case "array":
    case "map":
      break;
    default: {
      const forms = formsOf(node);
      return forms.length !== 1 || forms[0]?.text !== outputOfLeaf(node);
    }
  }
  return partsOf(node).some((part) => differs(part, met));
}

/** Says of two records whether they are one: the same full name, taken in the same forms, with the same comments. */
function identityOf(root: RecordNode): string {
  const met = new Set<NamedNode>();
  const dump = (node: Node): unknown => {
    switch (node.type) {
      case "array":
        return [node.type, dump(node.items)];
      case "map":
        return [node.type, dump(node.values)];
      case "union":
        return [node.type, node.branches.map((branch) => [branchName(branch), dump(branch)])];
      case "enum":
        return [node.type, node.name, node.doc, node.symbols];
      case "record": {
        if (met.has(node)) return node.name;
        met.add(node);
        const fields = node.fields.map(({ name, doc, type, default: fallback, attributes }) => {
          return [name, doc, dump(type), fallback === undefined ? [] : defaultTag(attributes), fallback !== undefined];
        });
        return [node.type, node.name, node.doc, fields];
      }
      default:
        // A fixed's size decides what of a union it can be told from.
        return [node.type, outputOfLeaf(node), formsOf(node), node.type === "fixed" ? node.size : 0];
    }
  };
  return JSON.stringify(dump(root));
}
