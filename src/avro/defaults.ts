import { Cursor } from "./cursor.ts";
import { LONG_SAFE, NOT_FINITE } from "./number.ts";
import { isObject } from "./parse-state.ts";
import type { Json, Node, PrimitiveNode, RecordNode, UnionNode } from "./schema.ts";
import { shown } from "./shown.ts";

/** A record default may leave out fields that have defaults, also of its own type: that would never end. */
const DEFAULT_DEPTH_MAX = 100;

/** How many values of a default may be defaults of fields that it leaves out: with two in each, they double and double. */
export const DEFAULT_VALUES_MAX = 10_000;

/** Counts the values that a default leaves to other defaults. */
interface Left {
  values: number;
}

/**
 * The default of a field as Avro binary, or what is wrong with it. Defaults have a JSON form of their own (Avro spec,
 * Complex types): unions unwrapped, bytes as one character per byte, logical types as what they stand on.
 */
export function defaultOf(node: Node, json: Json): Buffer | string {
  let problem: string | undefined;
  const bytes = written((cursor) => (problem = write(cursor, node, json, { values: DEFAULT_VALUES_MAX }, 0)));
  return problem ?? bytes;
}

/** What a function writes, in a buffer of just that size. */
export function written(write: (cursor: Cursor) => void): Buffer {
  const cursor = new Cursor(Buffer.allocUnsafe(256));
  write(cursor);
  if (cursor.isValid()) return Buffer.from(cursor.buf.subarray(0, cursor.pos));
  const whole = new Cursor(Buffer.allocUnsafe(cursor.pos));
  write(whole);
  return whole.buf;
}

function write(cursor: Cursor, node: Node, json: Json, left: Left, depth: number): string | undefined {
  if (depth > DEFAULT_DEPTH_MAX) return "the default contains itself without end";
  switch (node.type) {
    case "array":
      if (!Array.isArray(json)) return misfit("an array", json);
      return block(cursor, json, (item) => write(cursor, node.items, item, left, depth + 1));
    case "map":
      if (!isObject(json)) return misfit("an object (map)", json);
      return block(cursor, Object.entries(json), ([key, value]) => {
        cursor.writeString(key);
        return write(cursor, node.values, value, left, depth + 1);
      });
    case "union":
      return writeUnion(cursor, node, json, left, depth);
    case "record":
      return writeRecord(cursor, node, json, left, depth);
    case "enum": {
      const index = typeof json === "string" ? node.symbols.indexOf(json) : -1;
      if (index < 0) return misfit(`a symbol of ${node.name}`, json);
      return void cursor.writeInt(index);
    }
    case "fixed": {
      const bytes = bytesOf(json);
      if (bytes?.length !== node.size) return misfit(`a string of ${node.size} characters up to U+00FF`, json);
      return void cursor.writeFixed(bytes, node.size);
    }
    default:
      return writePrimitive(cursor, node, json);
  }
}

function block<T>(cursor: Cursor, items: readonly T[], each: (item: T) => string | undefined): string | undefined {
  if (items.length > 0) cursor.writeLong(items.length);
  for (const item of items) {
    const problem = each(item);
    if (problem !== undefined) return problem;
  }
  return void cursor.writeLong(0);
}

/** The first branch that the default fits: the specification asks for the first of all, Avro Java since 1.12 for any. */
function writeUnion(cursor: Cursor, node: UnionNode, json: Json, left: Left, depth: number): string | undefined {
  const start = cursor.pos;
  for (const [index, branch] of node.branches.entries()) {
    cursor.pos = start;
    cursor.writeInt(index);
    if (write(cursor, branch, json, left, depth + 1) === undefined) return undefined;
  }
  return `the default fits no branch of the union: ${shown(json)}`;
}

function writeRecord(cursor: Cursor, node: RecordNode, json: Json, left: Left, depth: number): string | undefined {
  if (!isObject(json)) return misfit(`an object (${node.name})`, json);
  for (const field of node.fields) {
    const given = Object.hasOwn(json, field.name);
    if (!given && left.values-- <= 0)
      return `the default takes more than ${DEFAULT_VALUES_MAX} values from other defaults`;
    const value = given ? json[field.name] : field.attributes.default;
    if (value === undefined) return `the default has no \`${field.name}\`, which ${node.name} needs`;
    const problem = write(cursor, field.type, value, left, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function writePrimitive(cursor: Cursor, { type }: PrimitiveNode, json: Json): string | undefined {
  switch (type) {
    case "null":
      return json === null ? undefined : misfit("null", json);
    case "boolean":
      return typeof json === "boolean" ? void cursor.writeBoolean(json) : misfit("true or false", json);
    case "int":
      return typeof json === "number" && (json | 0) === json ? void cursor.writeInt(json) : misfit("an int", json);
    case "long":
      if (typeof json !== "number" || !Number.isSafeInteger(json)) return misfit(`a long ${LONG_SAFE}`, json);
      return void cursor.writeLong(json);
    case "float":
    case "double": {
      const number = numberOf(json);
      if (number === undefined) return misfit("a number", json);
      return void (type === "float" ? cursor.writeFloat(number) : cursor.writeDouble(number));
    }
    case "string":
      return typeof json === "string" ? void cursor.writeString(json) : misfit("a string", json);
    case "bytes": {
      const bytes = bytesOf(json);
      return bytes ? void cursor.writeBytes(bytes) : misfit("a string of characters up to U+00FF", json);
    }
  }
}

/** Registries hold schemas whose doubles have defaults in strings; Avro Java takes them. */
function numberOf(json: Json): number | undefined {
  if (typeof json === "number") return json;
  if (typeof json !== "string") return undefined;
  if (Object.hasOwn(NOT_FINITE, json)) return NOT_FINITE[json];
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(json) ? Number(json) : undefined;
}

/** One byte per character. */
function bytesOf(json: Json): Buffer | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: every byte may stand in such a string.
  return typeof json === "string" && /^[\u0000-\u00ff]*$/.test(json) ? Buffer.from(json, "latin1") : undefined;
}

function misfit(expected: string, json: Json): string {
  return `the default does not fit its type: expected ${expected}, found ${shown(json)}`;
}
