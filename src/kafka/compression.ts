import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { KafkaError } from "./errors.ts";

export type Compression = "none" | "gzip" | "zstd";

/** Numbers of the codecs in a batch's attributes; snappy (2) and lz4 (3) are not read. */
export const CODECS = { none: 0, gzip: 1, zstd: 4 } as const satisfies Record<Compression, number>;

/** What one batch may unpack to: far above any `message.max.bytes`, far below what a bomb of a few kilobytes claims. */
export const UNPACKED_BYTES_MAX = 256 * 1024 * 1024;

/** Compresses the records of a batch. */
export function compress(compression: Compression, bytes: Uint8Array<ArrayBuffer>): Uint8Array {
  switch (compression) {
    case "none":
      return bytes;
    case "gzip":
      return Bun.gzipSync(bytes, { level: 6 });
    case "zstd":
      return Bun.zstdCompressSync(bytes, { level: 3 });
  }
}

/**
 * Unpacks the records of a batch by the codec that its attributes name.
 * @throws KafkaError UNSUPPORTED_COMPRESSION_TYPE for snappy and lz4, CORRUPT_MESSAGE for bytes that are not of the
 * codec or unpack to more than the limit
 */
export function decompress(codec: number, bytes: Uint8Array, bytesMax = UNPACKED_BYTES_MAX): Buffer {
  const unpack = UNPACKERS.get(codec);
  if (unpack === undefined) {
    const name = NAMES.get(codec) ?? `codec ${codec}`;
    throw new KafkaError("UNSUPPORTED_COMPRESSION_TYPE", `${name} is not read; gzip and zstd are`);
  }
  try {
    return unpack(bytes, { maxOutputLength: bytesMax });
  } catch (cause) {
    const message = `${bytes.length} bytes do not unpack to records of at most ${bytesMax} bytes`;
    throw new KafkaError("CORRUPT_MESSAGE", message, { cause });
  }
}

/** Through node:zlib, which stops at the limit; `Bun.gunzipSync` and `Bun.zstdDecompressSync` have none. */
const UNPACKERS = new Map<number, (bytes: Uint8Array, options: { maxOutputLength: number }) => Buffer>([
  [CODECS.gzip, gunzipSync],
  [CODECS.zstd, zstdDecompressSync],
]);

const NAMES = new Map([
  [2, "snappy"],
  [3, "lz4"],
]);
