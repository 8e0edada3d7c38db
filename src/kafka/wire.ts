import { KafkaError } from "./errors.ts";

/** Writes the fixed-size types of Kafka's protocol, big-endian, into a buffer that grows. */
export class WireWriter {
  #bytes: Buffer;
  #size = 0;

  constructor(capacity = 256) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  int8(value: number): this {
    this.#size = this.#room(1).writeInt8(value, this.#size);
    return this;
  }

  int16(value: number): this {
    this.#size = this.#room(2).writeInt16BE(value, this.#size);
    return this;
  }

  int32(value: number): this {
    this.#size = this.#room(4).writeInt32BE(value, this.#size);
    return this;
  }

  int64(value: bigint): this {
    this.#size = this.#room(8).writeBigInt64BE(value, this.#size);
    return this;
  }

  boolean(value: boolean): this {
    return this.int8(value ? 1 : 0);
  }

  string(value: string): this {
    const length = Buffer.byteLength(value);
    this.int16(length);
    this.#size += this.#room(length).write(value, this.#size);
    return this;
  }

  nullableString(value: string | null): this {
    return value === null ? this.int16(-1) : this.string(value);
  }

  /** A four-byte length, then the bytes. */
  bytes(value: Uint8Array): this {
    return this.int32(value.length).raw(value);
  }

  raw(value: Uint8Array): this {
    this.#room(value.length).set(value, this.#size);
    this.#size += value.length;
    return this;
  }

  array<T>(items: readonly T[], each: (item: T, to: this) => void): this {
    this.int32(items.length);
    for (const item of items) each(item, this);
    return this;
  }

  /** What was written; a view, not a copy. */
  done(): Buffer {
    return this.#bytes.subarray(0, this.#size);
  }

  #room(bytes: number): Buffer {
    if (this.#size + bytes > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#size + bytes));
      this.#bytes.copy(grown, 0, 0, this.#size);
      this.#bytes = grown;
    }
    return this.#bytes;
  }
}

/** Reads what a broker sent. Every read is checked against the end: a broken answer is MALFORMED_ANSWER, not a crash. */
export class WireReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  int8(): number {
    return this.#bytes.readInt8(this.#take(1));
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#take(2));
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#take(4));
  }

  int64(): bigint {
    return this.#bytes.readBigInt64BE(this.#take(8));
  }

  boolean(): boolean {
    return this.int8() !== 0;
  }

  string(): string {
    const value = this.nullableString();
    if (value === null) throw malformed("a string is null");
    return value;
  }

  nullableString(): string | null {
    const length = this.int16();
    if (length === -1) return null;
    const at = this.#take(length);
    return this.#bytes.toString("utf8", at, at + length);
  }

  /** A four-byte length, then the bytes: a view. */
  nullableBytes(): Buffer | null {
    const length = this.int32();
    if (length === -1) return null;
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  array<T>(each: (from: this) => T): T[] {
    const count = this.int32();
    // An element has at least one byte, so a count beyond the rest is a lie: refuse it before allocating.
    if (count > this.remaining()) throw malformed(`an array of ${count} elements in ${this.remaining()} bytes`);
    const items: T[] = [];
    for (let index = 0; index < count; index++) items.push(each(this));
    return items;
  }

  remaining(): number {
    return this.#bytes.length - this.#at;
  }

  #take(bytes: number): number {
    const at = this.#at;
    if (bytes < 0 || bytes > this.remaining()) throw malformed(`${bytes} bytes wanted, ${this.remaining()} left`);
    this.#at += bytes;
    return at;
  }
}

function malformed(what: string): KafkaError {
  return new KafkaError("MALFORMED_ANSWER", what);
}
