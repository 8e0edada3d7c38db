import type { LogicalType } from "./logical.ts";

/** What JSON.parse can return. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** A schema that has been parsed and found right. Made by `parseSchema` only. */
export interface Schema {
  /** Self-contained: what it refers to is written out at the first mention; names are full names. */
  readonly json: Json;
  /** The full name, where the root is a record, enum or fixed. */
  readonly name: string | undefined;
  /** SHA-256 over all that matters to a reader or writer: also logical types, `jsType`, defaults and aliases; not docs. */
  readonly fingerprint: string;
  /** The types as a graph; recursive schemas make cycles. */
  readonly root: Node;
}

export type Node = PrimitiveNode | ArrayNode | MapNode | UnionNode | NamedNode;
export type NamedNode = RecordNode | EnumNode | FixedNode;

export const PRIMITIVES: ReadonlySet<string> = new Set<Primitive>([
  "null",
  "boolean",
  "int",
  "long",
  "float",
  "double",
  "bytes",
  "string",
]);

export type Primitive = "null" | "boolean" | "int" | "long" | "float" | "double" | "bytes" | "string";

export interface PrimitiveNode {
  readonly type: Primitive;
  readonly logical: LogicalType | undefined;
  /** A long that is a bigint in JavaScript: the type or its field says `"jsType": "bigint"`. */
  readonly bigint: boolean;
  readonly attributes: JsonObject;
}

export interface ArrayNode {
  readonly type: "array";
  readonly items: Node;
  readonly attributes: JsonObject;
}

export interface MapNode {
  readonly type: "map";
  readonly values: Node;
  readonly attributes: JsonObject;
}

export interface UnionNode {
  readonly type: "union";
  readonly branches: readonly Node[];
  /** Decoded values are `{ "branch name": value }`, because two branches would look alike in JavaScript. */
  readonly wrapped: boolean;
}

interface Named {
  /** The full name. */
  readonly name: string;
  /** Full names. */
  readonly aliases: readonly string[];
  readonly doc: string | undefined;
  /** The definition as it was written. */
  readonly attributes: JsonObject;
}

export interface RecordNode extends Named {
  readonly type: "record";
  readonly fields: readonly Field[];
  /** A value of this type can hold another of it. */
  readonly recursive: boolean;
}

export interface EnumNode extends Named {
  readonly type: "enum";
  readonly symbols: readonly string[];
  /** What a reader makes of a symbol it does not know. */
  readonly default: string | undefined;
}

export interface FixedNode extends Named {
  readonly type: "fixed";
  readonly size: number;
  readonly logical: LogicalType | undefined;
}

export interface Field {
  readonly name: string;
  readonly type: Node;
  readonly aliases: readonly string[];
  readonly doc: string | undefined;
  /** The default as Avro binary; undefined where the field has none. */
  readonly default: Buffer | undefined;
  readonly attributes: JsonObject;
}

/** The name of a branch inside its union: the full name of a named type, else the type's own. */
export function branchName(node: Node): string {
  return "name" in node ? node.name : node.type;
}

/** Every named type of a schema, by full name. */
export function namedTypes(root: Node, into = new Map<string, NamedNode>()): Map<string, NamedNode> {
  if ("name" in root) {
    if (into.has(root.name)) return into;
    into.set(root.name, root);
  }
  for (const part of partsOf(root)) namedTypes(part, into);
  return into;
}

/** The types directly inside a type. */
export function partsOf(node: Node): readonly Node[] {
  switch (node.type) {
    case "array":
      return [node.items];
    case "map":
      return [node.values];
    case "union":
      return node.branches;
    case "record":
      return node.fields.map(({ type }) => type);
    default:
      return NONE;
  }
}

const NONE: readonly Node[] = [];
