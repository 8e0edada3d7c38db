import type { Schema } from "./schema.ts";

/** Turns the bytes of one value into the reader's shape. Throws DecodeError. */
export type Decoder = (payload: Uint8Array) => unknown;

/**
 * Compiles a decoder of the writer's bytes into the reader's shape. Names match on the simple name or a reader alias.
 * @throws Unreadable with every reason.
 */
export function createDecoder(_writer: Schema, _reader: Schema): Decoder {
  throw new Error("not yet");
}
