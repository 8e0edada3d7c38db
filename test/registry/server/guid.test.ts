import { describe, expect, test } from "bun:test";
import { guidNamed, guidOf } from "../../../src/registry/server/guid.ts";

const DASHES = /^(.{8})-(.{4})-(.{4})-(.{4})-(.{12})$/;
const md5 = (...parts: (string | Uint8Array)[]) => {
  const hash = new Bun.CryptoHasher("md5");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
};
const bare = (guid: string) => guid.replace(DASHES, "$1$2$3$4$5");

describe("a GUID", () => {
  test("of a text alone is its MD5", () => {
    // Avro's own fingerprint of `"string"`.
    expect(guidOf('"string"', [], undefined)).toBe("095d71cf-1255-6b9d-5e33-0ad575b3df5d");
  });

  test("takes in references with their versions in four bytes, and metadata after a byte", () => {
    const reference = { name: "n.B", subject: "b", version: 258 };
    expect(bare(guidOf("x", [reference], undefined))).toBe(md5("x", "n.B", "b", new Uint8Array([0, 0, 1, 2])));
    const metadata = { tags: { t: ["1", "2"] }, properties: { p: "q" }, sensitive: ["s"] };
    expect(bare(guidOf("x", [], metadata))).toBe(md5("x", new Uint8Array([1]), "t12pqs"));
    expect(bare(guidOf("x", [], {}))).toBe(md5("x", new Uint8Array([1])));
  });

  test.each([
    ["095D71CF12556B9D5E330AD575B3DF5D", "095d71cf-1255-6b9d-5e33-0ad575b3df5d"],
    ["095d71cf-1255-6b9d-5e33-0ad575b3df5d", "095d71cf-1255-6b9d-5e33-0ad575b3df5d"],
    ["095d71cf", undefined],
    ["", undefined],
  ])("named %p is %p", (text, guid) => {
    expect(guidNamed(text)).toBe(guid);
  });
});
