import { describe, expect, test } from "bun:test";
import { createCodec, parseSchema } from "../../src/avro/index.ts";
import { schemaProblemsOf } from "./support.ts";

const record = (name: string, ...fields: unknown[]) => ({ type: "record", name, fields });

describe("a schema that is wrong", () => {
  test("is refused with everything that is wrong, each at its place", () => {
    const schema = record(
      "a.R",
      { name: "a", type: "strng" },
      { name: "a", type: "int" },
      { name: "1b", type: "int" },
      { name: "c", type: ["null", "null"] },
      { name: "d", type: [] },
      { name: "e", type: ["null", ["int"]] },
      { name: "f", type: "int", default: "x" },
      { name: "g", type: { type: "enum", name: "E", symbols: ["A", "A", "b-c"], default: "Z" } },
      { name: "h", type: { type: "fixed", name: "F", size: -1 } },
      { name: "i", type: { type: "array" } },
      { name: "j", type: { type: "record", name: "R", fields: [] } },
      { name: "k" },
      "l",
      { name: "m", type: 5 },
      { name: "n", type: { type: "record", fields: [] } },
      { name: "o", type: "int", jsType: "bigint" },
    );
    expect(schemaProblemsOf(schema)).toEqual({
      "/fields/0/type": "unknown type `strng`; did you mean `string`?",
      "/fields/1/name": "a second field `a`",
      "/fields/2/name": 'expected the name of a field: letters, digits and _, found the string "1b"',
      "/fields/3/type/1": "a second branch `null` in one union",
      "/fields/4/type": "a union without branches",
      "/fields/5/type/1": "a union directly inside a union",
      "/fields/6/default": 'the default does not fit its type: expected an int, found the string "x"',
      "/fields/7/type/symbols/1": "a second symbol `A`",
      "/fields/7/type/symbols/2": 'expected a symbol: letters, digits and _, found the string "b-c"',
      "/fields/7/type/default": 'the default is no symbol of the enum: the string "Z"',
      "/fields/8/type/size": "expected how many bytes it has, found the number -1",
      "/fields/9/type": "an array without `items`",
      "/fields/10/type/name": "`a.R` is defined twice",
      "/fields/11": "a field without `type`",
      "/fields/12": 'expected a field: an object, found the string "l"',
      "/fields/13/type": "expected a type: a name, an object or an array, found the number 5",
      "/fields/14/type": "a record needs a name, found nothing",
      "/fields/15/jsType": '`"jsType": "bigint"` is for a long, or a union with one',
    });
  });

  test.each([
    [null, "expected a type: a name, an object or an array, found null"],
    [undefined, "expected a type: a name, an object or an array, found nothing"],
    ["record", '`record` stands inside an object, as in {"type": "record", …}'],
    ["orders.Order", "unknown type `orders.Order`"],
    [{}, "missing `type`"],
    [{ type: "record", name: "R" }, "expected an array of fields, found nothing"],
    [
      { type: "record", name: "a-b.R", fields: [] },
      "`a-b.R` cannot be the name of a type: letters, digits and _, parts joined by dots",
    ],
    [
      { type: "record", name: "string", fields: [] },
      "`string` cannot be the name of a type: letters, digits and _, parts joined by dots",
    ],
    [{ type: "enum", name: "E", symbols: [] }, "expected an array of symbols, found an array of 0"],
    [record("R", { name: "__proto__", type: "int" }), "`__proto__` cannot be the name of a field in JavaScript"],
    [{ type: { type: "string" } }, "expected the name of a type, found an object with `type`"],
    [{ type: "int", jsType: "bigint" }, '`"jsType": "bigint"` is for a long; this is `int`'],
    [{ ...record("R"), aliases: "S" }, 'expected an array of names, found the string "S"'],
  ])("%j is refused", (schema, message) => {
    expect(Object.values(schemaProblemsOf(schema))).toEqual([message]);
  });

  test("nested beyond the limit is refused, not a stack overflow", () => {
    let schema: unknown = "int";
    for (let level = 0; level < 100_000; level++) schema = { type: "array", items: schema };
    expect(Object.values(schemaProblemsOf(schema))).toEqual(["nested deeper than 200 levels"]);
  });
});

describe("defaults", () => {
  test.each([
    [["int", "null"], null],
    [["null", "string"], "x"],
    ["bytes", "\u00ff"],
    ["double", "1.5"],
    ["double", "NaN"],
    ["double", 1],
    [{ type: "array", items: "int" }, [1]],
    [{ type: "map", values: "int" }, { a: 1 }],
    [{ type: "fixed", name: "F", size: 2 }, "ab"],
    [record("S", { name: "x", type: "int", default: 1 }), {}],
  ])("of %j may be %j", (type, fallback) => {
    expect(parseSchema(record("R", { name: "f", type, default: fallback })).name).toBe("R");
  });

  test.each([
    ["int", 1.5],
    ["int", null],
    ["long", 2 ** 53],
    ["string", 5],
    ["bytes", "€"],
    ["boolean", "true"],
    [["null", "string"], 5],
    [{ type: "fixed", name: "F", size: 2 }, "abc"],
    [{ type: "enum", name: "E", symbols: ["A"] }, "B"],
    [{ type: "array", items: "int" }, ["x"]],
    [record("S", { name: "x", type: "int" }), {}],
  ])("of %j may not be %j", (type, fallback) => {
    expect(Object.keys(schemaProblemsOf(record("R", { name: "f", type, default: fallback })))).toEqual([
      "/fields/0/default",
    ]);
  });

  test("may not contain themselves without end", () => {
    expect(Object.values(schemaProblemsOf(record("R", { name: "r", type: "R", default: {} })))).toEqual([
      "the default contains itself without end",
    ]);
  });
});

describe("names", () => {
  test("may be used before they are defined, as Avro Java has it", () => {
    const schema = parseSchema(
      record("R", { name: "a", type: "Later" }, { name: "b", type: record("Later", { name: "x", type: "int" }) }),
    );
    expect(createCodec(schema).encode({ a: { x: 1 }, b: { x: 2 } })).toEqual(Buffer.of(2, 4));
  });

  test("are looked for in the namespace around them, then in none", () => {
    const schema = parseSchema([
      { type: "enum", name: "E", symbols: ["A"] },
      { ...record("R", { name: "e", type: "E" }, { name: "s", type: { type: "S" } }), namespace: "a.b" },
      { type: "fixed", name: "a.b.S", size: 1 },
    ]);
    expect(parseSchema(schema.json).fingerprint).toBe(schema.fingerprint);
  });

  test("of any script are read, as Avro Java does", () => {
    expect(parseSchema(record("größe.Bestellung", { name: "straße", type: "int" })).name).toBe("größe.Bestellung");
  });

  test("of referenced schemas are known, and the schema then stands alone", () => {
    const currency = parseSchema({ type: "enum", name: "shared.Currency", symbols: ["EUR"] });
    const money = parseSchema({ ...record("Money", { name: "currency", type: "Currency" }), namespace: "shared" }, [
      currency,
    ]);
    const order = parseSchema(
      record(
        "o.Order",
        { name: "total", type: "shared.Money" },
        { name: "fee", type: "shared.Money" },
        { name: "c", type: "shared.Currency" },
      ),
      [money, currency],
    );
    expect<unknown>(order.json).toEqual(
      record(
        "o.Order",
        {
          name: "total",
          type: record("shared.Money", {
            name: "currency",
            type: { type: "enum", name: "shared.Currency", symbols: ["EUR"] },
          }),
        },
        { name: "fee", type: "shared.Money" },
        { name: "c", type: "shared.Currency" },
      ),
    );
    expect(parseSchema(order.json).fingerprint).toBe(order.fingerprint);
  });

  test("defined here and in a referenced schema are refused", () => {
    const money = parseSchema(record("Money"));
    expect(() => parseSchema(record("Money"), [money])).toThrow("defined in a schema that this one refers to");
  });
});

describe("the fingerprint", () => {
  const base = record("a.R", { name: "f", type: "long", default: 1 }, { name: "g", type: "string" });
  const of = (schema: unknown) => parseSchema(schema).fingerprint;

  test("differs with a fixed's logical type", () => {
    const fixed = { type: "fixed", name: "F", size: 16 };
    expect(of({ ...fixed, logicalType: "uuid" })).not.toBe(of(fixed));
  });

  test("is the same for another way to write the same schema", () => {
    const other = {
      fields: [
        { type: { type: "long" }, doc: "x", name: "f", default: 1 },
        { name: "g", type: "string", order: "ignore" },
      ],
      doc: "y",
      namespace: "a",
      name: "R",
      type: "record",
    };
    expect(of(other)).toBe(of(base));
  });

  test.each([
    ["a name", record("a.S", ...base.fields)],
    ["the order of fields", record("a.R", ...base.fields.toReversed())],
    ["a default", record("a.R", { name: "f", type: "long", default: 2 }, { name: "g", type: "string" })],
    ["an alias", record("a.R", { name: "f", type: "long", default: 1, aliases: ["h"] }, { name: "g", type: "string" })],
    [
      "a logical type",
      record(
        "a.R",
        { name: "f", type: { type: "long", logicalType: "timestamp-millis" }, default: 1 },
        { name: "g", type: "string" },
      ),
    ],
    ["jsType", record("a.R", { name: "f", type: "long", default: 1, jsType: "bigint" }, { name: "g", type: "string" })],
  ])("differs with %s", (_what, schema) => {
    expect(of(schema)).not.toBe(of(base));
  });
});
