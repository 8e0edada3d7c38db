import type { Cursor } from "./cursor.ts";

/** A type that holds no other types: how its values look in JSON, in JavaScript and on the wire. */
export interface Leaf<T> {
  /** What is asked for, in words that go after "expected". */
  readonly expected: string;
  readonly wire: Wire<T>;
  /** What values look like once decoded. A union whose branches share a look is wrapped. */
  readonly looks: readonly Look[];
  /** Looks that are taken as well, where no other branch of the union has them. */
  readonly takes: readonly Look[];
  /** JSON or decoded value → what goes on the wire. */
  convert(value: unknown): T | Refusal;
  /** What came from the wire → decoded value; undefined where that is the same. */
  readonly present?: ((wire: T) => unknown) | undefined;
}

/** How values of one Avro type are written and read. */
export interface Wire<T> {
  readonly type: WireType;
  write(cursor: Cursor, value: T): void;
  read(cursor: Cursor): T;
}

/** Avro's types, and `bigint` for a long that is one in JavaScript. */
export type WireType =
  | "null"
  | "boolean"
  | "int"
  | "long"
  | "bigint"
  | "float"
  | "double"
  | "bytes"
  | "string"
  | "enum"
  | "fixed";

/** Which values look alike to somebody who has only the value. */
export type Look = "null" | "boolean" | "number" | "string" | "bytes" | "date" | "array" | "object";

/** Why a value does not fit: in its own words, or else "expected …, found …". */
export class Refusal {
  readonly message: string | undefined;

  constructor(message?: string) {
    this.message = message;
  }
}

/** The value is of another kind, and there is no more to say. */
export const MISFIT = new Refusal();

export function lookOf(value: unknown): Look | undefined {
  switch (typeof value) {
    case "string":
      return "string";
    case "boolean":
      return "boolean";
    case "number":
    case "bigint":
      return "number";
    case "object":
      if (value === null) return "null";
      if (Array.isArray(value)) return "array";
      if (value instanceof Uint8Array) return "bytes";
      return value instanceof Date ? "date" : "object";
    default:
      return undefined;
  }
}

/** How the wire types are written and read; enum and fixed depend on their schema and are not among them. */
export const WIRES = {
  null: { type: "null", write: () => {}, read: () => null } satisfies Wire<null>,
  boolean: {
    type: "boolean",
    write: (c, v) => c.writeBoolean(v),
    read: (c) => c.readBoolean(),
  } satisfies Wire<boolean>,
  int: { type: "int", write: (c, v) => c.writeInt(v), read: (c) => c.readInt() } satisfies Wire<number>,
  long: { type: "long", write: (c, v) => c.writeLong(v), read: (c) => c.readLong() } satisfies Wire<number>,
  bigint: { type: "bigint", write: (c, v) => c.writeBigLong(v), read: (c) => c.readBigLong() } satisfies Wire<bigint>,
  float: { type: "float", write: (c, v) => c.writeFloat(v), read: (c) => c.readFloat() } satisfies Wire<number>,
  double: { type: "double", write: (c, v) => c.writeDouble(v), read: (c) => c.readDouble() } satisfies Wire<number>,
  bytes: { type: "bytes", write: (c, v) => c.writeBytes(v), read: (c) => c.readBytes() } satisfies Wire<Buffer>,
  string: { type: "string", write: (c, v) => c.writeString(v), read: (c) => c.readString() } satisfies Wire<string>,
} as const;
