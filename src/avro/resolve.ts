import { Cursor } from "./cursor.ts";
import { DecodeError, Unreadable } from "./errors.ts";
import { type Read, type Resolution, resolve } from "./read.ts";
import type { Schema } from "./schema.ts";
import { asBuffer } from "./text.ts";

/** Turns the bytes of one value into the reader's shape. Throws DecodeError. */
export type Decoder = (payload: Uint8Array) => unknown;

/**
 * Compiles a decoder of the writer's bytes into the reader's shape. Names match on the simple name or a reader alias.
 * Costs about a millisecond: keep the decoder, as `createDecoderCache` does.
 * @throws Unreadable with every reason.
 */
export function createDecoder(writer: Schema, reader: Schema): Decoder {
  const resolution: Resolution = { reasons: [], pairs: new Map() };
  const read = resolve(writer.root, reader.root, "", resolution);
  if (read === undefined || resolution.reasons.length > 0) throw new Unreadable([...new Set(resolution.reasons)]);
  return (payload) => decode(read, asBuffer(payload));
}

function decode(read: Read, payload: Buffer): unknown {
  const cursor = new Cursor(payload);
  const value = read(cursor);
  if (cursor.pos === payload.length) return value;
  // Floats are read past the end without a word.
  if (cursor.pos > payload.length) throw cursor.tooShort();
  throw new DecodeError("TRAILING_BYTES", `${cursor.left} bytes after the end of the value`);
}
