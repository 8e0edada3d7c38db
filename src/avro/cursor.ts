// Named here, the types come along into the program of whoever imports this.
/// <reference path="./avsc-utils.d.ts" />
import { Tap } from "avsc/lib/utils.js";
import type { Choices, Walk } from "./choice.ts";
import { DecodeError } from "./errors.ts";
import { plural } from "./plural.ts";

/** How deep a value of a recursive type may go. The call stack would hold several times as much. */
export const DEPTH_MAX = 1_000;

/**
 * How many array items or map values that take no bytes (nulls, empty records) one payload may claim in all. Items that
 * take bytes are bounded by the bytes that are there.
 */
export const EMPTY_ITEMS_MAX = 100_000;

/** More bytes than a 64-bit varint has. */
const VARINT_BYTES_MAX = 10;

/** The longest string whose length takes one byte. */
const SHORT_LENGTH_MAX = 63;

const INT_MIN = -(2 ** 31);
const INT_MAX = 2 ** 31 - 1;

/**
 * A position in bytes that are written or read. avsc's Tap does the bytes; ours are longs, which avsc rounds below
 * -(2^52), and the checks that make it safe to read what strangers wrote.
 *
 * Like Tap it writes past the end without a word: `isValid` says so afterwards, and `pos` how much room was needed.
 */
export class Cursor extends Tap implements Walk {
  choices: Choices = new Map();
  depth = 0;
  #emptyItems = 0;

  /** Starts again, on other bytes. */
  reset(buf: Buffer, pos: number): void {
    this.buf = buf;
    this.pos = pos;
    this.depth = 0;
    if (this.choices.size > 0) this.choices = new Map();
  }

  /** Goes one level deeper; false where that is too deep. */
  enter(): boolean {
    return ++this.depth <= DEPTH_MAX;
  }

  leave(): void {
    this.depth--;
  }

  /** Bytes not yet read. */
  get left(): number {
    return this.buf.length - this.pos;
  }

  override writeLong(value: number): void {
    if (value >= -0x40000000 && value < 0x40000000) {
      super.writeLong(value);
      return;
    }
    // Zig-zag without ever doubling the number: the sign becomes the lowest bit, so no bit beyond 2^53 is needed.
    const negative = value < 0;
    const magnitude = negative ? -(value + 1) : value;
    // `&` takes the low bits of any whole number, also beyond 32 bits.
    const low = magnitude & 0x7fffffff;
    this.#writeGroups(low * 2 + (negative ? 1 : 0), (magnitude - low) / 2 ** 31);
  }

  /** Most strings of an event are short and ASCII: their bytes need not be counted first, nor handed to the engine. */
  override writeString(text: string): void {
    const { length } = text;
    if (length > SHORT_LENGTH_MAX) {
      super.writeString(text);
      return;
    }
    const { buf, pos } = this;
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) {
        super.writeString(text);
        return;
      }
      buf[pos + 1 + index] = code;
    }
    buf[pos] = length << 1;
    this.pos = pos + 1 + length;
  }

  writeBigLong(value: bigint): void {
    const bits = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
    this.#writeGroups(Number(bits & 0xffffffffn), Number(bits >> 32n));
  }

  /** The 64 bits of `low` and `high`, seven at a time, lowest first. */
  #writeGroups(low: number, high: number): void {
    const { buf } = this;
    let rest = low;
    let above = high;
    while (above !== 0 || rest > 0x7f) {
      buf[this.pos++] = (rest & 0x7f) | 0x80;
      rest = ((rest >>> 7) | (above << 25)) >>> 0;
      above >>>= 7;
    }
    buf[this.pos++] = rest;
  }

  readBoolean(): boolean {
    const byte = this.buf[this.pos++];
    if (byte === 0) return false;
    if (byte === 1) return true;
    throw byte === undefined ? this.tooShort() : new DecodeError("CORRUPT", `byte ${byte} is no boolean`);
  }

  readInt(): number {
    const value = this.#readVarint();
    if (value < INT_MIN || value > INT_MAX) throw new DecodeError("CORRUPT", `${value} is beyond an int's 32 bits`);
    return value;
  }

  readLong(): number {
    const value = this.#readVarint();
    if (Number.isSafeInteger(value)) return value;
    throw new DecodeError("UNSAFE_LONG", `a long near ${value}: beyond ±(2^53-1), and not declared "jsType": "bigint"`);
  }

  readBigLong(): bigint {
    const start = this.pos;
    const value = this.#readVarint();
    if (Number.isSafeInteger(value)) return BigInt(value);
    let bits = 0n;
    for (let index = start; index < this.pos; index++) {
      bits |= BigInt((this.buf[index] ?? 0) & 0x7f) << BigInt(7 * (index - start));
    }
    return BigInt.asIntN(64, (bits >> 1n) ^ -(bits & 1n));
  }

  /** The index of a union's branch or an enum's symbol. */
  readIndex(count: number, of: string): number {
    const index = this.#readVarint();
    if (index >= 0 && index < count) return index;
    throw new DecodeError("CORRUPT", `index ${index} in ${of}, which has ${count}`);
  }

  override readString(): string {
    const end = this.#endOf(this.#readVarint());
    const text = this.buf.utf8Slice(this.pos, end);
    this.pos = end;
    return text;
  }

  /** A string that is declared a uuid, as it came; StrictCursor looks at it. */
  readUuid(): string {
    return this.readString();
  }

  /** A copy: a view would keep the whole batch of records in memory. */
  readBytes(): Buffer {
    return this.readFixed(this.#readVarint());
  }

  readFixed(size: number): Buffer {
    const end = this.#endOf(size);
    const bytes = Buffer.allocUnsafe(size);
    this.buf.copy(bytes, 0, this.pos, end);
    this.pos = end;
    return bytes;
  }

  skip(size: number): void {
    this.pos = this.#endOf(size);
  }

  skipLong(): void {
    this.#readVarint();
  }

  skipBytes(): void {
    this.skip(this.#readVarint());
  }

  /**
   * The count of an array's or map's next block, 0 at the end. `itemBytesMin` is the least one item takes: a block
   * that claims more items than the bytes left could hold is refused before anything is allocated.
   */
  readBlock(itemBytesMin: number): number {
    let count = this.#readVarint();
    if (count < 0) {
      count = -count;
      // A negative count is followed by the block's size in bytes (Avro spec, Binary encoding: arrays).
      this.#endOf(this.#readVarint());
    }
    if (count * itemBytesMin > this.left) {
      throw new DecodeError("CORRUPT", `${plural(count, "item")} in ${plural(this.left, "byte")}`);
    }
    if (itemBytesMin === 0) this.#countEmpty(count);
    return count;
  }

  tooShort(): DecodeError {
    return new DecodeError("TOO_SHORT", `the bytes end after ${this.buf.length}, within the value`);
  }

  #countEmpty(count: number): void {
    this.#emptyItems += count;
    if (this.#emptyItems > EMPTY_ITEMS_MAX) {
      throw new DecodeError("CORRUPT", `more than ${EMPTY_ITEMS_MAX} items that take no bytes`);
    }
  }

  #endOf(size: number): number {
    const end = this.pos + size;
    if (size >= 0 && end <= this.buf.length) return end;
    if (size < 0) throw new DecodeError("CORRUPT", `length ${size} is negative`);
    throw new DecodeError("TOO_SHORT", `length ${size} with ${plural(Math.max(0, this.left), "byte")} left`);
  }

  /**
   * A zig-zag varint. Exact up to ±(2^53-1) and certainly beyond that where the true value is: the sign bit is taken
   * off first, so the magnitude is summed without it, unlike in avsc.
   */
  #readVarint(): number {
    const { buf } = this;
    let pos = this.pos;
    // Past the end there is undefined, which the bit operators take for 0; whoever calls checks the position.
    let byte = buf[pos++] as number;
    const negative = byte & 1;
    let magnitude = (byte & 0x7f) >> 1;
    for (let shift = 6; byte & 0x80 && shift < 27; shift += 7) {
      byte = buf[pos++] as number;
      magnitude |= (byte & 0x7f) << shift;
    }
    for (let scale = 2 ** 27; byte & 0x80; scale *= 128) {
      byte = buf[pos++] as number;
      magnitude += (byte & 0x7f) * scale;
      const length = pos - this.pos;
      if (length > VARINT_BYTES_MAX || (length === VARINT_BYTES_MAX && byte > 1)) {
        throw new DecodeError("CORRUPT", "a number of more than 64 bits");
      }
    }
    if (pos > buf.length) throw this.tooShort();
    this.pos = pos;
    return negative ? -magnitude - 1 : magnitude;
  }
}
