import { describe, expect, test } from "bun:test";
import avsc from "avsc";
import {
  checkCompatibility,
  createCodec,
  createDecoder,
  parseSchema,
  parseSchemaText,
  TYPESCRIPT_RULES,
  typescriptChanges,
} from "../../../../src/avro/index.ts";
import { thrownBy } from "../../support.ts";

/**
 * Registries let all of this through. What goes wrong without the rules is shown beside each: a handler that was right
 * gets another value, or none, the moment its worker starts with the new schema.
 */
const record = (type: unknown, rest: object = {}) => ({
  type: "record",
  name: "R",
  fields: [{ name: "f", type, ...rest }],
});
const enumOf = (...symbols: readonly string[]) => ({ type: "enum", name: "E", symbols });
const decimal = (scale: number) => ({ type: "bytes", logicalType: "decimal", precision: 9, scale });
const long = (rest: object) => ({ type: "long", ...rest });

/** `RULE field: what is said`. */
const lines = (older: unknown, newer: unknown): readonly string[] =>
  typescriptChanges(parseSchema(older), parseSchema(newer)).map(({ rule, field, says }) => `${rule} ${field}: ${says}`);

/** The value of the field, written with the older schema and read with each. */
function values(older: unknown, newer: unknown, given: unknown): { before: unknown; after: unknown } {
  const [one, other] = [parseSchema(record(older)), parseSchema(record(newer))];
  const bytes = createCodec(one).encode({ f: given });
  const field = (value: unknown) => (value as { f: unknown }).f; // A record with that field was read.
  return { before: field(createDecoder(one, one)(bytes)), after: field(createDecoder(one, other)(bytes)) };
}

describe("TS_UNION_WRAPPED", () => {
  test.each([
    [["null", "int"], ["null", "int", "float"], 1, 1, { int: 1 }, "is decoded as `{ int: 1 }` where it was `1`"],
    ["int", ["int", "float"], 1, 1, { int: 1 }, "is decoded as `{ int: 1 }` where it was `1`"],
    [["int", "float"], "double", { int: 1 }, { int: 1 }, 1, "is decoded as `1` where it was `{ int: 1 }`"],
    [
      ["null", "string"],
      ["null", "string", enumOf("A")],
      "x",
      "x",
      { string: "x" },
      'is decoded as `{ string: "a" }` where it was `"a"`',
    ],
    [
      [
        { type: "record", name: "a.A", fields: [] },
        { type: "map", values: "int" },
      ],
      [
        { type: "record", name: "b.A", fields: [], aliases: ["a.A"] },
        { type: "map", values: "int" },
      ],
      { "a.A": {} },
      { "a.A": {} },
      { "b.A": {} },
      'is decoded as `{ "b.A": { … } }` where it was `{ "a.A": { … } }`',
    ],
    [
      ["int", "float"],
      ["long", "float"],
      { int: 1 },
      { int: 1 },
      { long: 1 },
      "is decoded as `{ long: 1 }` where it was `{ int: 1 }`",
    ],
  ] as const)(
    "%j to %j: a handler that computes with it computes with something else",
    (older, newer, given, before, after, says) => {
      expect(lines(record(older), record(newer))[0]).toBe(`TS_UNION_WRAPPED f: ${says}`);
      expect(values(older, newer, given)).toEqual({ before, after });
    },
  );

  test("avsc changes the value alike", () => {
    const [one, other] = [
      ["null", "int"],
      ["null", "int", "float"],
    ].map((type) => avsc.Type.forSchema(type as avsc.Schema)); // Both are schemas.
    if (one === undefined || other === undefined) throw new Error("two were made");
    expect(one.fromBuffer(one.toBuffer(1))).toBe(1);
    expect(other.fromBuffer(one.toBuffer(1), other.createResolver(one))).toEqual({ int: 1 });
  });

  test("is not said of a union that stays as it is, or of null alone", () => {
    expect(lines(record(["null", "int"]), record(["null", "int", "string"]))).toEqual([
      "TS_TYPE_CHANGED f: may be of another type now: `number | string | null` where it was `number | null`",
    ]);
    expect(lines(record("null"), record(["null", "int", "float"]))[0]).toStartWith("TS_TYPE_CHANGED");
  });
});

describe("TS_NUMBER_PRECISION", () => {
  test.each([
    [
      "int",
      "long",
      "was `int`, and may be beyond ±(2^53-1) now, which a JavaScript number does not hold: such a record cannot be decoded",
    ],
    ["int", "double", "was `int`, and may have a fraction now"],
    ["long", "double", "was `long`, and may have a fraction now, and whole numbers beyond ±(2^53-1) are rounded"],
    ["long", long({ jsType: "bigint" }), "is a `bigint` where it was a `number`"],
    ["int", long({ jsType: "bigint" }), "is a `bigint` where it was a `number`"],
    [
      long({ jsType: "bigint" }),
      "long",
      "is a `number` where it was a `bigint`, and records beyond ±(2^53-1) cannot be decoded",
    ],
  ] as const)("%j to %j", (older, newer, says) => {
    expect(lines(record(older), record(newer))).toEqual([`TS_NUMBER_PRECISION f: ${says}`]);
  });

  test("a writer of the new long stops the reader, and a bigint does not mix with a number", () => {
    const newer = createCodec(parseSchema(record("long")));
    const bytes = createCodec(parseSchema(record(long({ jsType: "bigint" })))).encode({ f: 2n ** 60n });
    expect(String(thrownBy(() => newer.decode(bytes)))).toContain("2^53-1");
    const { before, after } = values("int", long({ jsType: "bigint" }), 1);
    const plusOne = (value: unknown) => (value as number) + 1; // As the handler was written.
    expect(plusOne(before)).toBe(2);
    expect(() => plusOne(after)).toThrow(TypeError);
  });

  test("a registry's schema has its bigint from the field, too", () => {
    const text = JSON.stringify(record("long", { jsType: "bigint" }));
    expect(typescriptChanges(parseSchemaText(text), parseSchema(JSON.parse(text)))).toEqual([]);
  });
});

describe("TS_NAMESPACE", () => {
  const named = (name: string, rest: object = {}) => ({ type: "record", name, fields: [], ...rest });

  test("avsc refuses to read a record of another namespace, and reads it with an alias", () => {
    const [older, newer] = [named("a.Foo"), named("b.Foo")];
    expect(lines(older, newer)).toEqual([
      "TS_NAMESPACE : was the record `a.Foo` and is `b.Foo` now, which clients that compare full names refuse to read",
    ]);
    const resolver = (reader: unknown) => () =>
      avsc.Type.forSchema(reader as avsc.Schema).createResolver(avsc.Type.forSchema(older as avsc.Schema)); // Both are schemas.
    expect(resolver(newer)).toThrow("no alias found");
    const mended = named("b.Foo", { aliases: ["a.Foo"] });
    expect(resolver(mended)).not.toThrow();
    expect(lines(older, mended)).toEqual([]);
    expect(createDecoder(parseSchema(older), parseSchema(newer))(Buffer.of())).toEqual({});
  });

  test("is said once for all that inherits it", () => {
    const order = (namespace: string) => ({
      ...record({ type: "array", items: { type: "record", name: "Item", fields: [{ name: "e", type: enumOf("A") }] } }),
      namespace,
    });
    expect(lines(order("a"), order("b"))).toHaveLength(1);
  });
});

describe("TS_ENUM_SYMBOL_ADDED", () => {
  test("a switch over all symbols misses the new one", () => {
    expect(lines(record(enumOf("A")), record(enumOf("A", "B", "C")))).toEqual([
      "TS_ENUM_SYMBOL_ADDED f: may be `B`, `C` now: a `switch` over its symbols misses them",
    ]);
    const price = (symbol: unknown): number | undefined => {
      switch (symbol) {
        case "A":
          return 1;
        default:
          return undefined;
      }
    };
    const newer = createCodec(parseSchema(record(enumOf("A", "B"))));
    const { f } = newer.decode(newer.encode({ f: "B" })) as { f: unknown }; // It was just written.
    expect(price(f)).toBeUndefined();
    expect(lines(record(enumOf("A", "B")), record(enumOf("B", "A")))).toEqual([]);
  });
});

describe("TS_LOGICAL_TYPE", () => {
  const millis = long({ logicalType: "timestamp-millis" });
  test.each([
    ["long", millis, 5, 5, new Date(5), "was `long` and is `timestamp-millis` now: a `Date` where it was a `number`"],
    [
      millis,
      "long",
      new Date(5),
      new Date(5),
      5,
      "was `timestamp-millis` and is `long` now: a `number` where it was a `Date`",
    ],
    [
      "int",
      { type: "int", logicalType: "date" },
      1,
      1,
      "1970-01-02",
      "was `int` and is `date` now: a `string` where it was a `number`",
    ],
    [
      millis,
      long({ logicalType: "timestamp-micros" }),
      new Date(5),
      new Date(5),
      5_000,
      "was `timestamp-millis` and is `timestamp-micros` now: a `number` where it was a `Date`",
    ],
    [
      long({ logicalType: "timestamp-micros" }),
      long({ logicalType: "timestamp-nanos" }),
      5,
      5,
      5_000,
      "was `timestamp-micros` and is `timestamp-nanos` now: with other values",
    ],
    [
      decimal(1),
      decimal(2),
      "12.3",
      "12.3",
      "12.30",
      "was `decimal(9, 1)` and is `decimal(9, 2)` now: with other values",
    ],
  ] as const)("%j to %j: the same bytes are another value", (older, newer, given, before, after, says) => {
    expect(lines(record(older), record(newer))).toEqual([`TS_LOGICAL_TYPE f: ${says}`]);
    expect(values(older, newer, given)).toEqual({ before, after });
  });

  test.each([
    ["string", { type: "string", logicalType: "uuid" }],
    ["int", { type: "int", logicalType: "time-millis" }],
    [decimal(2), { ...decimal(2), precision: 12 }],
  ])("%j to %j is no change of the value", (older, newer) => {
    expect(lines(record(older), record(newer))).toEqual([]);
  });
});

describe("TS_UNREADABLE", () => {
  test.each([
    [decimal(4), decimal(2), "a decimal of scale 4 would be rounded to scale 2"],
    [
      long({ logicalType: "timestamp-micros" }),
      long({ logicalType: "timestamp-millis" }),
      "timestamp-micros would be rounded to timestamp-millis",
    ],
    ["string", decimal(2), "a decimal is no text"],
    [["null", decimal(4)], ["null", decimal(2)], "a decimal of scale 4 would be rounded to scale 2"],
  ])("%j to %j: Avro finds it compatible, and a worker does not start", (older, newer, reason) => {
    const [one, other] = [parseSchema(record(older)), parseSchema(record(newer))];
    expect(checkCompatibility(other, one)).toEqual([]);
    expect(lines(record(older), record(newer))).toEqual([`TS_UNREADABLE f: cannot be read any more: ${reason}`]);
    expect(String(thrownBy(() => createDecoder(one, other)))).toContain("cannot read the writer's");
  });

  test("a default that a registry holds and that is none stops the reader too", () => {
    const older = parseSchemaText(JSON.stringify({ type: "record", name: "R", fields: [] }));
    const newer = parseSchemaText(JSON.stringify(record("int", { default: "x" })));
    expect(checkCompatibility(newer, older)).toEqual([]);
    expect(typescriptChanges(older, newer)).toMatchObject([
      { rule: "TS_UNREADABLE", newerPath: ["fields", "0", "default"] },
    ]);
    expect(() => createDecoder(older, newer)).toThrow();
  });
});

describe("TS_TYPE_CHANGED", () => {
  test.each([
    ["string", "bytes", "a", "a", Buffer.from("a"), "is a `Buffer` where it was a `string`"],
    ["string", ["null", "string"], "a", "a", "a", "may be null now: `string | null` where it was `string`"],
  ] as const)("%j to %j", (older, newer, given, before, after, says) => {
    expect(lines(record(older), record(newer))).toEqual([`TS_TYPE_CHANGED f: ${says}`]);
    expect(values(older, newer, given)).toEqual({ before, after });
  });

  test("a symbol that is gone becomes the default", () => {
    const newer = { ...enumOf("A"), default: "A" };
    expect(lines(record(enumOf("A", "B")), record(newer))).toEqual([
      "TS_TYPE_CHANGED f: is never `B` any more: what was written so is read as `A`",
    ]);
    expect(values(enumOf("A", "B"), newer, "B")).toEqual({ before: "B", after: "A" });
  });

  test("a narrower type is no change that code notices", () => {
    expect(lines(record(["int", "null"]), record(["null", "int"]))).toEqual([]);
  });
});

describe("TS_FIELD_REMOVED", () => {
  test("what a handler reads is not there, under its name or at all", () => {
    const renamed = { ...record("int"), fields: [{ name: "g", type: "int", aliases: ["f"] }] };
    expect(lines(record("int"), { ...record("int"), fields: [] })).toEqual([
      "TS_FIELD_REMOVED f: is gone: code that reads it gets `undefined`, and no longer compiles",
    ]);
    expect(lines(record("int"), renamed)).toEqual([
      "TS_FIELD_REMOVED f: is called `g` now: code that reads it gets `undefined`, and no longer compiles",
    ]);
    const bytes = createCodec(parseSchema(record("int"))).encode({ f: 1 });
    expect(createDecoder(parseSchema(record("int")), parseSchema(renamed))(bytes)).toEqual({ g: 1 });
  });
});

test("what Avro itself refuses is not said again, and the rest beside it is", () => {
  const two = (a: string, b: unknown) => ({
    type: "record",
    name: "R",
    fields: [
      { name: "a", type: a },
      { name: "b", type: b },
    ],
  });
  expect(lines(two("int", "string"), two("string", "bytes"))).toEqual([
    "TS_TYPE_CHANGED b: is a `Buffer` where it was a `string`",
  ]);
});

test("of a union that can read nothing, Avro has said all there is", () => {
  expect(lines(record("int"), record(["null", "string"]))).toEqual([]);
});

test("a place is named in both schemas, and in a sentence", () => {
  const item = (type: string) => ({
    type: "array",
    items: { type: "record", name: "I", fields: [{ name: "p", type }] },
  });
  expect(typescriptChanges(parseSchema(record(item("string"))), parseSchema(record(item("bytes"))))).toMatchObject([
    {
      field: "f[].p",
      olderPath: ["fields", "0", "type", "items", "fields", "0", "type"],
      newerPath: ["fields", "0", "type", "items", "fields", "0", "type"],
      message: "`f[].p` is a `Buffer` where it was a `string`",
    },
  ]);
});

test("each rule says what it asks for, in a sentence", () => {
  expect(TYPESCRIPT_RULES.map(({ id }) => id)).toHaveLength(8);
  for (const { purpose } of TYPESCRIPT_RULES) expect(purpose).toMatch(/^[A-Z].{20,}\.$/);
});
