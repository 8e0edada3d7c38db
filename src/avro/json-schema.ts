import type { DecimalType } from "./decimal.ts";
import { simpleName } from "./names.ts";
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

/** What is being written. */
interface Writing {
  readonly refPrefix: string;
  /** Recursive records, under the keys that refer to them. */
  readonly defs: JsonObject;
  readonly keys: Map<RecordNode, string>;
}

const UUID: JsonObject = { type: "string", format: "uuid" };

/**
 * The JSON Schema (2020-12, as OpenAPI 3.1 has it) of the JSON that `encode` takes. It is a little narrower: numbers
 * for times, and "NaN" and its like, are taken but not told.
 *
 * Recursive records stand under `$defs` of the answer and are referred to by `refPrefix` + key, `#/$defs/` unless told
 * otherwise; whoever puts the answer inside a larger document moves them to where the prefix says.
 */
export function jsonSchemaOf(schema: Schema, { refPrefix = "#/$defs/" }: { refPrefix?: string } = {}): Json {
  const writing: Writing = { refPrefix, defs: {}, keys: new Map() };
  const root = ofNode(schema.root, writing);
  return Object.keys(writing.defs).length === 0 ? root : { ...root, $defs: writing.defs };
}

function ofNode(node: Node, writing: Writing): JsonObject {
  switch (node.type) {
    case "array":
      return { type: "array", items: ofNode(node.items, writing) };
    case "map":
      return { type: "object", additionalProperties: ofNode(node.values, writing) };
    case "union":
      return ofUnion(node, writing);
    case "record":
      return node.recursive ? refTo(node, writing) : ofRecord(node, writing);
    case "enum":
      return { type: "string", enum: [...node.symbols], ...described(node.doc) };
    case "fixed":
      return { ...ofFixed(node), ...described(node.doc) };
    default:
      return ofPrimitive(node);
  }
}

function refTo(node: RecordNode, writing: Writing): JsonObject {
  let key = writing.keys.get(node);
  if (key === undefined) {
    const taken = new Set(writing.keys.values());
    key = taken.has(simpleName(node.name)) ? node.name : simpleName(node.name);
    writing.keys.set(node, key);
    writing.defs[key] = ofRecord(node, writing);
  }
  return { $ref: writing.refPrefix + key };
}

function ofRecord(node: RecordNode, writing: Writing): JsonObject {
  const properties: JsonObject = {};
  for (const field of node.fields) {
    properties[field.name] = {
      ...ofNode(field.type, writing),
      ...described(field.doc),
      ...defaulted(field),
    };
  }
  const required = node.fields.filter((field) => field.default === undefined).map(({ name }) => name);
  return {
    type: "object",
    title: simpleName(node.name),
    ...described(node.doc),
    properties,
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
  };
}

/** Unwrapped where every branch looks different, in its wrapper otherwise, as values are decoded. */
function ofUnion(node: UnionNode, writing: Writing): JsonObject {
  const forms = node.branches.map((branch) => {
    const form = ofNode(branch, writing);
    return node.wrapped && branch.type !== "null" ? wrapped(branchName(branch), form) : form;
  });
  const [only] = forms;
  return forms.length === 1 && only !== undefined ? only : { anyOf: forms };
}

function wrapped(name: string, form: JsonObject): JsonObject {
  return { type: "object", properties: { [name]: form }, required: [name], additionalProperties: false };
}

function ofFixed({ size, logical }: FixedNode): JsonObject {
  if (logical?.kind === "decimal") return ofDecimal(logical);
  if (logical?.kind === "uuid") return UUID;
  if (logical?.kind === "duration") return { type: "string", format: "duration" };
  const length = Math.ceil(size / 3) * 4;
  return { type: "string", contentEncoding: "base64", minLength: length, maxLength: length };
}

function ofPrimitive({ type, logical, bigint }: PrimitiveNode): JsonObject {
  switch (logical?.kind) {
    case "decimal":
      return ofDecimal(logical);
    case "uuid":
      return UUID;
    case "date":
      return { type: "string", format: "date" };
    case "time":
      return {
        type: "string",
        pattern: "^\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?$",
        description: "Time of day, like 13:45:30.123.",
      };
    case "timestamp":
      return { type: "string", format: "date-time" };
    case "local-timestamp":
      return { type: "string", description: "Date and time without a zone, like 2026-01-31T13:45:30." };
    default:
  }
  switch (type) {
    case "int":
      return { type: "integer", minimum: -(2 ** 31), maximum: 2 ** 31 - 1 };
    case "long": {
      const safe = { type: "integer", minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };
      return bigint ? { anyOf: [{ type: "string", pattern: "^-?\\d{1,19}$" }, safe] } : safe;
    }
    case "float":
    case "double":
      return { type: "number" };
    case "bytes":
      return { type: "string", contentEncoding: "base64" };
    default:
      return { type };
  }
}

function ofDecimal({ precision, scale }: DecimalType): JsonObject {
  const whole = precision === scale ? "0" : `\\d{1,${precision - scale}}`;
  return { type: "string", pattern: scale === 0 ? `^-?${whole}$` : `^-?${whole}(\\.\\d{1,${scale}})?$` };
}

function described(doc: string | undefined): JsonObject {
  return doc === undefined ? {} : { description: doc };
}

/** Defaults that JSON writes as Avro does: not bytes, nor days as numbers. */
function defaulted({ type, attributes: { default: fallback } }: Field): JsonObject {
  if ("logical" in type && type.logical !== undefined) return {};
  return fallback === null || typeof fallback === "boolean" || typeof fallback === "number"
    ? { default: fallback }
    : {};
}
