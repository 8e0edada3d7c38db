import type { Cursor } from "./cursor.ts";
import { decimalText } from "./decimal.ts";
import { DecodeError } from "./errors.ts";
import type { Leaf, WireType } from "./leaf.ts";
import { type LeafNode, leafOf } from "./leaf-of.ts";
import { type LogicalType, logicalName } from "./logical.ts";
import { namesMatch } from "./names.ts";
import type { Read } from "./read.ts";
import type { EnumNode } from "./schema.ts";
import { UNITS } from "./time.ts";

/** How a type of the writer's is read as another of the reader's (Avro spec, Schema resolution). */
const PROMOTIONS: Readonly<Record<string, (cursor: Cursor) => unknown>> = {
  "int long": (cursor) => cursor.readInt(),
  "int bigint": (cursor) => BigInt(cursor.readInt()),
  "int float": (cursor) => cursor.readInt(),
  "int double": (cursor) => cursor.readInt(),
  "long bigint": (cursor) => cursor.readBigLong(),
  "long float": (cursor) => cursor.readLong(),
  "long double": (cursor) => cursor.readLong(),
  "float double": (cursor) => cursor.readFloat(),
  "string bytes": (cursor) => cursor.readBytes(),
  "bytes string": (cursor) => cursor.readString(),
};

/** Reads a writer's leaf as the reader's; a text says why it cannot be, undefined that the types differ. */
export function resolveLeaf(writer: LeafNode, reader: LeafNode): Read | string | undefined {
  if (writer.type === "enum" && reader.type === "enum") return resolveEnum(writer, reader);
  if (writer.type === "fixed" && reader.type === "fixed") {
    if (writer.size !== reader.size)
      return `fixed ${writer.name} has ${writer.size} bytes, the reader's ${reader.size}`;
    if (!namesMatch(writer, reader)) return `fixed ${writer.name} is not ${reader.name}, by name or alias`;
  }
  const leaf = leafOf(reader);
  const read = writer.type === leaf.wire.type ? leaf.wire.read : PROMOTIONS[`${writer.type} ${leaf.wire.type}`];
  if (read === undefined) return undefined;
  return withLogical(writer, reader, leaf, read);
}

/**
 * Avro resolves the underlying types and never looks at logical ones: 12.34 of scale 2 would be read as 0.1234 of scale
 * 4. Here a change that keeps every value is converted, any other refused.
 */
function withLogical(writer: LeafNode, reader: LeafNode, leaf: Leaf<unknown>, read: Read): Read | string {
  const from = logicalOf(writer);
  const to = logicalOf(reader);
  const { present } = leaf;
  const plain: Read = present === undefined ? read : (cursor) => present(read(cursor));
  const isText = (writer.type === "string") !== (reader.type === "string");
  if (isText && (from?.kind === "decimal" || to?.kind === "decimal")) return "a decimal is no text";
  if (from === undefined || to === undefined) return plain;
  if (from.kind === "decimal" && to.kind === "decimal") {
    if (from.scale > to.scale) return `a decimal of scale ${from.scale} would be rounded to scale ${to.scale}`;
    // Both read bytes: `bytes` and `fixed` do not resolve into each other, nor into anything else that is a decimal.
    return (cursor) => decimalText(read(cursor) as Buffer, from, to.scale);
  }
  if (from.kind !== to.kind) return `${logicalName(from)} cannot be read as ${logicalName(to)}`;
  if (!("unit" in from) || !("unit" in to)) return plain;
  const factor = UNITS[to.unit].perMs / UNITS[from.unit].perMs;
  if (factor < 1) return `${logicalName(from)} would be rounded to ${logicalName(to)}`;
  return factor === 1 ? plain : multiplied(read, factor, leaf.wire.type);
}

function logicalOf(node: LeafNode): LogicalType | undefined {
  return node.type === "enum" ? undefined : node.logical;
}

/** Finer units are never Dates, so there is nothing to present. */
function multiplied(read: Read, factor: number, wire: WireType): Read {
  // The wire says what it reads.
  if (wire === "bigint") return (cursor) => (read(cursor) as bigint) * BigInt(factor);
  return (cursor) => {
    const product = Number(read(cursor)) * factor;
    if (Number.isSafeInteger(product)) return product;
    throw new DecodeError("UNSAFE_LONG", `${product} is beyond ±(2^53-1), and not declared "jsType": "bigint"`);
  };
}

/** A symbol that the reader does not have becomes its default; without one the reader cannot read the writer. */
function resolveEnum(writer: EnumNode, reader: EnumNode): Read | string {
  if (!namesMatch(writer, reader)) return `enum ${writer.name} is not ${reader.name}, by name or alias`;
  const known = new Set(reader.symbols);
  const symbols = writer.symbols.map((symbol) => (known.has(symbol) ? symbol : reader.default));
  const missing = writer.symbols.filter((_, index) => symbols[index] === undefined);
  if (missing.length > 0) return `enum ${reader.name} lacks ${missing.join(", ")}, and has no default`;
  return (cursor) => symbols[cursor.readIndex(symbols.length, writer.name)];
}
