/**
 * Zigzag varints of record batches (Kafka's varint and varlong): small numbers of either sign take few bytes. A decoder
 * keeps its place in `at`; what runs past the end of the bytes, or is too long, sets `bad`, since every byte comes from
 * somebody else and a record is checked as a whole. Who would rather have an error says so in `fail`.
 */
export class VarintReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  at: number;
  bad = false;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  int(): number {
    const first = this.bytes[this.at];
    if (first !== undefined && first < 0x80 && this.at < this.end) {
      this.at++;
      return (first >>> 1) ^ -(first & 1);
    }
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#next();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
    }
    this.fail("varint longer than five bytes");
    return 0;
  }

  /** Exact up to 2^52, which is far beyond every difference of two dates. */
  long(): number {
    let value = 0;
    let scale = 1;
    for (let read = 0; read < 10; read++) {
      const byte = this.#next();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      scale *= 128;
    }
    this.fail("varint longer than ten bytes");
    return 0;
  }

  /** Steps over a field of `length` bytes, -1 being Kafka's null, and returns where it begins. */
  skip(length: number): number {
    const from = this.at;
    if (length > 0) this.at += length;
    if (length < -1 || this.at > this.end) this.fail(`field claims ${length} bytes`);
    return from;
  }

  /** What cannot be read. */
  protected fail(_why: string): void {
    this.bad = true;
  }

  #next(): number {
    const byte = this.at < this.end ? this.bytes[this.at++] : undefined;
    if (byte === undefined) this.fail("record runs past the end of its batch");
    return byte ?? 0;
  }
}

/** Bytes that an integer of 32 bits takes. */
export function varintSize(value: number): number {
  let rest = zigzag(value);
  let bytes = 1;
  while (rest > 0x7f) {
    rest >>>= 7;
    bytes++;
  }
  return bytes;
}

/** Writes an integer of 32 bits and returns the position behind it. */
export function writeVarint(into: Uint8Array, at: number, value: number): number {
  let rest = zigzag(value);
  let to = at;
  for (; rest > 0x7f; rest >>>= 7) into[to++] = (rest & 0x7f) | 0x80;
  into[to++] = rest;
  return to;
}

/** Writes an integer that a number holds exactly, and returns the position behind it. */
export function writeVarlong(into: Uint8Array, at: number, value: number): number {
  if ((value | 0) === value) return writeVarint(into, at, value);
  let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
  let to = at;
  for (; rest > 0x7fn; rest >>= 7n) into[to++] = Number(rest & 0x7fn) | 0x80;
  into[to++] = Number(rest);
  return to;
}

/** The longest form of an integer of 32 bits, and of one of 64. */
export const VARINT_BYTES_MAX = 5;
export const VARLONG_BYTES_MAX = 10;

const zigzag = (value: number): number => ((value << 1) ^ (value >> 31)) >>> 0;
