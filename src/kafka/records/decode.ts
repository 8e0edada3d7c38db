import {
  ATTRIBUTES,
  BASE_TIMESTAMP,
  COUNT,
  CRC,
  crc32c,
  LAST_OFFSET_DELTA,
  LENGTH,
  LENGTH_END,
  MAGIC,
  MAX_TIMESTAMP,
  PRODUCER_ID,
  RECORDS,
  VarintReader,
} from "../../records/index.ts";
import { decompress } from "../compression.ts";
import { KafkaError } from "../errors.ts";

/** A record as the log holds it. Key, value and headers are views of the fetched bytes, made when they are asked for. */
export interface IncomingRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Milliseconds since 1970: when it was produced or, where the topic says so, when it was appended. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** The last header of this name; undefined where there is none or its value is null. */
  header(name: string): Buffer | undefined;
  /** All headers in the order in which they were written; a name may come more than once. */
  headers(): [string, Buffer | null][];
}

/** What the header of one batch says, and where in the record set the batch lies. */
export interface BatchFrame {
  readonly start: number;
  readonly end: number;
  readonly baseOffset: bigint;
  /** The offset after the batch's last one, which compaction may have removed. */
  readonly nextOffset: bigint;
  readonly producerId: bigint;
  readonly transactional: boolean;
  /** Holds a transaction marker instead of records. */
  readonly control: boolean;
}

/** The whole batches of a fetched record set. A broker cuts the last batch off wherever the limit falls. */
export interface RecordSet {
  readonly frames: readonly BatchFrame[];
  /** Size of the batch that was cut off at the end; 0 where none was, or where its size was cut off too. */
  readonly cutOffBytes: number;
}

/** Far above what `message.max.bytes` is set to anywhere; a length beyond it is no length. */
export const BATCH_BYTES_MAX = 256 * 1024 * 1024;

/**
 * Finds the batches of a record set by their headers alone; nothing is decompressed or checked.
 * @throws KafkaError CORRUPT_MESSAGE, or UNSUPPORTED_FOR_MESSAGE_FORMAT for a log that an old Kafka wrote (magic 0 and 1)
 */
export function scanRecordSet(bytes: Buffer): RecordSet {
  const frames: BatchFrame[] = [];
  let start = 0;
  let reached: bigint | undefined;
  while (bytes.length - start >= LENGTH_END) {
    const end = start + LENGTH_END + batchLength(bytes, start);
    if (end > bytes.length) return { frames, cutOffBytes: end - start };
    const frame = frameAt(bytes, start, end);
    if (reached !== undefined && frame.baseOffset < reached) {
      throw corrupt(`batch at offset ${frame.baseOffset} comes after offset ${reached}`);
    }
    frames.push(frame);
    reached = frame.nextOffset;
    start = end;
  }
  return { frames, cutOffBytes: 0 };
}

/**
 * Decodes one batch: checks its CRC, decompresses it, and walks all of its records, so that no accessor of a record can
 * fail later. Adds those from `fromOffset` on to `into`; a broker answers with the whole batch that holds the offset asked for.
 * Returns the size of the records, unpacked.
 * @throws KafkaError CORRUPT_MESSAGE or UNSUPPORTED_COMPRESSION_TYPE
 */
export function decodeBatch(
  bytes: Buffer,
  frame: BatchFrame,
  { topic, partition, fromOffset }: { topic: string; partition: number; fromOffset: bigint },
  into: IncomingRecord[],
): number {
  const { start, end } = frame;
  const stored = bytes.readUInt32BE(start + CRC);
  if (crc32c(bytes.subarray(start + ATTRIBUTES, end)) !== stored) {
    throw corrupt(`CRC of the batch at offset ${frame.baseOffset} of ${topic}-${partition} does not match its bytes`);
  }
  const attributes = bytes.readInt16BE(start + ATTRIBUTES);
  const packed = bytes.subarray(start + RECORDS, end);
  const records = (attributes & COMPRESSION_BITS) === 0 ? packed : decompress(attributes & COMPRESSION_BITS, packed);
  const count = bytes.readInt32BE(start + COUNT);
  if (count < 0) throw corrupt(`batch at offset ${frame.baseOffset} claims ${count} records`);
  const appendTime = (attributes & APPEND_TIME_BIT) !== 0;
  const batch: Batch = {
    topic,
    partition,
    bytes: records,
    baseOffset: frame.baseOffset,
    baseTimestamp: int64(bytes, start + (appendTime ? MAX_TIMESTAMP : BASE_TIMESTAMP)),
    appendTime,
  };
  const skipBelow = fromOffset > frame.baseOffset ? Number(fromOffset - frame.baseOffset) : 0;
  walkRecords(batch, { count, skipBelow, lastDelta: bytes.readInt32BE(start + LAST_OFFSET_DELTA) }, into);
  return records.length;
}

/** Tells whether a control batch ends its producer's transaction by aborting it. */
export function isAbortMarker(bytes: Buffer, frame: BatchFrame): boolean {
  const key: IncomingRecord[] = [];
  decodeBatch(bytes, frame, { topic: "", partition: 0, fromOffset: frame.baseOffset }, key);
  // Control record key: version int16, type int16 (0 abort, 1 commit).
  const marker = key[0]?.key;
  return marker !== null && marker !== undefined && marker.length >= 4 && marker.readInt16BE(2) === 0;
}

const COMPRESSION_BITS = 0x07;
const APPEND_TIME_BIT = 0x08;
const TRANSACTIONAL_BIT = 0x10;
const CONTROL_BIT = 0x20;

/** What the records of a batch have in common. */
interface Batch {
  readonly topic: string;
  readonly partition: number;
  readonly bytes: Buffer;
  readonly baseOffset: bigint;
  readonly baseTimestamp: number;
  readonly appendTime: boolean;
}

function batchLength(bytes: Buffer, start: number): number {
  const length = bytes.readInt32BE(start + LENGTH);
  if (length < RECORDS - LENGTH_END || length > BATCH_BYTES_MAX) {
    // Magic 0 and 1 lie at the same place and may be shorter than a batch of magic 2.
    const magic = bytes[start + MAGIC];
    if (length > 0 && length < RECORDS && (magic === 0 || magic === 1)) throw unsupportedMagic(magic);
    throw corrupt(`batch claims ${length} bytes`);
  }
  return length;
}

function frameAt(bytes: Buffer, start: number, end: number): BatchFrame {
  const magic = bytes.readInt8(start + MAGIC);
  if (magic !== 2) throw magic === 0 || magic === 1 ? unsupportedMagic(magic) : corrupt(`batch of magic ${magic}`);
  const baseOffset = bytes.readBigInt64BE(start);
  const lastDelta = bytes.readInt32BE(start + LAST_OFFSET_DELTA);
  if (baseOffset < 0n || lastDelta < 0) throw corrupt(`batch from offset ${baseOffset} to ${lastDelta} after it`);
  const attributes = bytes.readInt16BE(start + ATTRIBUTES);
  return {
    start,
    end,
    baseOffset,
    nextOffset: baseOffset + BigInt(lastDelta) + 1n,
    producerId: bytes.readBigInt64BE(start + PRODUCER_ID),
    transactional: (attributes & TRANSACTIONAL_BIT) !== 0,
    control: (attributes & CONTROL_BIT) !== 0,
  };
}

/** The hot loop: about a microsecond a record is all there is, so it allocates one object each and no views. */
function walkRecords(
  batch: Batch,
  { count, skipBelow, lastDelta }: { count: number; skipBelow: number; lastDelta: number },
  into: IncomingRecord[],
): void {
  const reader = new RecordReader(batch.bytes);
  let previousDelta = -1;
  for (let index = 0; index < count; index++) {
    const length = reader.int();
    const end = reader.at + length;
    if (length < 0 || end > batch.bytes.length) throw corrupt(`record claims ${length} bytes`);
    reader.at++; // Attributes of a record are unused.
    const timestampDelta = reader.long();
    const offsetDelta = reader.int();
    if (offsetDelta <= previousDelta || offsetDelta > lastDelta) {
      throw corrupt(`record ${offsetDelta} follows record ${previousDelta} in a batch that ends with ${lastDelta}`);
    }
    previousDelta = offsetDelta;
    const keyLength = reader.int();
    const keyAt = reader.skip(keyLength);
    const valueLength = reader.int();
    const valueAt = reader.skip(valueLength);
    const headersAt = reader.at;
    skipHeaders(reader);
    if (reader.at !== end) throw corrupt(`record of ${length} bytes ends ${end - reader.at} bytes from its end`);
    if (offsetDelta < skipBelow) continue;
    into.push(new BatchRecord(batch, offsetDelta, timestampDelta, keyAt, keyLength, valueAt, valueLength, headersAt));
  }
  const left = batch.bytes.length - reader.at;
  if (left !== 0) throw corrupt(`${left} bytes are left behind the ${count} records of the batch`);
}

function skipHeaders(reader: RecordReader): void {
  const count = reader.int();
  if (count < 0) throw corrupt(`record claims ${count} headers`);
  for (let index = 0; index < count; index++) {
    const nameLength = reader.int();
    if (nameLength < 0) throw corrupt("header without a name");
    reader.skip(nameLength);
    reader.skip(reader.int());
  }
}

/** Fails typed where the bytes are no record. */
class RecordReader extends VarintReader {
  protected override fail(why: string): never {
    throw corrupt(why);
  }
}

class BatchRecord implements IncomingRecord {
  readonly #batch: Batch;
  readonly #offsetDelta: number;
  readonly #timestampDelta: number;
  readonly #keyAt: number;
  readonly #keyLength: number;
  readonly #valueAt: number;
  readonly #valueLength: number;
  readonly #headersAt: number;

  constructor(
    batch: Batch,
    offsetDelta: number,
    timestampDelta: number,
    keyAt: number,
    keyLength: number,
    valueAt: number,
    valueLength: number,
    headersAt: number,
  ) {
    this.#batch = batch;
    this.#offsetDelta = offsetDelta;
    this.#timestampDelta = timestampDelta;
    this.#keyAt = keyAt;
    this.#keyLength = keyLength;
    this.#valueAt = valueAt;
    this.#valueLength = valueLength;
    this.#headersAt = headersAt;
  }

  get topic(): string {
    return this.#batch.topic;
  }

  get partition(): number {
    return this.#batch.partition;
  }

  get offset(): bigint {
    return this.#batch.baseOffset + BigInt(this.#offsetDelta);
  }

  get timestamp(): number {
    const { baseTimestamp, appendTime } = this.#batch;
    return appendTime ? baseTimestamp : baseTimestamp + this.#timestampDelta;
  }

  get key(): Buffer | null {
    if (this.#keyLength < 0) return null;
    return this.#batch.bytes.subarray(this.#keyAt, this.#keyAt + this.#keyLength);
  }

  get value(): Buffer | null {
    if (this.#valueLength < 0) return null;
    return this.#batch.bytes.subarray(this.#valueAt, this.#valueAt + this.#valueLength);
  }

  header(name: string): Buffer | undefined {
    const { bytes } = this.#batch;
    const reader = new RecordReader(bytes, this.#headersAt);
    let foundAt = 0;
    let foundLength = -1;
    for (let left = reader.int(); left > 0; left--) {
      const nameLength = reader.int();
      const nameAt = reader.skip(nameLength);
      const valueLength = reader.int();
      const valueAt = reader.skip(valueLength);
      if (!spells(bytes, nameAt, nameLength, name)) continue;
      foundAt = valueAt;
      foundLength = valueLength;
    }
    return foundLength < 0 ? undefined : bytes.subarray(foundAt, foundAt + foundLength);
  }

  headers(): [string, Buffer | null][] {
    const { bytes } = this.#batch;
    const reader = new RecordReader(bytes, this.#headersAt);
    const all: [string, Buffer | null][] = [];
    for (let left = reader.int(); left > 0; left--) {
      const nameLength = reader.int();
      const nameAt = reader.skip(nameLength);
      const valueLength = reader.int();
      const valueAt = reader.skip(valueLength);
      const value = valueLength < 0 ? null : bytes.subarray(valueAt, valueAt + valueLength);
      all.push([bytes.toString("utf8", nameAt, nameAt + nameLength), value]);
    }
    return all;
  }
}

/** Compares byte by byte, since making a string of every name on the way would cost more than all the rest. */
function spells(bytes: Buffer, at: number, length: number, text: string): boolean {
  // UTF-8 is longer than the string wherever a character is not ASCII.
  if (length > text.length)
    return length === Buffer.byteLength(text) && bytes.toString("utf8", at, at + length) === text;
  if (length < text.length) return false;
  for (let index = 0; index < length; index++) {
    if (bytes[at + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}

/** As a number: exact for every date; an offset is never read with it. */
function int64(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4);
}

function corrupt(message: string): KafkaError {
  return new KafkaError("CORRUPT_MESSAGE", message);
}

function unsupportedMagic(magic: number): KafkaError {
  const message = `the log holds records of message format ${magic}, written before Kafka 0.11; only format 2 can be read`;
  return new KafkaError("UNSUPPORTED_FOR_MESSAGE_FORMAT", message);
}
