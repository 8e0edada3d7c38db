import { describe, expect, test } from "bun:test";
import { createCodec, createDecoder, parseSchema } from "../../src/avro/index.ts";
import { decodeErrorOf, reasonsOf } from "./support.ts";

const record = (name: string, fields: readonly object[], rest: object = {}) => ({
  type: "record",
  name,
  fields,
  ...rest,
});
const field = (name: string, type: unknown, rest: object = {}) => ({ name, type, ...rest });

/** A value written with one schema and read with another. */
function read(writer: unknown, reader: unknown, value: unknown): unknown {
  const written = parseSchema(writer);
  return createDecoder(written, parseSchema(reader))(createCodec(written).encode(value));
}

const whyNot = (writer: unknown, reader: unknown) =>
  reasonsOf(() => createDecoder(parseSchema(writer), parseSchema(reader)));

describe("records", () => {
  const writer = record("a.Order", [
    field("id", "string"),
    field("gone", { type: "array", items: record("Gone", [field("x", ["null", "string"])]) }),
    field("old", "int"),
  ]);

  test("are read by field name or alias; the writer's others are skipped, the reader's take their defaults", () => {
    const reader = record("a.Order", [
      field("now", "long", { aliases: ["old"] }),
      field("id", "string"),
      field("note", ["null", "string"], { default: null }),
      field("raw", "bytes", { default: "\u00ff" }),
      field("tags", { type: "map", values: "int" }, { default: { a: 1 } }),
      field("size", ["null", "int"], { default: 3 }),
    ]);
    expect(read(writer, reader, { id: "1", gone: [{ x: "a" }, { x: null }], old: 7 })).toEqual({
      now: 7,
      id: "1",
      note: null,
      raw: Buffer.of(0xff),
      tags: { a: 1 },
      size: 3,
    });
  });

  test("get a default of their own, which they may change", () => {
    const from = parseSchema(record("R", []));
    const decode = createDecoder(
      from,
      parseSchema(record("R", [field("tags", { type: "array", items: "int" }, { default: [1] })])),
    );
    const first = decode(Buffer.of()) as { tags: number[] };
    first.tags.push(2);
    expect(decode(Buffer.of())).toEqual({ tags: [1] });
  });

  test("match on the simple name whatever the namespace, or on an alias that is the writer's full name", () => {
    expect(read(record("a.b.R", []), record("c.R", []), {})).toEqual({});
    expect(read(record("a.R", []), record("b.S", [], { aliases: ["a.R"] }), {})).toEqual({});
    expect(whyNot(record("a.R", []), record("b.S", [], { aliases: ["R"] }))).toEqual([
      "record a.R is not b.S, by name or alias",
    ]);
  });

  test("may give one field of the writer's to two of the reader's", () => {
    const reader = record("R", [field("a", "int"), field("b", "long", { aliases: ["a"] }), field("c", "string")]);
    expect(read(record("R", [field("a", "int"), field("c", "string")]), reader, { a: 5, c: "x" })).toEqual({
      a: 5,
      b: 5,
      c: "x",
    });
  });

  test("of a recursive type are read at every depth", () => {
    const list = (item: object[]) => record("List", [...item, field("next", ["null", "List"], { default: null })]);
    const value = { id: 1, next: { id: 2, next: { id: 3, next: null } } };
    const reader = list([field("id", "double"), field("label", "string", { default: "x" })]);
    expect(read(list([field("id", "int")]), reader, value)).toEqual({
      id: 1,
      label: "x",
      next: { id: 2, label: "x", next: { id: 3, label: "x", next: null } },
    });
    expect(
      read(record("R", [field("list", list([])), field("id", "int")]), record("R", [field("id", "int")]), {
        list: { next: {} },
        id: 7,
      }),
    ).toEqual({ id: 7 });
  });

  test("that cannot be read say every reason", () => {
    const from = record("R", [
      field("a", "string"),
      field("b", "int"),
      field("b2", "int"),
      field("c", { type: "array", items: "int" }),
    ]);
    const to = record("R", [
      field("a", "int"),
      field("b", "int", { aliases: ["b2"] }),
      field("c", { type: "array", items: "string" }),
      field("d", "int"),
    ]);
    expect(whyNot(from, to).toSorted()).toEqual([
      "/a: string cannot be read as int",
      "/b: the writer has more than one field for it: b, b2",
      "/c/[]: int cannot be read as string",
      "/d: the writer does not send it, and the reader has no default for it",
    ]);
  });
});

describe("promotions", () => {
  test.each([
    ["int", "long", 5, 5],
    ["int", "float", 5, 5],
    ["int", "double", -5, -5],
    ["long", "float", 5, 5],
    ["long", "double", Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    ["float", "double", 1.5, 1.5],
    ["string", "bytes", "é", Buffer.from("é")],
    ["bytes", "string", Buffer.from("é"), "é"],
    ["int", { type: "long", jsType: "bigint" }, 5, 5n],
    ["long", { type: "long", jsType: "bigint" }, 5, 5n],
    ["int", { type: "long", logicalType: "timestamp-millis" }, 5, new Date(5)],
    [{ type: "array", items: "int" }, { type: "array", items: "double" }, [1], [1]],
    [{ type: "map", values: "int" }, { type: "map", values: "long" }, { a: 1 }, { a: 1 }],
  ])("%j is read as %j", (writer, reader, value, expected) => {
    expect(read(writer, reader, value)).toEqual(expected);
  });

  test.each([
    ["long", "int"],
    ["double", "float"],
    ["string", "int"],
    ["boolean", "int"],
    ["null", "int"],
    [
      { type: "array", items: "int" },
      { type: "map", values: "int" },
    ],
    ["int", { type: "array", items: "int" }],
  ])("%j is not read as %j", (writer, reader) => {
    expect(whyNot(writer, reader)).toHaveLength(1);
  });

  test("of a long that a number cannot hold are an error", () => {
    const writer = parseSchema({ type: "long", jsType: "bigint" });
    const decode = createDecoder(writer, parseSchema("double"));
    expect(decodeErrorOf(() => decode(createCodec(writer).encode(2n ** 60n)))).toBe("UNSAFE_LONG");
  });
});

describe("unions", () => {
  test("of the writer are read branch by branch, as whatever the reader has", () => {
    expect(read(["null", "int"], ["long", "null", "string"], 5)).toEqual(5);
    expect(read(["int", "long"], "double", { long: 5 })).toBe(5);
  });

  test("of the writer with a branch that the reader lacks cannot be read", () => {
    expect(whyNot(["null", "string"], "string")).toEqual(["null cannot be read as string"]);
    expect(whyNot(["int", "string"], ["null", "int"])).toEqual([
      "string is no branch of the reader's union of null, int",
    ]);
  });

  test("of the reader take a writer's type that is no union", () => {
    expect(read("string", ["null", "string"], "x")).toBe("x");
    expect(read("int", ["string", "double", "int"], 5)).toEqual({ int: 5 });
    expect(read("int", ["string", "double"], 5)).toBe(5);
  });

  test("of the reader take the branch with the full name first, then one of the same simple name", () => {
    const reader = [
      record("x.R", [field("a", "int", { default: 0 })]),
      record("y.R", [field("b", "int", { default: 0 })]),
    ];
    expect(read(record("y.R", []), reader, {})).toEqual({ "y.R": { b: 0 } });
    expect(read(record("z.R", []), reader, {})).toEqual({ "x.R": { a: 0 } });
    expect(
      read(
        record("z.R", [field("b", "int")]),
        [record("x.R", [field("c", "int")]), record("y.R", [field("b", "int")])],
        { b: 7 },
      ),
    ).toEqual({ "y.R": { b: 7 } });
  });

  test("of the reader tell why the branch of that name cannot be read", () => {
    expect(whyNot(record("R", []), ["null", record("R", [field("a", "int")])])).toEqual([
      "/a: the writer does not send it, and the reader has no default for it",
    ]);
  });
});

describe("enums and fixed", () => {
  const abc = { type: "enum", name: "E", symbols: ["A", "B", "C"] };

  test("an enum's symbols are matched by name", () => {
    expect(read(abc, { ...abc, symbols: ["C", "X", "B", "A"] }, "B")).toBe("B");
  });

  test("a symbol that the reader does not know becomes its default, and is a reason where it has none", () => {
    expect(read(abc, { ...abc, symbols: ["A", "OTHER"], default: "OTHER" }, "C")).toBe("OTHER");
    expect(whyNot(abc, { ...abc, symbols: ["A"] })).toEqual(["enum E lacks B, C, and has no default"]);
  });

  test("names and sizes must match", () => {
    const fixed = { type: "fixed", name: "a.F", size: 2 };
    expect(read(fixed, { ...fixed, name: "b.F" }, "AAA=")).toEqual(Buffer.of(0, 0));
    expect(whyNot(fixed, { ...fixed, size: 3 })).toEqual(["fixed a.F has 2 bytes, the reader's 3"]);
    expect(whyNot(fixed, { ...fixed, name: "a.G" })).toEqual(["fixed a.F is not a.G, by name or alias"]);
    expect(whyNot(abc, { ...abc, name: "D" })).toEqual(["enum E is not D, by name or alias"]);
  });
});

/** Avro's own resolution does not look at logical types, and would read 12.34 as 0.1234. */
describe("logical types", () => {
  const long = (logicalType: string, rest: object = {}) => ({ type: "long", logicalType, ...rest });
  const decimal = (precision: number, scale: number) => ({ type: "bytes", logicalType: "decimal", precision, scale });

  test("that only appear or go are those of the reader", () => {
    expect(read("long", long("timestamp-millis"), 5)).toEqual(new Date(5));
    expect(read(long("timestamp-millis"), "long", new Date(5))).toBe(5);
    expect(read({ type: "string", logicalType: "uuid" }, "string", "0194f7c2-1a2b-7c3d-8e4f-000000000001")).toBe(
      "0194f7c2-1a2b-7c3d-8e4f-000000000001",
    );
  });

  test("to finer units are multiplied", () => {
    expect(read(long("timestamp-millis"), long("timestamp-micros"), 5)).toBe(5_000);
    expect(read(long("timestamp-micros"), long("timestamp-nanos", { jsType: "bigint" }), 5)).toBe(5_000n);
    expect(read({ type: "int", logicalType: "time-millis" }, long("time-micros"), 5)).toBe(5_000);
  });

  test("to a larger scale keep their value", () => {
    expect(read(decimal(4, 2), decimal(8, 4), "12.34")).toBe("12.3400");
    expect(read(decimal(4, 0), decimal(8, 2), "-12")).toBe("-12.00");
  });

  test.each([
    [long("timestamp-micros"), long("timestamp-millis"), "timestamp-micros would be rounded to timestamp-millis"],
    [decimal(8, 4), decimal(8, 2), "a decimal of scale 4 would be rounded to scale 2"],
    [
      long("timestamp-millis"),
      long("local-timestamp-millis"),
      "timestamp-millis cannot be read as local-timestamp-millis",
    ],
    [
      { type: "int", logicalType: "date" },
      { type: "int", logicalType: "time-millis" },
      "date cannot be read as time-millis",
    ],
    ["string", decimal(4, 2), "a decimal is no text"],
  ])("%j is not read as %j", (writer, reader, reason) => {
    expect(whyNot(writer, reader)).toEqual([reason]);
  });
});
