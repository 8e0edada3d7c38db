import { bytesMin } from "./bytes-min.ts";
import type { Checks } from "./check.ts";
import { type Cursor, EMPTY_ITEMS_MAX } from "./cursor.ts";
import { lookOf, Refusal } from "./leaf.ts";
import { leafOf } from "./leaf-of.ts";
import type { ArrayNode, Field, MapNode, Node, RecordNode, UnionNode } from "./schema.ts";

/** Writes a value, or throws MISMATCH at the first thing wrong. */
export type Write = (cursor: Cursor, value: unknown) => void;

/** Thrown where a value does not fit. It says nothing: the check then goes through the value and says everything. */
export const MISMATCH: unique symbol = Symbol("mismatch");

/** Compiles writers: one pass from JSON to bytes, without paths or messages. */
export function createWriters(checks: Checks): (node: Node) => Write {
  const writers = new Map<Node, Write>();

  return function writer(node: Node): Write {
    const known = writers.get(node);
    if (known !== undefined) return known;
    // A recursive type meets itself while it is compiled: it then calls what will be there when values come.
    let compiled: Write | undefined;
    writers.set(node, (cursor, value) => compiled?.(cursor, value));
    compiled = compile(node, writer, checks);
    writers.set(node, compiled);
    return compiled;
  };
}

function compile(node: Node, writer: (node: Node) => Write, checks: Checks): Write {
  switch (node.type) {
    case "array":
      return ofArray(node, writer(node.items));
    case "map":
      return ofMap(node, writer(node.values));
    case "union":
      return ofUnion(node, node.branches.map(writer), checks);
    case "record":
      return ofRecord(node, writer);
    default: {
      const { convert, wire } = leafOf(node);
      return (cursor, value) => {
        const converted = convert(value);
        if (converted instanceof Refusal) throw MISMATCH;
        wire.write(cursor, converted);
      };
    }
  }
}

function ofArray(node: ArrayNode, item: Write): Write {
  const itemsMax = bytesMin(node.items) === 0 ? EMPTY_ITEMS_MAX : Number.POSITIVE_INFINITY;
  return (cursor, value) => {
    if (!Array.isArray(value) || value.length > itemsMax) throw MISMATCH;
    const { length } = value;
    if (length > 0) cursor.writeInt(length);
    for (let index = 0; index < length; index++) item(cursor, value[index]);
    cursor.writeInt(0);
  };
}

function ofMap(_node: MapNode, each: Write): Write {
  return (cursor, value) => {
    if (lookOf(value) !== "object") throw MISMATCH;
    const map = value as Record<string, unknown>; // `lookOf` says so.
    const keys = Object.keys(map);
    if (keys.length > 0) cursor.writeInt(keys.length);
    for (const key of keys) {
      if (!key.isWellFormed()) throw MISMATCH;
      cursor.writeString(key);
      each(cursor, map[key]);
    }
    cursor.writeInt(0);
  };
}

function ofUnion(node: UnionNode, branches: readonly Write[], checks: Checks): Write {
  const choose = checks.choose(node);
  const nullIndex = node.branches.findIndex(({ type }) => type === "null");
  return (cursor, value) => {
    if (value === null) {
      if (nullIndex < 0) throw MISMATCH;
      cursor.writeInt(nullIndex);
      return;
    }
    const choice = choose(value, cursor);
    if (choice instanceof Refusal) throw MISMATCH;
    cursor.writeInt(choice.index);
    branches[choice.index]?.(cursor, choice.value);
  };
}

/**
 * A record's writer is generated: it names each field, so that the engine reads it like hand-written code. Nothing of
 * the schema gets into the code but names, and those as string literals.
 */
function ofRecord(node: RecordNode, writer: (node: Node) => Write): Write {
  const lines = node.fields.flatMap((field, index) => [
    `const v${index} = ${fieldAccess(field)};`,
    `if (v${index} !== undefined) { given++; w${index}(cursor, v${index}); }`,
    field.default === undefined ? "else throw mismatch;" : `else cursor.writeFixed(d${index});`,
  ]);
  const code = `
    ${node.fields.map((_, index) => `const w${index} = writers[${index}], d${index} = defaults[${index}];`).join("\n")}
    return (cursor, value) => {
      if (typeof value !== "object" || value === null || isOther(value)) throw mismatch;
      ${node.recursive ? "if (!cursor.enter()) throw mismatch;" : ""}
      let given = 0;
      ${lines.join("\n")}
      // Whatever was not asked for is a field that nobody declared, or one that is there and undefined.
      if (Object.keys(value).length !== given && !isKnown(value, given)) throw mismatch;
      ${node.recursive ? "cursor.leave();" : ""}
    };`;
  const writers = node.fields.map(({ type }) => writer(type));
  const defaults = node.fields.map((field) => field.default);
  const isKnown = knownIn(new Set(node.fields.map(({ name }) => name)));
  const parts = { writers, defaults, mismatch: MISMATCH, isOther, isKnown };
  return new Function(...Object.keys(parts), code)(...Object.values(parts));
}

/** Whether an object has declared fields alone, as many of its own as were `given`; others may be there and undefined. */
function knownIn(names: ReadonlySet<string>) {
  return (value: Readonly<Record<string, unknown>>, given: number): boolean => {
    const keys = Object.keys(value);
    return keys.every((key) => names.has(key)) && keys.filter((key) => value[key] !== undefined).length === given;
  };
}

/** Objects have inherited names, like `constructor`, which are not fields that were given. */
function fieldAccess({ name }: Field): string {
  const key = JSON.stringify(name);
  return name in Object.prototype ? `Object.hasOwn(value, ${key}) ? value[${key}] : undefined` : `value[${key}]`;
}

function isOther(value: object): boolean {
  return Array.isArray(value) || value instanceof Date || value instanceof Uint8Array;
}
