import { type Leaf, MISFIT, Refusal, WIRES, type Wire } from "./leaf.ts";
import { nearest } from "./nearest.ts";
import { plural } from "./plural.ts";
import type { EnumNode, FixedNode } from "./schema.ts";
import { shortened, shown } from "./shown.ts";

export const nullLeaf: Leaf<null> = {
  expected: "null",
  wire: WIRES.null,
  looks: ["null"],
  takes: [],
  convert: (value) => (value === null ? null : MISFIT),
};

export const booleanLeaf: Leaf<boolean> = {
  expected: "true or false (boolean)",
  wire: WIRES.boolean,
  looks: ["boolean"],
  takes: [],
  convert: (value) => (typeof value === "boolean" ? value : MISFIT),
};

export const stringLeaf: Leaf<string> = {
  expected: "a string",
  wire: WIRES.string,
  looks: ["string"],
  takes: [],
  convert(value) {
    if (typeof value !== "string") return MISFIT;
    return value.isWellFormed() ? value : new Refusal("expected a string of Unicode text, found half a surrogate pair");
  },
};

/** Symbols by name one way, by index the other. */
export function enumLeaf({ name, symbols }: EnumNode): Leaf<string> {
  const indexes = new Map(symbols.map((symbol, index) => [symbol, index]));
  const wire: Wire<string> = {
    type: "enum",
    // `convert` lets only symbols through.
    write: (cursor, symbol) => cursor.writeInt(indexes.get(symbol) ?? 0),
    // `readIndex` lets only indexes of symbols through.
    read: (cursor) => symbols[cursor.readIndex(symbols.length, name)] ?? "",
  };
  const expected = `one of ${symbols.length > 10 ? `${symbols.slice(0, 10).join(", ")}, …` : symbols.join(", ")} (${name})`;
  return {
    expected,
    wire,
    looks: ["string"],
    takes: [],
    convert(value) {
      if (typeof value !== "string") return MISFIT;
      if (indexes.has(value)) return value;
      const meant = nearest(value, symbols);
      if (meant === undefined) return MISFIT;
      return new Refusal(`expected ${expected}, found \`${shortened(value)}\`; did you mean \`${meant}\`?`);
    },
  };
}

export const bytesLeaf: Leaf<Buffer> = {
  expected: "bytes: a string in base64",
  wire: WIRES.bytes,
  looks: ["bytes"],
  takes: ["string"],
  convert: bytesOf,
};

export function fixedLeaf(node: FixedNode): Leaf<Buffer> {
  const expected = `${plural(node.size, "byte")}: a string in base64 (${node.name})`;
  return {
    expected,
    wire: fixedWire(node),
    looks: ["bytes"],
    takes: ["string"],
    convert(value) {
      const bytes = bytesOf(value);
      if (bytes instanceof Refusal || bytes.length === node.size) return bytes;
      return new Refusal(`expected ${expected}, found ${shown(bytes)}`);
    },
  };
}

export function fixedWire({ size }: FixedNode): Wire<Buffer> {
  return {
    type: "fixed",
    // avsc takes a length of 0 for "all of it", which is 0 as well.
    write: (cursor, bytes) => cursor.writeFixed(bytes, size),
    read: (cursor) => cursor.readFixed(size),
  };
}

/** Base64 with padding and nothing left over in the last group, so that no two texts mean the same bytes. */
function bytesOf(value: unknown): Buffer | Refusal {
  if (value instanceof Uint8Array) return asBuffer(value);
  if (typeof value !== "string") return MISFIT;
  try {
    return asBuffer(Uint8Array.fromBase64(value, { lastChunkHandling: "strict" }));
  } catch {
    return MISFIT; // A SyntaxError, which says no more than that it is no base64.
  }
}

/** The same bytes under the class that avsc writes. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
