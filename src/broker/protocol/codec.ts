import { ProtocolError } from "./errors.ts";
import type { Decoded, Encodable, Field, Fields, Range, Records } from "./field.ts";
import { Reader } from "./reader.ts";
import { Writer } from "./writer.ts";

/** One message in one version: how its bytes are written and read. */
export interface Codec<F extends Fields> {
  write(writer: Writer, message: Encodable<F>): void;
  read(reader: Reader): Decoded<F>;
}

/** Flexible versions (KIP-482) have compact lengths and tagged fields. */
interface Form {
  readonly version: number;
  readonly flexible: boolean;
}

type Write = (writer: Writer, value: unknown) => void;
type Read = (reader: Reader) => unknown;

interface Compiled {
  readonly write: Write;
  readonly read: Read;
}

const within = ({ first, last }: Range, version: number): boolean => first <= version && version <= last;

/** Builds the codec of a message in one version. It is worth keeping: building walks the whole declaration. */
export function codecOf<F extends Fields>(fields: F, version: number, flexible: boolean): Codec<F> {
  const { write, read } = structOf(fields, { version, flexible });
  return {
    write,
    // The declaration is where both the type and what `read` builds come from.
    read: (reader) => read(reader) as Decoded<F>,
  };
}

/** Encodes one message, without a header. */
export function encode<F extends Fields>(fields: F, version: number, flexible: boolean, message: Encodable<F>): Buffer {
  const writer = new Writer();
  codecOf(fields, version, flexible).write(writer, message);
  return Buffer.concat(writer.pieces());
}

/** Decodes one message, without a header; throws a ProtocolError where the bytes are too few or too many. */
export function decode<F extends Fields>(fields: F, version: number, flexible: boolean, bytes: Buffer): Decoded<F> {
  const reader = new Reader(bytes);
  const message = codecOf(fields, version, flexible).read(reader);
  if (reader.left > 0) throw new ProtocolError(`${reader.left} bytes follow the message`);
  return message;
}

interface CompiledField extends Compiled {
  readonly name: string;
  readonly zero: unknown;
}

interface TaggedField extends CompiledField {
  readonly tag: number;
}

function structOf(fields: Fields, form: Form): Compiled {
  const plain: CompiledField[] = [];
  const tagged: TaggedField[] = [];
  const absent: (readonly [string, unknown])[] = [];
  for (const [name, field] of Object.entries(fields)) {
    const zero = zeroOf(field);
    if (!within(field.versions, form.version)) absent.push([name, zero]);
    else if (field.tag === undefined) plain.push({ name, zero, ...compile(field, form) });
    else if (form.flexible) tagged.push({ name, zero, tag: field.tag, ...compile(field, form) });
    else absent.push([name, zero]);
  }
  tagged.sort((one, other) => one.tag - other.tag);
  return {
    write: (writer, value) => {
      // Types of the declaration say what the caller gives.
      const message = value as Readonly<Record<string, unknown>>;
      for (const { name, zero, write } of plain) write(writer, message[name] ?? orZero(message[name], zero));
      if (form.flexible) writeTagged(writer, tagged, message);
    },
    read: (reader) => {
      const message: Record<string, unknown> = {};
      for (const { name, read } of plain) message[name] = read(reader);
      for (const { name, zero } of tagged) message[name] = zero;
      for (const [name, zero] of absent) message[name] = zero;
      if (form.flexible) readTagged(reader, tagged, message);
      return message;
    },
  };
}

/** Null is a value of its own; only what was left out has the default. */
const orZero = (value: unknown, zero: unknown): unknown => (value === undefined ? zero : value);

/** A struct's default is the default of each of its fields. */
function zeroOf({ wire, zero, nullable }: Field<unknown, unknown, boolean>): unknown {
  if (wire.kind !== "struct" || nullable.last >= 0) return zero;
  return Object.fromEntries(Object.entries(wire.fields).map(([name, field]) => [name, zeroOf(field)]));
}

function writeTagged(writer: Writer, tagged: readonly TaggedField[], message: Readonly<Record<string, unknown>>): void {
  const present = tagged.filter(
    ({ name, zero }) => message[name] !== undefined && !Bun.deepEquals(message[name], zero),
  );
  writer.uvarint(present.length);
  for (const { name, tag, write } of present) {
    const inner = new Writer();
    write(inner, message[name]);
    writer.uvarint(tag);
    writer.uvarint(inner.length);
    for (const piece of inner.pieces()) writer.raw(piece);
  }
}

/** Tags that are not known are passed over: a newer client may send them in any version. */
function readTagged(reader: Reader, tagged: readonly TaggedField[], message: Record<string, unknown>): void {
  for (let left = reader.elements(reader.uvarint()); left > 0; left--) {
    const tag = reader.uvarint();
    const inner = new Reader(reader.raw(reader.uvarint()));
    const field = tagged.find((one) => one.tag === tag);
    if (field) message[field.name] = field.read(inner);
  }
}

function compile(field: Field<unknown, unknown, boolean>, form: Form): Compiled {
  const nullable = within(field.nullable, form.version);
  const { wire } = field;
  switch (wire.kind) {
    case "string":
      return sized(form.flexible ? COMPACT : SHORT, nullable, TEXT);
    case "fixedString":
      return sized(SHORT, nullable, TEXT);
    case "bytes":
    case "records":
      return sized(form.flexible ? COMPACT : LONG, nullable, wire.kind === "bytes" ? BYTES : RECORDS);
    case "array":
      return arrayOf(compile(wire.of, form), form.flexible ? COMPACT : LONG, nullable);
    case "struct":
      return nullable ? nullableStruct(structOf(wire.fields, form)) : structOf(wire.fields, form);
    default:
      return PRIMITIVES[wire.kind];
  }
}

/** How a length stands before what it counts; -1 is null. */
interface Length {
  write(writer: Writer, length: number): void;
  read(reader: Reader): number;
}

const SHORT: Length = { write: (writer, length) => writer.int16(length), read: (reader) => reader.int16() };
const LONG: Length = { write: (writer, length) => writer.int32(length), read: (reader) => reader.int32() };
const COMPACT: Length = {
  write: (writer, length) => writer.uvarint(length + 1),
  read: (reader) => reader.uvarint() - 1,
};

interface Body {
  write(writer: Writer, value: unknown, length: Length): void;
  read(reader: Reader, length: number): unknown;
}

// Each `as` below is what the declaration's type has promised for that kind of field.
const TEXT: Body = {
  write: (writer, value, length) => {
    const bytes = Buffer.from(value as string);
    if (length === SHORT && bytes.length > 0x7fff) throw new ProtocolError(`a string has ${bytes.length} bytes`);
    length.write(writer, bytes.length);
    writer.raw(bytes);
  },
  read: (reader, length) => reader.text(length),
};

const BYTES: Body = {
  write: (writer, value, length) => {
    const bytes = value as Buffer;
    length.write(writer, bytes.length);
    writer.raw(bytes);
  },
  read: (reader, length) => reader.raw(length),
};

const RECORDS: Body = {
  write: (writer, value, length) => {
    const given = value as Records;
    const pieces = Buffer.isBuffer(given) ? [given] : given;
    length.write(
      writer,
      pieces.reduce((sum, piece) => sum + piece.length, 0),
    );
    for (const piece of pieces) writer.raw(piece);
  },
  read: (reader, length) => reader.raw(length),
};

function sized(length: Length, nullable: boolean, body: Body): Compiled {
  return {
    write: (writer, value) => {
      if (value !== null) return body.write(writer, value, length);
      if (!nullable) throw new ProtocolError("null is given where this version takes none");
      length.write(writer, -1);
    },
    read: (reader) => {
      const size = length.read(reader);
      if (size >= 0) return body.read(reader, size);
      if (nullable && size === -1) return null;
      throw new ProtocolError(`a length of ${size} is given where this version takes none below 0`);
    },
  };
}

function arrayOf(element: Compiled, length: Length, nullable: boolean): Compiled {
  const body: Body = {
    write: (writer, value) => {
      const list = value as readonly unknown[];
      length.write(writer, list.length);
      for (const one of list) element.write(writer, one);
    },
    read: (reader, size) => {
      const list: unknown[] = [];
      for (let left = reader.elements(size); left > 0; left--) list.push(element.read(reader));
      return list;
    },
  };
  return sized(length, nullable, body);
}

/** A byte says whether a struct that may be null is there. */
function nullableStruct({ write, read }: Compiled): Compiled {
  return {
    write: (writer, value) => {
      writer.int8(value === null ? -1 : 1);
      if (value !== null) write(writer, value);
    },
    read: (reader) => (reader.int8() < 0 ? null : read(reader)),
  };
}

const PRIMITIVES = {
  int8: { write: (writer, value) => writer.int8(value as number), read: (reader) => reader.int8() },
  int16: { write: (writer, value) => writer.int16(value as number), read: (reader) => reader.int16() },
  uint16: { write: (writer, value) => writer.uint16(value as number), read: (reader) => reader.uint16() },
  int32: { write: (writer, value) => writer.int32(value as number), read: (reader) => reader.int32() },
  uint32: { write: (writer, value) => writer.uint32(value as number), read: (reader) => reader.uint32() },
  int64: { write: (writer, value) => writer.int64(value as bigint), read: (reader) => reader.int64() },
  float64: { write: (writer, value) => writer.float64(value as number), read: (reader) => reader.float64() },
  bool: { write: (writer, value) => writer.int8(value === true ? 1 : 0), read: (reader) => reader.int8() !== 0 },
  uuid: {
    write: (writer, value) => writer.raw(Buffer.from(value as string, "base64url")),
    read: (reader) => reader.raw(16).toString("base64url"),
  },
} as const satisfies Record<string, Compiled>;
