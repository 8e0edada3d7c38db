import { describe, expect, test } from "bun:test";
import { type Codec, createDecoder, parseSchema } from "../../src/avro/index.ts";
import { bytes, codecOf, decodeErrorOf } from "./support.ts";

/**
 * One record that nobody can decode must cost no more than one record. Lengths and counts come from the bytes: believed,
 * four of them ask for gigabytes, or for a loop of 2^40 turns.
 */
const array = (items: unknown) => codecOf({ type: "array", items });
const map = (values: unknown) => codecOf({ type: "map", values });

describe("corrupt bytes", () => {
  test.each<[string, Codec, string, string]>([
    ["nothing where an int is", codecOf("int"), "", "TOO_SHORT"],
    ["a number cut short", codecOf("long"), "8080", "TOO_SHORT"],
    ["a float cut short", codecOf("float"), "000000", "TOO_SHORT"],
    ["a double cut short", codecOf("double"), "00000000000000", "TOO_SHORT"],
    ["no boolean", codecOf("boolean"), "", "TOO_SHORT"],
    ["a fixed cut short", codecOf({ type: "fixed", name: "F", size: 3 }), "0102", "TOO_SHORT"],
    ["a string cut short", codecOf("string"), "0661", "TOO_SHORT"],
    ["a string that claims gigabytes", codecOf("string"), "80808080 20 61", "TOO_SHORT"],
    ["bytes that claim 2^62", codecOf("bytes"), "80808080808080808001", "TOO_SHORT"],
    ["a string of negative length", codecOf("string"), "01", "CORRUPT"],
    ["bytes of negative length", codecOf("bytes"), "05", "CORRUPT"],
    ["a byte left over", codecOf("int"), "0200", "TRAILING_BYTES"],
    ["a byte after null", codecOf("null"), "00", "TRAILING_BYTES"],
    ["a boolean that is 2", codecOf("boolean"), "02", "CORRUPT"],
    ["an int beyond 32 bits", codecOf("int"), "8080808020", "CORRUPT"],
    ["a number of more than 64 bits", codecOf("long"), "ffffffffffffffffff02", "CORRUPT"],
    ["a number without end", codecOf("long"), "80".repeat(100_000), "CORRUPT"],
    ["a branch that the union lacks", codecOf(["null", "int"]), "04", "CORRUPT"],
    ["a negative branch", codecOf(["null", "int"]), "01", "CORRUPT"],
    ["a symbol that the enum lacks", codecOf({ type: "enum", name: "E", symbols: ["A"] }), "02", "CORRUPT"],
    ["an array of 2^40 ints", array("int"), "80808080 8040 00", "CORRUPT"],
    ["an array of 2^40 nulls", array("null"), "80808080 8040 00", "CORRUPT"],
    ["an array of 2^40 empty records", array({ type: "record", name: "R", fields: [] }), "80808080 8040 00", "CORRUPT"],
    ["an array of 2^40 empty fixed", array({ type: "fixed", name: "F", size: 0 }), "80808080 8040 00", "CORRUPT"],
    ["an array of -2^63 items", array("null"), "ffffffffffffffffff01 00", "CORRUPT"],
    ["an array whose block claims more bytes than there are", array("int"), "01 06 02 00", "TOO_SHORT"],
    ["a block of negative size", array("int"), "01 01 02 00", "CORRUPT"],
    ["an array without its end", array("int"), "0202", "TOO_SHORT"],
    ["an array cut before its count", array("int"), "", "TOO_SHORT"],
    ["a map of 2^40 values", map("null"), "80808080 8040 00", "CORRUPT"],
    ["a map without its end", map("null"), "020261", "TOO_SHORT"],
  ])("%s: an error with a kind, at once", (_what, codec, hex, kind) => {
    const start = performance.now();
    expect<string>(decodeErrorOf(() => codec.decode(bytes(hex)))).toBe(kind);
    expect(performance.now() - start).toBeLessThan(250);
  });

  test("claim no more empty items in all than one array may have", () => {
    const inner = "c09a0c00"; // 100,000 nulls, in four bytes.
    const many = bytes(`d00f ${inner.repeat(1_000)} 00`);
    expect(decodeErrorOf(() => array({ type: "array", items: "null" }).decode(many))).toBe("CORRUPT");
  });

  test("nest no deeper than the limit", () => {
    const list = codecOf({ type: "record", name: "L", fields: [{ name: "next", type: ["null", "L"] }] });
    expect(decodeErrorOf(() => list.decode(Buffer.alloc(1_000_000, 2)))).toBe("TOO_DEEP");
    const endless = codecOf({ type: "record", name: "M", fields: [{ name: "self", type: "M" }] });
    expect(decodeErrorOf(() => endless.decode(Buffer.of()))).toBe("TOO_DEEP");
  });

  test("are found in fields that the reader skips", () => {
    const skipped = (type: unknown) =>
      createDecoder(
        parseSchema({ type: "record", name: "R", fields: [{ name: "gone", type }] }),
        parseSchema({ type: "record", name: "R", fields: [] }),
      );
    expect(decodeErrorOf(() => skipped({ type: "array", items: "null" })(bytes("80808080804000")))).toBe("CORRUPT");
    expect(decodeErrorOf(() => skipped("string")(bytes("80808080 20")))).toBe("TOO_SHORT");
    expect(decodeErrorOf(() => skipped(["null", "int"])(bytes("04")))).toBe("CORRUPT");
    const list = { type: "record", name: "L", fields: [{ name: "next", type: ["null", "L"] }] };
    expect(decodeErrorOf(() => skipped(list)(Buffer.alloc(100_000, 2)))).toBe("TOO_DEEP");
    for (const [type, hex] of [
      ["boolean", "01"],
      ["float", "00000000"],
      ["double", "0000000000000000"],
      [{ type: "fixed", name: "F", size: 2 }, "0102"],
      [{ type: "map", values: "int" }, "0202610400"],
      [{ type: "enum", name: "E", symbols: ["A"] }, "00"],
    ] as const) {
      expect(skipped(type)(bytes(hex))).toEqual({});
    }
  });

  test("of ten megabytes that are one string take no second copy, and no time", () => {
    const codec = codecOf("bytes");
    const large = codec.encode(Buffer.alloc(10_000_000));
    expect(decodeErrorOf(() => codec.decode(large.subarray(0, -1)))).toBe("TOO_SHORT");
  });
});
