import {
  ATTRIBUTES,
  BASE_OFFSET,
  BASE_SEQUENCE,
  BASE_TIMESTAMP,
  COUNT,
  CRC,
  crc32c,
  LAST_OFFSET_DELTA,
  LEADER_EPOCH,
  LENGTH,
  LENGTH_END,
  MAGIC,
  MAX_TIMESTAMP,
  PRODUCER_EPOCH,
  PRODUCER_ID,
  RECORDS,
  VARINT_BYTES_MAX,
  VARLONG_BYTES_MAX,
  varintSize,
  writeVarint,
  writeVarlong,
} from "../../records/index.ts";
import { CODECS, type Compression, compress } from "../compression.ts";
import type { Header } from "../producer/types.ts";

/** A record as a batch holds it. */
export interface RecordContent {
  readonly key: Uint8Array | string | null;
  readonly value: Uint8Array | null;
  readonly prepared?: PreparedHeaders;
  readonly headers?: readonly Header[];
  readonly timestamp: number;
}

/** Headers in the form of the wire, for records that share them. */
export interface PreparedHeaders {
  readonly count: number;
  readonly bytes: Uint8Array;
}

/** Who wrote a batch, and which of the writer's records it begins with: what a broker tells duplicates by. */
export interface BatchIdentity {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly baseSequence: number;
}

/** Encodes headers once for the many records that share them. */
export function prepareHeaders(headers: readonly Header[]): PreparedHeaders {
  const bytes = Buffer.allocUnsafe(headers.reduce((sum, header) => sum + headerBound(header), 0));
  let at = 0;
  for (const header of headers) at = writeHeader(bytes, at, header);
  return { count: headers.length, bytes: bytes.subarray(0, at) };
}

/** An upper bound of what the record takes in a batch, before compression. */
export function recordBound({ key, value, prepared, headers }: RecordContent): number {
  let bound = RECORD_OVERHEAD_MAX + (value === null ? 0 : value.length) + (prepared?.bytes.length ?? 0);
  if (key !== null) bound += typeof key === "string" ? UTF8_BYTES_MAX * key.length : key.length;
  if (headers !== undefined) for (const header of headers) bound += headerBound(header);
  return bound;
}

/**
 * Writes record batches, format v2 (KIP-98). One writer serves many batches, one after the other; it keeps its buffer.
 * A finished batch is complete but for its identity, which `stampBatch` writes.
 */
export class BatchWriter {
  #bytes: Buffer = Buffer.allocUnsafe(64 * 1024);
  #at = RECORDS;
  #count = 0;
  #baseTimestamp = 0;
  #maxTimestamp = 0;

  get count(): number {
    return this.#count;
  }

  /** Size of the batch so far, before compression. */
  get size(): number {
    return this.#at;
  }

  /** Adds a record, unless it would take the batch beyond the limit. The first record of a batch always goes in. */
  add(record: RecordContent, bytesMax: number): boolean {
    this.#makeRoom(recordBound(record));
    if (this.#count === 0) this.#baseTimestamp = this.#maxTimestamp = record.timestamp;
    const end = writeRecord(this.#bytes, this.#at, record, record.timestamp - this.#baseTimestamp, this.#count);
    if (end > bytesMax && this.#count > 0) return false;
    this.#at = end;
    this.#count++;
    if (record.timestamp > this.#maxTimestamp) this.#maxTimestamp = record.timestamp;
    return true;
  }

  /** The batch of all records added since the last one was finished; memory of its own. */
  finish(compression: Compression): Buffer {
    const written = this.#bytes.subarray(RECORDS, this.#at);
    const packed = compress(
      compression,
      new Uint8Array(written.buffer as ArrayBuffer, written.byteOffset, written.length),
    );
    const batch = Buffer.allocUnsafe(RECORDS + packed.length);
    batch.set(packed, RECORDS);
    batch.writeBigInt64BE(0n, BASE_OFFSET);
    batch.writeInt32BE(batch.length - LENGTH_END, LENGTH);
    batch.writeInt32BE(-1, LEADER_EPOCH);
    batch.writeInt8(2, MAGIC);
    batch.writeInt16BE(CODECS[compression], ATTRIBUTES);
    batch.writeInt32BE(this.#count - 1, LAST_OFFSET_DELTA);
    batch.writeBigInt64BE(BigInt(this.#baseTimestamp), BASE_TIMESTAMP);
    batch.writeBigInt64BE(BigInt(this.#maxTimestamp), MAX_TIMESTAMP);
    batch.writeInt32BE(this.#count, COUNT);
    this.#at = RECORDS;
    this.#count = 0;
    return batch;
  }

  #makeRoom(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#at + bytes));
    this.#bytes.copy(grown, 0, 0, this.#at);
    this.#bytes = grown;
  }
}

/** Writes the identity into a finished batch, and the checksum that covers it. */
export function stampBatch(batch: Buffer, { producerId, producerEpoch, baseSequence }: BatchIdentity): void {
  batch.writeBigInt64BE(producerId, PRODUCER_ID);
  batch.writeInt16BE(producerEpoch, PRODUCER_EPOCH);
  batch.writeInt32BE(baseSequence, BASE_SEQUENCE);
  batch.writeUInt32BE(crc32c(batch.subarray(ATTRIBUTES)), CRC);
}

/** Length, attributes, timestamp, offset, lengths of key and value, and the count of headers, at their longest. */
const RECORD_OVERHEAD_MAX = 1 + VARLONG_BYTES_MAX + 5 * VARINT_BYTES_MAX;
/** A UTF-16 unit takes at most three bytes in UTF-8. */
const UTF8_BYTES_MAX = 3;

/** Bytes kept for a record's length: right for 64 to 8,191 bytes, which nearly every event has; others are moved. */
const LENGTH_GUESS = 2;

function writeRecord(into: Buffer, start: number, record: RecordContent, timestamp: number, offset: number): number {
  const from = start + LENGTH_GUESS;
  into[from] = 0; // attributes: none are defined
  let at = writeVarlong(into, from + 1, timestamp);
  at = writeVarint(into, at, offset);
  at = writeField(into, at, record.key);
  at = writeField(into, at, record.value);
  const { prepared, headers } = record;
  at = writeVarint(into, at, (prepared?.count ?? 0) + (headers?.length ?? 0));
  if (prepared !== undefined) {
    into.set(prepared.bytes, at);
    at += prepared.bytes.length;
  }
  if (headers !== undefined) for (const header of headers) at = writeHeader(into, at, header);
  const length = at - from;
  const shift = varintSize(length) - LENGTH_GUESS;
  if (shift !== 0) into.copyWithin(from + shift, from, at);
  writeVarint(into, start, length);
  return at + shift;
}

function headerBound([name, value]: Header): number {
  const valueBound = typeof value === "string" ? UTF8_BYTES_MAX * value.length : (value?.length ?? 0);
  return 2 * VARINT_BYTES_MAX + UTF8_BYTES_MAX * name.length + valueBound;
}

function writeHeader(into: Buffer, at: number, [name, value]: Header): number {
  return writeField(into, writeText(into, at, name), value);
}

function writeField(into: Buffer, at: number, field: Uint8Array | string | null): number {
  if (field === null) return writeVarint(into, at, -1);
  if (typeof field === "string") return writeText(into, at, field);
  const to = writeVarint(into, at, field.length);
  into.set(field, to);
  return to + field.length;
}

/** A loop beats a native call on the short ASCII texts that headers are. */
const LOOP_LENGTH_MAX = 128;

function writeText(into: Buffer, at: number, text: string): number {
  const { length } = text;
  if (length > LOOP_LENGTH_MAX) return writeLongText(into, at, text);
  const from = writeVarint(into, at, length);
  for (let index = 0; index < length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7f) return writeLongText(into, at, text);
    into[from + index] = unit;
  }
  return from + length;
}

function writeLongText(into: Buffer, at: number, text: string): number {
  const from = writeVarint(into, at, Buffer.byteLength(text));
  return from + into.write(text, from);
}
