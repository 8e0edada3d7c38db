/** From this size on bytes are passed along as they are, since copying them would cost more than another piece. */
const REFERENCED_BYTES_MIN = 1024;

const FIRST_BYTES = 256;

/** Puts Kafka's primitive types into bytes, in pieces: record batches are referred to, not copied. */
export class Writer {
  #buffer = Buffer.allocUnsafe(FIRST_BYTES);
  #at = 0;
  #began = 0;
  #pieces: Buffer[] = [];
  #doneBytes = 0;

  /** Bytes written so far. */
  get length(): number {
    return this.#doneBytes + this.#at - this.#began;
  }

  int8(value: number): void {
    this.#room(1);
    this.#at = this.#buffer.writeInt8(value, this.#at);
  }

  int16(value: number): void {
    this.#room(2);
    this.#at = this.#buffer.writeInt16BE(value, this.#at);
  }

  uint16(value: number): void {
    this.#room(2);
    this.#at = this.#buffer.writeUInt16BE(value, this.#at);
  }

  int32(value: number): void {
    this.#room(4);
    this.#at = this.#buffer.writeInt32BE(value, this.#at);
  }

  uint32(value: number): void {
    this.#room(4);
    this.#at = this.#buffer.writeUInt32BE(value, this.#at);
  }

  int64(value: bigint): void {
    this.#room(8);
    this.#at = this.#buffer.writeBigInt64BE(value, this.#at);
  }

  float64(value: number): void {
    this.#room(8);
    this.#at = this.#buffer.writeDoubleBE(value, this.#at);
  }

  /** An unsigned number in as few bytes as it needs, seven bits each. */
  uvarint(value: number): void {
    this.#room(5);
    let rest = value >>> 0;
    while (rest > 0x7f) {
      this.#buffer[this.#at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#buffer[this.#at++] = rest;
  }

  raw(bytes: Buffer): void {
    if (bytes.length >= REFERENCED_BYTES_MIN) {
      this.#refer(bytes);
      return;
    }
    this.#room(bytes.length);
    bytes.copy(this.#buffer, this.#at);
    this.#at += bytes.length;
  }

  /** Everything written, in order. The writer must not be used afterwards. */
  pieces(): Buffer[] {
    this.#cut();
    return this.#pieces;
  }

  #refer(bytes: Buffer): void {
    this.#cut();
    this.#pieces.push(bytes);
    this.#doneBytes += bytes.length;
  }

  #cut(): void {
    if (this.#at === this.#began) return;
    this.#pieces.push(this.#buffer.subarray(this.#began, this.#at));
    this.#doneBytes += this.#at - this.#began;
    this.#began = this.#at;
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const held = this.#buffer.subarray(this.#began, this.#at);
    const larger = Buffer.allocUnsafe(Math.max((held.length + bytes) * 2, FIRST_BYTES));
    held.copy(larger);
    this.#buffer = larger;
    this.#at = held.length;
    this.#began = 0;
  }
}
