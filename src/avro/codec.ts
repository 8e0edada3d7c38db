import { createChecks, invalidValue } from "./check.ts";
import { Cursor } from "./cursor.ts";
import { createDecoder } from "./resolve.ts";
import type { Schema } from "./schema.ts";
import { FRAME_HEADER_BYTES, writeHeader } from "./wire.ts";
import { createWriters, MISMATCH } from "./write.ts";

/** Values up to this size are written into a buffer that the codec keeps; larger ones are measured, then written. */
const SCRATCH_BYTES = 16 * 1024;

/** Writes and reads the values of one schema. */
export interface Codec {
  readonly schema: Schema;
  /**
   * Avro binary of a value: JSON as people write it, or what `decode` returns. With `frameId` the bytes come in a
   * Confluent frame, in the same allocation.
   * @throws InvalidValue with all problems.
   */
  encode(value: unknown, frameId?: number): Buffer;
  /** @throws DecodeError */
  decode(payload: Uint8Array): unknown;
}

/** Compiles a schema. Costs about a millisecond: keep the codec. */
export function createCodec(schema: Schema): Codec {
  const checks = createChecks();
  const check = checks.check(schema.root);
  const write = createWriters(checks)(schema.root);
  const scratch = Buffer.allocUnsafe(SCRATCH_BYTES);
  const cursor = new Cursor(scratch);
  return {
    schema,
    encode(value, frameId) {
      const start = frameId === undefined ? 0 : FRAME_HEADER_BYTES;
      try {
        const bytes = bytesOf(value, start);
        if (frameId !== undefined) writeHeader(bytes, frameId);
        return bytes;
      } catch (error) {
        if (error === MISMATCH) throw invalidValue(check, value);
        throw error;
      }
    },
    decode: createDecoder(schema, schema),
  };

  function bytesOf(value: unknown, start: number): Buffer {
    cursor.reset(scratch, start);
    write(cursor, value);
    const size = cursor.pos;
    const bytes = Buffer.allocUnsafe(size);
    if (size <= SCRATCH_BYTES) {
      scratch.copy(bytes, start, start, size);
    } else {
      // Past the end nothing was written, but the position says how much room it takes.
      cursor.reset(bytes, start);
      write(cursor, value);
    }
    return bytes;
  }
}
