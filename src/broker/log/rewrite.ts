import {
  ATTRIBUTES,
  BASE_TIMESTAMP,
  COMPRESSION_BITS,
  COUNT,
  CRC,
  DELETE_HORIZON_BIT,
  LENGTH,
  LENGTH_END,
  MAX_TIMESTAMP,
  RECORDS,
  VARINT_BYTES_MAX,
  VARLONG_BYTES_MAX,
  writeVarint,
  writeVarlong,
} from "../../records/index.ts";
import { Batch, RecordWalk } from "../protocol/records/index.ts";
import { pack, type Unpacked } from "./unpack.ts";

export interface RewriteOptions {
  readonly keeps: (record: RecordWalk) => boolean;
  /** Set on the batch as the time from which its tombstones may go; undefined leaves what it has. */
  readonly deleteHorizon: bigint | undefined;
}

/**
 * A batch with some of its records left out. The others keep their offsets, timestamps and bytes, so the batch still
 * spans the same offsets. Undefined where none is kept.
 */
export function rewriteBatch(batch: Batch, unpacked: Unpacked, options: RewriteOptions): Buffer | undefined {
  const { keeps, deleteHorizon } = options;
  const shift = deleteHorizon === undefined ? 0 : Number(batch.baseTimestamp - deleteHorizon);
  const record = new RecordWalk(unpacked.bytes, unpacked.start, unpacked.end);
  const kept: Buffer[] = [];
  let newestDelta = Number.NEGATIVE_INFINITY;
  while (record.next()) {
    if (!keeps(record)) continue;
    kept.push(shift === 0 ? unpacked.bytes.subarray(record.start, record.end) : shifted(record, unpacked.bytes, shift));
    newestDelta = Math.max(newestDelta, record.timestampDelta);
  }
  if (kept.length === 0) return undefined;
  const maxTimestamp = batch.appendTime ? batch.maxTimestamp : batch.baseTimestamp + BigInt(newestDelta);
  const header = headerOf(batch, kept.length, maxTimestamp);
  if (deleteHorizon !== undefined) {
    header.writeInt16BE(batch.attributes | DELETE_HORIZON_BIT, ATTRIBUTES);
    header.writeBigInt64BE(deleteHorizon, BASE_TIMESTAMP);
  }
  return sealed(Buffer.concat([header, pack(batch.codec, Buffer.concat(kept))]));
}

/** The header alone: it tells the sequence or the epoch that a producer has come to. */
export function emptyBatch(batch: Batch): Buffer {
  const header = headerOf(batch, 0, batch.maxTimestamp);
  header.writeInt16BE(batch.attributes & ~COMPRESSION_BITS, ATTRIBUTES);
  return sealed(header);
}

function headerOf(batch: Batch, count: number, maxTimestamp: bigint): Buffer {
  const header = Buffer.from(batch.bytes.subarray(batch.start, batch.start + RECORDS));
  header.writeInt32BE(count, COUNT);
  header.writeBigInt64BE(maxTimestamp, MAX_TIMESTAMP);
  return header;
}

function sealed(bytes: Buffer): Buffer {
  bytes.writeInt32BE(bytes.length - LENGTH_END, LENGTH);
  bytes.writeUInt32BE(new Batch(bytes, 0, bytes.length).computeCrc(), CRC);
  return bytes;
}

/** A record whose timestamp counts from another base. */
function shifted(record: RecordWalk, bytes: Buffer, by: number): Buffer {
  const rest = bytes.subarray(record.offsetDeltaAt, record.end);
  const body = Buffer.alloc(1 + VARLONG_BYTES_MAX + rest.length);
  const restAt = writeVarlong(body, 1, record.timestampDelta + by);
  rest.copy(body, restAt);
  const length = Buffer.alloc(VARINT_BYTES_MAX);
  const lengthBytes = writeVarint(length, 0, restAt + rest.length);
  return Buffer.concat([length.subarray(0, lengthBytes), body.subarray(0, restAt + rest.length)]);
}
