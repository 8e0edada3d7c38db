import { VarintReader } from "../../../records/index.ts";

/**
 * Goes through the records of a batch, unpacked, one after the other, and says of each where it lies; nothing is copied.
 * Stops, with `bad` set, at a record whose lengths do not add up.
 */
export class RecordWalk {
  readonly #reader: VarintReader;
  readonly #end: number;
  /** Where the record begins, with its length, and ends. */
  start = 0;
  end = 0;
  timestampDelta = 0;
  /** Where what follows the timestamp begins. */
  offsetDeltaAt = 0;
  offsetDelta = 0;
  keyAt = 0;
  /** -1 where the key is null. */
  keyLength = 0;
  valueAt = 0;
  valueLength = 0;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.#reader = new VarintReader(bytes, at, end);
    this.#end = end;
  }

  get bad(): boolean {
    return this.#reader.bad;
  }

  /** Bytes behind the last record gone through. */
  get left(): number {
    return this.#end - this.#reader.at;
  }

  /** Steps to the next record; false where there is none, or it is bad. */
  next(): boolean {
    const reader = this.#reader;
    if (reader.at >= this.#end || reader.bad) return false;
    this.start = reader.at;
    const length = reader.int();
    this.end = reader.at + length;
    reader.at++; // The attributes of a record are unused.
    this.timestampDelta = reader.long();
    this.offsetDeltaAt = reader.at;
    this.offsetDelta = reader.int();
    this.keyLength = reader.int();
    this.keyAt = reader.skip(this.keyLength);
    this.valueLength = reader.int();
    this.valueAt = reader.skip(this.valueLength);
    skipHeaders(reader);
    if (length < 0 || reader.at !== this.end || this.end > this.#end) reader.bad = true;
    return !reader.bad;
  }
}

function skipHeaders(reader: VarintReader): void {
  const count = reader.int();
  if (count < 0) reader.bad = true;
  for (let index = 0; index < count && !reader.bad; index++) {
    const nameLength = reader.int();
    if (nameLength < 0) reader.bad = true;
    reader.skip(nameLength);
    reader.skip(reader.int());
  }
}
