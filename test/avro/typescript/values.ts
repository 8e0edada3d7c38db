import fc from "fast-check";
import { branchName, type Field, type Node, type UnionNode } from "../../../src/avro/index.ts";
import { decoded } from "../arbitraries.ts";

/** Which values: those that `decode` returns, or what `encode` takes in the forms that its type has. */
export type Side = "output" | "input";

/** Recursive types end here. */
const DEPTH_MAX = 4;

/** Values of a type. */
export function valuesOf(node: Node, side: Side, depth = 0): fc.Arbitrary<unknown> {
  switch (node.type) {
    case "array":
      return fc.array(ended(node.items, depth) ? fc.constant(null) : valuesOf(node.items, side, depth + 1), {
        maxLength: ended(node.items, depth) ? 0 : 3,
      });
    case "map":
      return ended(node.values, depth)
        ? fc.constant({})
        : fc.dictionary(fc.string({ maxLength: 4 }), valuesOf(node.values, side, depth + 1), {
            maxKeys: 3,
            noNullPrototype: true,
          });
    case "record":
      return recordsOf(node.fields, side, depth + 1);
    case "union":
      return unionsOf(node, side, depth);
    default:
      return side === "output" ? decoded(node) : fc.oneof(decoded(node), inputsOf(node));
  }
}

function ended(node: Node, depth: number): boolean {
  return node.type === "record" && depth >= DEPTH_MAX;
}

function recordsOf(fields: readonly Field[], side: Side, depth: number): fc.Arbitrary<unknown> {
  const model = Object.fromEntries(fields.map(({ name, type }) => [name, valuesOf(type, side, depth)]));
  const required = fields.filter((field) => side === "output" || field.default === undefined).map(({ name }) => name);
  return fc.record(model, { requiredKeys: required, noNullPrototype: true });
}

function unionsOf(node: UnionNode, side: Side, depth: number): fc.Arbitrary<unknown> {
  const open = node.branches.filter((branch) => !ended(branch, depth));
  return fc.oneof(
    ...open.map((branch) => {
      const values = valuesOf(branch, side, depth);
      const told = node.wrapped || (side === "input" && isTextInJson(branch) && !ownsText(branch, node.branches));
      if (!told || branch.type === "null") return values;
      return values.map((value) => ({ [branchName(branch)]: value }));
    }),
  );
}

/** Whether its values are no text, but JSON may have no other form for them. */
function isTextInJson(branch: Node): boolean {
  if (branch.type === "bytes" || branch.type === "fixed") return !isLogical(branch);
  return isBig(branch) || ("logical" in branch && (branch.logical?.kind ?? "").endsWith("timestamp"));
}

/** Whether a text in the union is one of this branch's. */
function ownsText(branch: Node, branches: readonly Node[]): boolean {
  const owners = branches.filter(isText);
  return owners.length > 0 ? owners.includes(branch) : branches.filter(takesText).length === 1;
}

/** Whether its values are texts, or look like those in JSON. */
function isText(branch: Node): boolean {
  if (branch.type === "string" || branch.type === "enum") return true;
  if (!("logical" in branch) || branch.logical === undefined) return false;
  return "unit" in branch.logical ? branch.logical.unit === "millis" && branch.type === "long" && !isBig(branch) : true;
}

/** Whether a text may be a value of it. */
function takesText(branch: Node): boolean {
  return (
    ["string", "enum", "bytes", "fixed", "float", "double"].includes(branch.type) || isLogical(branch) || isBig(branch)
  );
}

function isLogical(branch: Node): boolean {
  return "logical" in branch && branch.logical !== undefined;
}

function isBig(branch: Node): boolean {
  return "bigint" in branch && branch.bigint;
}

/** The value with 0 for -0, which JSON.stringify does not know. */
export function withoutNegativeZero(value: unknown): unknown {
  if (typeof value === "number") return value + 0;
  if (Array.isArray(value)) return value.map(withoutNegativeZero);
  if (typeof value !== "object" || value === null || value instanceof Date || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutNegativeZero(member)]));
}

/** Forms that a leaf is taken in, other than the decoded one. */
function inputsOf(node: Node): fc.Arbitrary<unknown> {
  const kind = "logical" in node ? node.logical?.kind : undefined;
  switch (kind) {
    case "date":
      return fc.integer({ min: -100_000, max: 100_000 });
    case "time":
      return fc.constantFrom("13:45", "00:00:00.001", 5);
    case "timestamp":
      return fc.constantFrom("2026-01-31T13:45:30.123+01:00", new Date(5), 1_769_863_530);
    case "local-timestamp":
      return fc.constantFrom("2026-01-31T13:45:30", new Date(5), 1_769_863_530);
    case undefined:
      break;
    default:
      return decoded(node);
  }
  if (node.type === "float" || node.type === "double") return fc.constantFrom("NaN", "Infinity", "-Infinity");
  if (node.type === "long" && node.bigint) return fc.constantFrom(5, "9223372036854775807");
  if (node.type !== "bytes" && node.type !== "fixed") return decoded(node);
  return decoded(node).map((bytes) => (bytes instanceof Buffer ? bytes.toString("base64") : bytes));
}

/** A value as an expression of TypeScript. */
export function expressionOf(value: unknown): string {
  if (value instanceof Uint8Array) return `Buffer.from("${Buffer.from(value).toString("hex")}", "hex")`;
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (Array.isArray(value)) return `[${value.map(expressionOf).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `[${JSON.stringify(key)}]: ${expressionOf(member)}`);
  return `{ ${members.join(", ")} }`;
}
