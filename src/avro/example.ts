import { createChecks, problemsOf } from "./check.ts";
import { exampleDecimal } from "./decimal.ts";
import {
  branchName,
  type Field,
  type FixedNode,
  type Json,
  type JsonObject,
  type Node,
  type PrimitiveNode,
  type RecordNode,
  type Schema,
  type UnionNode,
} from "./schema.ts";

/** What a string field of such a name may hold. The first that matches counts. */
const TEXTS: readonly (readonly [RegExp, string])[] = [
  [/^(event_?id|uuid|.*_uuid|guid)$/i, "0194f7c2-1a2b-7c3d-8e4f-000000000001"],
  [/e?mail/i, "ada@example.com"],
  [/(url|uri|link)$/i, "https://example.com/orders/1001"],
  [/phone/i, "+49 30 1234567"],
  [/(^|_)(first_?name|given_?name)$/i, "Ada"],
  [/(^|_)(last_?name|family_?name|surname)$/i, "Lovelace"],
  [/name$/i, "Ada Lovelace"],
  [/currency$/i, "EUR"],
  [/country(_?code)?$/i, "DE"],
  [/(zip|postal_?code|postcode)$/i, "10115"],
  [/city$/i, "Berlin"],
  [/street$|address/i, "Unter den Linden 1"],
  [/sku$/i, "SKU-1001"],
  [/(note|comment|description|message|reason)$/i, "Please ring twice."],
  [/(tracking|reference|number|code)$/i, "A-1001"],
];

/** The same for whole numbers. */
const NUMBERS: readonly (readonly [RegExp, number])[] = [
  [/(cents|amount|price|total)/i, 4990],
  [/(quantity|count|qty|version|attempt)/i, 1],
  [/(_at|time|timestamp|_ms)$/i, 1_767_225_600_000],
];

/** The moment that examples are about. */
const MOMENT = "2026-01-31T13:45:30.123";

/** An example that encodes, in JSON, as realistic as names and logical types allow. It is the same every time. */
export function exampleOf(schema: Schema): Json {
  return ofNode(schema.root, "", []);
}

/** `name` is the field's; `around` are the records it stands in, which must not be begun again. */
function ofNode(node: Node, name: string, around: readonly RecordNode[]): Json {
  switch (node.type) {
    case "array":
      return ends(node.items, around) ? [ofNode(node.items, name, around)] : [];
    case "map":
      return ends(node.values, around) ? { key: ofNode(node.values, name, around) } : {};
    case "union":
      return ofUnion(node, name, around);
    case "record":
      return ofRecord(node, around);
    case "enum":
      return node.symbols[0] ?? "";
    case "fixed":
      return ofFixed(node);
    default:
      return ofPrimitive(node, name);
  }
}

/** The first branch that is not null and comes to an end; in its wrapper where the value alone would not be clear. */
function ofUnion(node: UnionNode, name: string, around: readonly RecordNode[]): Json {
  const check = createChecks().check(node);
  for (const branch of node.branches) {
    if (branch.type === "null" || !ends(branch, around)) continue;
    const example = ofNode(branch, name, around);
    const wrapped = { [branchName(branch)]: example };
    const clear = (node.wrapped ? [wrapped] : [example, wrapped]).find((form) => problemsOf(check, form) === 0);
    if (clear !== undefined) return clear;
  }
  return null;
}

function ofRecord(node: RecordNode, around: readonly RecordNode[]): Json {
  const example: JsonObject = {};
  for (const { name, type, default: bytes } of node.fields) {
    // A field that leads back to a record around it is left to its default.
    if (bytes === undefined || ends(type, [...around, node])) example[name] = ofNode(type, name, [...around, node]);
  }
  return example;
}

function ofFixed({ size, logical }: FixedNode): Json {
  if (logical?.kind === "decimal") return exampleDecimal(logical);
  if (logical?.kind === "uuid") return "0194f7c2-1a2b-7c3d-8e4f-000000000001";
  if (logical?.kind === "duration") return "P1M2DT3.004S";
  return Buffer.alloc(size).toString("base64");
}

function ofPrimitive(node: PrimitiveNode, name: string): Json {
  if (node.logical !== undefined) return ofLogical(node);
  switch (node.type) {
    case "null":
      return null;
    case "boolean":
      return true;
    case "int":
      return Math.min(NUMBERS.find(([pattern]) => pattern.test(name))?.[1] ?? 1, 2 ** 31 - 1);
    case "long":
      return NUMBERS.find(([pattern]) => pattern.test(name))?.[1] ?? 1;
    case "float":
    case "double":
      return 12.5;
    case "bytes":
      return Buffer.from("hello").toString("base64");
    case "string":
      return textOf(name);
  }
}

function textOf(name: string): string {
  const known = TEXTS.find(([pattern]) => pattern.test(name))?.[1];
  if (known !== undefined) return known;
  const [, of] = /^(.+)_?id$/i.exec(name) ?? [];
  return of === undefined ? "text" : `${of.replace(/_$/, "")}-1001`;
}

function ofLogical({ logical, bigint }: PrimitiveNode): Json {
  switch (logical?.kind) {
    case "decimal":
      return exampleDecimal(logical);
    case "date":
      return MOMENT.slice(0, 10);
    case "time":
      return MOMENT.slice(11);
    case "timestamp":
    case "local-timestamp": {
      // A number holds nanoseconds up to April 1970 only.
      const moment = logical.unit === "nanos" && !bigint ? "1970-01-31T13:45:30.123" : MOMENT;
      return logical.kind === "timestamp" ? `${moment}Z` : moment;
    }
    default:
      return "0194f7c2-1a2b-7c3d-8e4f-000000000001";
  }
}

/** Whether an example of the type comes to an end without beginning a record again that it stands in. */
function ends(node: Node, around: readonly RecordNode[]): boolean {
  switch (node.type) {
    case "record":
      return !around.includes(node) && node.fields.every((field) => fieldEnds(field, [...around, node]));
    case "union":
      return node.branches.some((branch) => ends(branch, around));
    default:
      return true; // An array or map can be empty.
  }
}

function fieldEnds({ type, default: bytes }: Field, around: readonly RecordNode[]): boolean {
  return bytes !== undefined || ends(type, around);
}
