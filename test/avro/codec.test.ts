import { describe, expect, test } from "bun:test";
import { bytes, codecOf, fieldCodec, problemsOf, roundTrip } from "./support.ts";

/** Bytes as the Avro specification gives them (Binary encoding), and what follows from its rules. */
describe("the specification's bytes", () => {
  test.each([
    [0, "00"],
    [-1, "01"],
    [1, "02"],
    [-2, "03"],
    [2, "04"],
    [-64, "7f"],
    [64, "8001"],
    [8192, "808001"],
    [-8193, "818001"],
    [2 ** 31 - 1, "feffffff0f"],
    [-(2 ** 31), "ffffffff0f"],
  ])("the int and long %d is %s", (value, hex) => {
    for (const codec of [codecOf("int"), codecOf("long")]) {
      expect(codec.encode(value)).toEqual(bytes(hex));
      expect(codec.decode(bytes(hex))).toBe(value);
    }
  });

  test.each([
    ["a string", "string", "foo", "06666f6f"],
    ["a string beyond ASCII", "string", "é€😀", "12c3a9e282acf09f9880"],
    ["null", "null", null, ""],
    ["true", "boolean", true, "01"],
    ["false", "boolean", false, "00"],
    ["a float", "float", 1.5, "0000c03f"],
    ["a double", "double", -1.5, "000000000000f8bf"],
    ["bytes", "bytes", Buffer.of(0, 255), "0400ff"],
    ["an array", { type: "array", items: "long" }, [3, 27], "04063600"],
    ["an empty array", { type: "array", items: "long" }, [], "00"],
    ["a map", { type: "map", values: "long" }, { a: 1 }, "0202610200"],
    ["null in a union", ["null", "string"], null, "00"],
    ["a string in a union", ["null", "string"], "a", "020261"],
    ["an enum", { type: "enum", name: "Foo", symbols: ["A", "B", "C", "D"] }, "D", "06"],
    ["a fixed", { type: "fixed", name: "md2", size: 2 }, Buffer.of(1, 2), "0102"],
    [
      "a record",
      {
        type: "record",
        name: "test",
        fields: [
          { name: "a", type: "long" },
          { name: "b", type: "string" },
        ],
      },
      { a: 27, b: "foo" },
      "3606666f6f",
    ],
  ])("%s", (_title, schema, value, hex) => {
    const codec = codecOf(schema);
    expect(codec.encode(value)).toEqual(bytes(hex));
    expect(codec.decode(bytes(hex))).toEqual(value);
  });

  test("an array or map may come in several blocks, and blocks with a negative count say their size", () => {
    expect(codecOf({ type: "array", items: "long" }).decode(bytes("02 06 03 04 36 08 02 02 00"))).toEqual([
      3, 27, 4, 1,
    ]);
    expect(codecOf({ type: "map", values: "int" }).decode(bytes("01 06 02 61 02 02 02 62 04 00"))).toEqual({
      a: 1,
      b: 2,
    });
  });
});

describe("a codec", () => {
  const order = codecOf({
    type: "record",
    name: "Order",
    fields: [
      { name: "id", type: "string" },
      { name: "note", type: ["null", "string"], default: null },
      { name: "tags", type: { type: "array", items: "string" }, default: ["new"] },
      { name: "raw", type: "bytes", default: "\u00ff\u0000" },
      {
        name: "place",
        type: { type: "record", name: "Place", fields: [{ name: "city", type: "string", default: "Berlin" }] },
        default: {},
      },
      { name: "size", type: ["null", "int"], default: 3 },
    ],
  });

  test("gives missing fields the schema's defaults: bytes, nested records, and unions that mean a later branch", () => {
    expect(roundTrip(order, { id: "1" })).toEqual({
      id: "1",
      note: null,
      tags: ["new"],
      raw: Buffer.of(0xff, 0),
      place: { city: "Berlin" },
      size: 3,
    });
  });

  test("takes a field that is there and undefined for missing", () => {
    const codec = codecOf({
      type: "record",
      name: "R",
      fields: [
        { name: "a", type: "int", default: 7 },
        { name: "b", type: ["null", "string"], default: null },
      ],
    });
    expect(roundTrip(codec, { a: undefined, b: undefined })).toEqual({ a: 7, b: null });
    expect(roundTrip(codec, { a: undefined, b: "x" })).toEqual({ a: 7, b: "x" });
  });

  test("does not take null for missing", () => {
    expect(problemsOf(order, { id: "1", tags: null })).toEqual({ "/tags": "expected an array, found null" });
  });

  test("puts the bytes into a Confluent frame where it is given an id", () => {
    expect(codecOf("string").encode("foo", 258)).toEqual(bytes("00 00000102 06666f6f"));
    expect(() => codecOf("string").encode("foo", -1)).toThrow(RangeError);
  });

  test("writes values larger than its buffer, framed or not", () => {
    const text = "é".repeat(100_000);
    const codec = fieldCodec("string");
    expect(roundTrip(codec, { f: text })).toEqual({ f: text });
    expect(codec.decode(codec.encode({ f: text }, 1).subarray(5))).toEqual({ f: text });
  });

  test("gives bytes of their own: the next value does not change them", () => {
    const codec = codecOf("string");
    const first = codec.encode("first");
    codec.encode("other");
    expect(codec.decode(first)).toBe("first");
  });

  test("decodes from any Uint8Array, to values that do not share its memory", () => {
    const codec = codecOf("bytes");
    const payload = new Uint8Array([4, 1, 2]);
    const value = codec.decode(payload);
    payload.fill(9);
    expect(value).toEqual(Buffer.of(1, 2));
  });

  test("decodes records and maps to plain objects", () => {
    const value = order.decode(order.encode({ id: "1" }));
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  test("reads and writes fields named like what every object inherits", () => {
    const names = ["constructor", "toString", "hasOwnProperty", "valueOf"];
    const codec = codecOf({
      type: "record",
      name: "R",
      fields: names.map((name) => ({ name, type: "int", default: 7 })),
    });
    expect(roundTrip(codec, { toString: 1 })).toEqual({ constructor: 7, toString: 1, hasOwnProperty: 7, valueOf: 7 });
  });

  test("keeps a map's key `__proto__` as a key of its own, and pollutes nothing", () => {
    const codec = codecOf({ type: "map", values: "int" });
    const value = roundTrip(codec, JSON.parse('{"__proto__": 1, "a": 2}'));
    expect(Object.entries(value as object)).toEqual([
      ["__proto__", 1],
      ["a", 2],
    ]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });
});
