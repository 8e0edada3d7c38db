import { DecodeError } from "./errors.ts";
import { plural } from "./plural.ts";

/** Confluent's frame: magic byte 0, the schema id as four bytes big-endian, then Avro binary. */
export const FRAME_HEADER_BYTES = 5;

/** The largest schema id: four bytes, signed, as the registry's Java has it. */
export const SCHEMA_ID_MAX = 2 ** 31 - 1;

/** Puts a Confluent frame around Avro binary. */
export function frame(schemaId: number, payload: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(FRAME_HEADER_BYTES + payload.length);
  writeHeader(framed, schemaId);
  framed.set(payload, FRAME_HEADER_BYTES);
  return framed;
}

/**
 * Takes a Confluent frame apart; the payload is a view, not a copy.
 * @throws DecodeError TOO_SHORT or WRONG_MAGIC_BYTE.
 */
export function unframe(bytes: Uint8Array): { schemaId: number; payload: Uint8Array } {
  const [magic, a, b, c, d] = bytes;
  if (magic !== undefined && magic !== 0) {
    throw new DecodeError("WRONG_MAGIC_BYTE", `the magic byte is ${magic}, not 0: no Confluent frame`);
  }
  if (a === undefined || b === undefined || c === undefined || d === undefined) {
    throw new DecodeError(
      "TOO_SHORT",
      `${plural(bytes.length, "byte")}; a Confluent frame begins with ${FRAME_HEADER_BYTES}`,
    );
  }
  const schemaId = (a << 24) | (b << 16) | (c << 8) | d;
  if (schemaId < 0) throw new DecodeError("CORRUPT", `schema id ${schemaId} is negative`);
  return { schemaId, payload: bytes.subarray(FRAME_HEADER_BYTES) };
}

/** Writes the five bytes before the payload. */
export function writeHeader(target: Uint8Array, schemaId: number): void {
  if (!Number.isInteger(schemaId) || schemaId < 0 || schemaId > SCHEMA_ID_MAX) {
    throw new RangeError(`schema id ${schemaId}: a whole number from 0 to ${SCHEMA_ID_MAX}`);
  }
  target[0] = 0;
  target[1] = schemaId >>> 24;
  target[2] = schemaId >>> 16;
  target[3] = schemaId >>> 8;
  target[4] = schemaId;
}
