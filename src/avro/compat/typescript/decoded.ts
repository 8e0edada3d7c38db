import { leafOf } from "../../leaf-of.ts";
import { simpleName } from "../../names.ts";
import { branchName, type FixedNode, type Node, type PrimitiveNode, type UnionNode } from "../../schema.ts";

/** How deep a type is written out, and how many types of a union are. */
const DEPTH_MAX = 2;
const BRANCHES_SHOWN_MAX = 6;

/** What TypeScript has of decoded values of a type, in short. */
export function decodedType(node: Node, depth = 0): string {
  if (depth > DEPTH_MAX) return "…";
  switch (node.type) {
    case "array":
      return arrayOf(decodedType(node.items, depth + 1));
    case "map":
      return `Record<string, ${decodedType(node.values, depth + 1)}>`;
    case "union":
      return unionOf(node, depth);
    case "record":
    case "enum":
      return simpleName(node.name);
    default:
      return scalarOf(node);
  }
}

/** A value as TypeScript would show it: `1`, or in a union `{ int: 1 }`. */
export function decodedExample(node: Node, key?: string): string {
  const example = EXAMPLES[node.type === "record" || node.type === "map" ? "object" : shapeOf(node)] ?? "…";
  return key === undefined ? example : `{ ${/^[\w$]+$/.test(key) ? key : JSON.stringify(key)}: ${example} }`;
}

const EXAMPLES: Readonly<Record<string, string>> = {
  null: "null",
  boolean: "true",
  number: "1",
  bigint: "1n",
  string: '"a"',
  Buffer: "Buffer",
  Date: "Date",
  array: "[…]",
  object: "{ … }",
};

function shapeOf(node: Node): string {
  if (node.type === "array" || node.type === "union" || node.type === "record" || node.type === "map") return node.type;
  return node.type === "enum" ? "string" : scalarOf(node);
}

/** The type of a leaf's values, from how they look. */
export function scalarOf(node: PrimitiveNode | FixedNode): string {
  if (node.type !== "fixed" && node.bigint) return "bigint";
  const [look = ""] = leafOf(node).looks;
  return look === "bytes" ? "Buffer" : look === "date" ? "Date" : look;
}

function unionOf({ branches, wrapped }: UnionNode, depth: number): string {
  const ordered = [
    ...branches.filter(({ type }) => type !== "null"),
    ...branches.filter(({ type }) => type === "null"),
  ];
  const types = ordered.slice(0, BRANCHES_SHOWN_MAX).map((branch) => {
    const type = decodedType(branch, depth + 1);
    if (!wrapped || branch.type === "null") return type;
    const key = branchName(branch);
    return `{ ${/^[\w$]+$/.test(key) ? key : JSON.stringify(key)}: ${type} }`;
  });
  return [...new Set(types), ...(ordered.length > types.length ? ["…"] : [])].join(" | ");
}

const arrayOf = (type: string): string => (type.includes(" | ") ? `(${type})[]` : `${type}[]`);
