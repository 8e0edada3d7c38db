import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { RECORDS } from "../../records/index.ts";
import { KafkaFault } from "../protocol/index.ts";
import type { Batch } from "../protocol/records/index.ts";

/** Where the records of a batch lie, not packed. */
export interface Unpacked {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/** What one batch may unpack to: far above any `max.message.bytes`, far below what a bomb of a few kilobytes claims. */
const UNPACKED_BYTES_MAX = 256 * 1024 * 1024;

/**
 * The records of a batch: those of gzip and zstd are unpacked; undefined for snappy and lz4, which are stored and given
 * back as they are. INVALID_RECORD for bytes that are not of the codec.
 */
export function unpack(batch: Batch): Unpacked | undefined {
  const { bytes, start, end, codec } = batch;
  if (codec === 0) return { bytes, start: start + RECORDS, end };
  const unpacker = UNPACKERS.get(codec);
  if (unpacker === undefined) return undefined;
  try {
    const all = unpacker(bytes.subarray(start + RECORDS, end), { maxOutputLength: UNPACKED_BYTES_MAX });
    return { bytes: all, start: 0, end: all.length };
  } catch (cause) {
    const fault = new KafkaFault("INVALID_RECORD", `The records of codec ${codec} do not unpack`);
    fault.cause = cause;
    throw fault;
  }
}

/** Packs records by a codec that `unpack` knows. */
export function pack(codec: number, records: Buffer): Buffer {
  const packer = PACKERS.get(codec);
  return packer === undefined ? records : packer(records);
}

const UNPACKERS = new Map<number, typeof gunzipSync | typeof zstdDecompressSync>([
  [1, gunzipSync],
  [4, zstdDecompressSync],
]);

const PACKERS = new Map<number, (records: Buffer) => Buffer>([
  [1, gzipSync],
  [4, zstdCompressSync],
]);
