import { ProtocolError } from "./errors.ts";

/**
 * How many elements all arrays of one message may have together. A frame of Kafka's largest size could otherwise claim a
 * hundred million of them, each an object here.
 */
export const ELEMENTS_MAX = 500_000;

/** Takes Kafka's primitive types out of bytes. Every length is compared with what is left before anything is allocated. */
export class Reader {
  readonly #bytes: Buffer;
  #at = 0;
  #elements = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Bytes not read yet. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  int8(): number {
    return this.#bytes.readInt8(this.#take(1));
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#take(2));
  }

  uint16(): number {
    return this.#bytes.readUInt16BE(this.#take(2));
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#take(4));
  }

  uint32(): number {
    return this.#bytes.readUInt32BE(this.#take(4));
  }

  int64(): bigint {
    return this.#bytes.readBigInt64BE(this.#take(8));
  }

  float64(): number {
    return this.#bytes.readDoubleBE(this.#take(8));
  }

  uvarint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#bytes.readUInt8(this.#take(1));
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (value > 0xffffffff) break;
        return value;
      }
    }
    throw new ProtocolError("a varint has more than 32 bits");
  }

  /** A piece of the frame: it shares its memory. */
  raw(length: number): Buffer {
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  text(length: number): string {
    const start = this.#take(length);
    return this.#bytes.utf8Slice(start, start + length);
  }

  /** Allows for an array of so many elements; each takes a byte at the least. */
  elements(count: number): number {
    this.#elements += count;
    if (count > this.left || this.#elements > ELEMENTS_MAX) {
      throw new ProtocolError(`an array claims ${count} elements, with ${this.left} bytes left in the frame`);
    }
    return count;
  }

  #take(length: number): number {
    const start = this.#at;
    if (length < 0 || start + length > this.#bytes.length) {
      throw new ProtocolError(`${length} bytes are wanted at byte ${start} of a frame of ${this.#bytes.length}`);
    }
    this.#at = start + length;
    return start;
  }
}
