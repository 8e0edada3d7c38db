import {
  type Codec,
  createCodec,
  DecodeError,
  InvalidValue,
  parseSchema,
  SchemaError,
  Unreadable,
} from "../../src/avro/index.ts";

/** A codec of a schema written in the test. */
export const codecOf = (json: unknown): Codec => createCodec(parseSchema(json));

/** A codec of a record with one field `f`. */
export const fieldCodec = (type: unknown, rest: object = {}): Codec =>
  codecOf({ type: "record", name: "R", fields: [{ name: "f", type, ...rest }] });

/** What comes back of a value. */
export const roundTrip = (codec: Codec, value: unknown): unknown => codec.decode(codec.encode(value));

/** The messages of what is wrong with a value, by pointer. */
export function problemsOf(codec: Codec, value: unknown): Record<string, string> {
  const error = thrownBy(() => codec.encode(value));
  if (!(error instanceof InvalidValue)) throw error;
  return Object.fromEntries(error.problems.map(({ pointer, message }) => [pointer, message]));
}

/** The messages of what is wrong with a schema, by pointer. */
export function schemaProblemsOf(json: unknown): Record<string, string> {
  const error = thrownBy(() => parseSchema(json));
  if (!(error instanceof SchemaError)) throw error;
  return Object.fromEntries(error.problems.map(({ pointer, message }) => [pointer, message]));
}

/** Why bytes cannot be decoded. */
export function decodeErrorOf(decode: () => unknown): keyof typeof import("../../src/avro/index.ts").DECODE_ERRORS {
  const error = thrownBy(decode);
  if (!(error instanceof DecodeError)) throw error;
  return error.kind;
}

/** Why a reader cannot read what a writer writes. */
export function reasonsOf(compile: () => unknown): readonly string[] {
  const error = thrownBy(compile);
  if (!(error instanceof Unreadable)) throw error;
  return error.reasons;
}

export function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return new Error("nothing was thrown");
}

export const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(" ", ""), "hex");
