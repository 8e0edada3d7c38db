import { describe, expect, test } from "bun:test";
import avsc from "avsc";
import { createCodec, createDecoder, parseSchema } from "../../src/avro/index.ts";
import { codecOf, problemsOf, roundTrip, thrownBy } from "./support.ts";

/**
 * What avsc 5.7.9 does otherwise than Avro Java, or than people expect: each test shows avsc first, then us. Where one
 * fails after an update of avsc, that may be good news.
 */
const record = (name: string, ...fields: object[]) => ({ type: "record", name, fields });
const type = (schema: unknown) => avsc.Type.forSchema(schema as never); // avsc's type of schemas is narrower than Avro.

describe("avsc against us", () => {
  test("a long below -(2^52) changes on its way through avsc", () => {
    const value = -9007199254740990;
    expect(type("long").fromBuffer(type("long").toBuffer(value))).not.toBe(value);
    expect(roundTrip(codecOf("long"), value)).toBe(value);
  });

  test("a type that moved to another namespace cannot be resolved by avsc", () => {
    const [writer, reader] = [record("old.R", { name: "a", type: "int" }), record("new.R", { name: "a", type: "int" })];
    expect(() => type(reader).createResolver(type(writer))).toThrow("no alias found");
    const decode = createDecoder(parseSchema(writer), parseSchema(reader));
    expect(decode(Buffer.of(2))).toEqual({ a: 1 });
  });

  test.each([
    ["a union's default for a later branch", record("R", { name: "f", type: ["null", "int"], default: 1 })],
    ["a name that is defined later", record("R", { name: "a", type: "S" }, { name: "s", type: record("S") })],
    ["a default in a string for a double", record("R", { name: "f", type: "double", default: "1.5" })],
    ["a name beyond ASCII", record("R", { name: "größe", type: "int" })],
  ])("%s is refused by avsc, and taken by Avro Java and us", (_what, schema) => {
    expect(thrownBy(() => type(schema))).toBeInstanceOf(Error);
    expect(parseSchema(schema).name).toBe("R");
  });

  test("a union's JavaScript shape is told by our schema, and changes with it as avsc's does", () => {
    expect(type(["int", "long"]).fromBuffer(Buffer.of(0, 2))).toEqual({ int: 1 });
    expect(codecOf(["int", "long"]).decode(Buffer.of(0, 2))).toEqual({ int: 1 });
    expect(parseSchema(["int", "long"]).root).toMatchObject({ wrapped: true });
    expect(roundTrip(codecOf(["int", "long"]), 5_000_000_000)).toEqual({ long: 5_000_000_000 });
    const named = codecOf([record("a.b.R"), "string", { type: "map", values: "int" }]);
    expect(roundTrip(named, { R: {} })).toEqual({ "a.b.R": {} });
  });

  test("logical types are nothing to avsc", () => {
    const timestamp = { type: "long", logicalType: "timestamp-millis" };
    expect(type(timestamp).fromBuffer(Buffer.of(2))).toBe(1);
    expect(() => type(timestamp).toBuffer(new Date(1))).toThrow();
    expect(roundTrip(codecOf(timestamp), new Date(1))).toEqual(new Date(1));
  });

  test("undeclared fields are dropped by avsc without a word", () => {
    const schema = record("R", { name: "note", type: "string", default: "" });
    expect(type(schema).toBuffer({ notte: "x" })).toEqual(Buffer.of(0));
    expect(problemsOf(codecOf(schema), { notte: "x" })).toEqual({
      "/notte": "unknown field `notte`; did you mean `note`?",
    });
  });

  test("missing fields take their defaults in both", () => {
    const schema = record(
      "R",
      { name: "a", type: "int", default: 7 },
      { name: "b", type: ["null", "int"], default: null },
    );
    expect(type(schema).toBuffer({})).toEqual(Buffer.of(14, 0));
    expect(codecOf(schema).encode({})).toEqual(Buffer.of(14, 0));
  });

  test("a union without branches is refused by both, though not by Avro Java: no value fits it", () => {
    expect(() => type([])).toThrow("empty union");
    expect(() => parseSchema([])).toThrow("a union without branches");
  });

  test("avsc's canonical form forgets defaults, which readers differ by; our fingerprint does not", () => {
    const [one, other] = [1, 2].map((fallback) => record("R", { name: "a", type: "int", default: fallback }));
    expect(type(one).schema()).toEqual(type(other).schema());
    expect(parseSchema(one).fingerprint).not.toBe(parseSchema(other).fingerprint);
  });

  test("a map's key `__proto__` is lost in avsc", () => {
    const bytes = Buffer.concat([Buffer.of(2, 18), Buffer.from("__proto__"), Buffer.of(2, 0)]);
    expect(Object.keys(type({ type: "map", values: "int" }).fromBuffer(bytes))).toEqual([]);
    expect(Object.keys(codecOf({ type: "map", values: "int" }).decode(bytes) as object)).toEqual(["__proto__"]);
  });

  test("a record with a default of bytes inside is taken by both, and given anew each time by us", () => {
    const inner = record("S", { name: "raw", type: "bytes" });
    const schema = record("R", { name: "s", type: inner, default: { raw: "\u00ff" } });
    const decode = createDecoder(parseSchema(record("R")), parseSchema(schema));
    const first = decode(Buffer.of()) as { s: { raw: Buffer } };
    first.s.raw[0] = 0;
    expect(decode(Buffer.of())).toEqual({ s: { raw: Buffer.of(0xff) } });
  });

  test("a record whose field has a default of a nested record that leaves its own to defaults", () => {
    const inner = record(
      "S",
      { name: "a", type: ["null", "int"], default: null },
      { name: "b", type: "bytes", default: "x" },
    );
    const schema = record("R", { name: "s", type: inner, default: {} });
    expect(roundTrip(codecOf(schema), {})).toEqual({ s: { a: null, b: Buffer.from("x") } });
  });

  test("an alias with a leading dot means the null namespace", () => {
    const writer = parseSchema(record("Old"));
    const reader = parseSchema({ ...record("a.New"), aliases: [".Old"] });
    expect(createDecoder(writer, reader)(Buffer.of())).toEqual({});
  });

  test("avsc tells of one conflict, in a text; we tell of all", () => {
    const writer = record("R");
    const reader = record("R", { name: "a", type: "int" }, { name: "b", type: "int" });
    expect(() => createDecoder(parseSchema(writer), parseSchema(reader))).toThrow(/\/a: .*; \/b: /);
  });

  test("what both can write, both write alike", () => {
    const schema = record(
      "R",
      { name: "a", type: "string" },
      { name: "b", type: ["null", "double"] },
      { name: "c", type: { type: "map", values: "bytes" } },
    );
    const value = { a: "é", b: 1.5, c: { k: Buffer.of(1) } };
    expect(createCodec(parseSchema(schema)).encode(value)).toEqual(type(schema).toBuffer(value));
  });
});
