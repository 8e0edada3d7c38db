import { Cursor } from "./cursor.ts";
import { DecodeError, Unreadable } from "./errors.ts";
import { plural } from "./plural.ts";
import { type Read, type Resolution, resolve } from "./read.ts";
import type { Schema } from "./schema.ts";
import { createSkips } from "./skip.ts";
import { StrictCursor } from "./strict-cursor.ts";
import { asBuffer } from "./text.ts";

/** Turns the bytes of one value into the reader's shape. Throws DecodeError. */
export type Decoder = (payload: Uint8Array) => unknown;

/**
 * Compiles a decoder of the writer's bytes into the reader's shape. Names match on the simple name or a reader alias.
 * Costs about a millisecond: keep the decoder, as `createDecoderCache` does.
 *
 * `strict` is for bytes that are about to be stored: it also refuses text that is not UTF-8 and a uuid that is none.
 * @throws Unreadable with every reason.
 */
export function createDecoder(writer: Schema, reader: Schema, { strict = false } = {}): Decoder {
  const resolution: Resolution = { reasons: [], pairs: new Map(), skip: createSkips() };
  const read = resolve(writer.root, reader.root, "", resolution);
  if (read === undefined || resolution.reasons.length > 0) throw new Unreadable([...new Set(resolution.reasons)]);
  const open = strict ? (bytes: Buffer) => new StrictCursor(bytes) : (bytes: Buffer) => new Cursor(bytes);
  return (payload) => decode(read, open(asBuffer(payload)));
}

function decode(read: Read, cursor: Cursor): unknown {
  const value = read(cursor);
  if (cursor.left === 0) return value;
  // Floats are read past the end without a word.
  if (cursor.left < 0) throw cursor.tooShort();
  throw new DecodeError("TRAILING_BYTES", `${plural(cursor.left, "byte")} after the end of the value`);
}
