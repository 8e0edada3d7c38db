import { describe, expect, test } from "bun:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { CODECS, compress, decompress } from "../../src/kafka/compression.ts";

const BYTES = new Uint8Array(Buffer.from("an event like any other, ".repeat(200)));

describe.each(["gzip", "zstd"] as const)("%s", (name) => {
  test("packs, and unpacks to the same bytes", () => {
    const packed = compress(name, BYTES);
    expect(packed.length).toBeLessThan(BYTES.length / 2);
    expect(decompress(CODECS[name], packed)).toEqual(Buffer.from(BYTES));
  });

  test("a few kilobytes that claim gigabytes stop at the limit", () => {
    const bomb = (name === "gzip" ? gzipSync : zstdCompressSync)(Buffer.alloc(64 * 1024 * 1024));
    expect(() => decompress(CODECS[name], bomb, 1024 * 1024)).toThrow(
      expect.objectContaining({ kind: "CORRUPT_MESSAGE" }),
    );
  });

  test("bytes that are something else are an error with a name", () => {
    expect(() => decompress(CODECS[name], Buffer.from("not compressed"))).toThrow(
      expect.objectContaining({ kind: "CORRUPT_MESSAGE" }),
    );
  });
});

test.each([
  [2, "snappy"],
  [3, "lz4"],
  [7, "codec 7"],
])("codec %p is refused by its name", (codec, name) => {
  expect(() => decompress(codec, BYTES)).toThrow(
    expect.objectContaining({ kind: "UNSUPPORTED_COMPRESSION_TYPE", message: expect.stringContaining(name) }),
  );
});

test("none leaves the bytes as they are", () => {
  expect(compress("none", BYTES)).toBe(BYTES);
});
