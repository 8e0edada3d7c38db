/**
 * Zigzag varints of record batches (Kafka's varint and varlong, Protocol Buffers' sint): small numbers of either sign
 * take few bytes.
 */
export function varintSize(value: number): number {
  let rest = zigzag(value);
  let bytes = 1;
  while (rest > 0x7f) {
    rest >>>= 7;
    bytes++;
  }
  return bytes;
}

/** Writes a 32-bit integer and returns the position behind it. */
export function writeVarint(into: Uint8Array, at: number, value: number): number {
  let rest = zigzag(value);
  let to = at;
  while (rest > 0x7f) {
    into[to++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  into[to++] = rest;
  return to;
}

/** Writes an integer that a number holds exactly, and returns the position behind it. */
export function writeVarlong(into: Uint8Array, at: number, value: number): number {
  if ((value | 0) === value) return writeVarint(into, at, value);
  let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
  let to = at;
  while (rest > 0x7fn) {
    into[to++] = Number(rest & 0x7fn) | 0x80;
    rest >>= 7n;
  }
  into[to++] = Number(rest);
  return to;
}

/** The longest form of a 32-bit varint and of a 64-bit one. */
export const VARINT_BYTES_MAX = 5;
export const VARLONG_BYTES_MAX = 10;

function zigzag(value: number): number {
  return ((value << 1) ^ (value >> 31)) >>> 0;
}
