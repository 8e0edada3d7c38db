import { expect, test } from "bun:test";
import { jsonSchemaOf, parseSchema } from "../../src/avro/index.ts";

const of = (schema: unknown) => jsonSchemaOf(parseSchema(schema));

test("a record is an object of its fields and no others; those without defaults are required", () => {
  const schema = {
    type: "record",
    name: "a.Order",
    doc: "An order.",
    fields: [
      { name: "id", type: "string", doc: "Its name." },
      { name: "note", type: ["null", "string"], default: null },
      { name: "count", type: "int", default: 1 },
    ],
  };
  expect(of(schema)).toEqual({
    type: "object",
    title: "Order",
    description: "An order.",
    properties: {
      id: { type: "string", description: "Its name." },
      note: { anyOf: [{ type: "null" }, { type: "string" }], default: null },
      count: { type: "integer", minimum: -2147483648, maximum: 2147483647, default: 1 },
    },
    required: ["id"],
    additionalProperties: false,
  });
});

test.each([
  ["boolean", { type: "boolean" }],
  ["long", { type: "integer", minimum: -9007199254740991, maximum: 9007199254740991 }],
  ["double", { type: "number" }],
  ["bytes", { type: "string", contentEncoding: "base64" }],
  [
    { type: "fixed", name: "F", size: 4 },
    { type: "string", contentEncoding: "base64", minLength: 8, maxLength: 8 },
  ],
  [
    { type: "enum", name: "E", symbols: ["A", "B"] },
    { type: "string", enum: ["A", "B"] },
  ],
  [
    { type: "array", items: "string" },
    { type: "array", items: { type: "string" } },
  ],
  [
    { type: "map", values: "string" },
    { type: "object", additionalProperties: { type: "string" } },
  ],
  [
    { type: "string", logicalType: "uuid" },
    { type: "string", format: "uuid" },
  ],
  [
    { type: "int", logicalType: "date" },
    { type: "string", format: "date" },
  ],
  [
    { type: "long", logicalType: "timestamp-millis" },
    { type: "string", format: "date-time" },
  ],
  [
    { type: "bytes", logicalType: "decimal", precision: 6, scale: 2 },
    { type: "string", pattern: "^-?\\d{1,4}(\\.\\d{1,2})?$" },
  ],
])("%j is described as %j", (schema, expected) => {
  expect<unknown>(of(schema)).toEqual(expected);
});

test("a union whose branches look alike asks for wrappers", () => {
  expect(of(["null", "int", "double"])).toEqual({
    anyOf: [
      { type: "null" },
      {
        type: "object",
        properties: { int: { type: "integer", minimum: -2147483648, maximum: 2147483647 } },
        required: ["int"],
        additionalProperties: false,
      },
      { type: "object", properties: { double: { type: "number" } }, required: ["double"], additionalProperties: false },
    ],
  });
});

test("recursive records stand under $defs, and are referred to where the caller says", () => {
  const list = parseSchema({
    type: "record",
    name: "a.List",
    fields: [{ name: "next", type: ["null", "List"], default: null }],
  });
  const properties = (prefix: string) => ({
    next: { anyOf: [{ type: "null" }, { $ref: `${prefix}List` }], default: null },
  });
  const described = (prefix: string) => ({
    $ref: `${prefix}List`,
    $defs: { List: { type: "object", title: "List", properties: properties(prefix), additionalProperties: false } },
  });
  expect<unknown>(jsonSchemaOf(list)).toEqual(described("#/$defs/"));
  expect<unknown>(jsonSchemaOf(list, { refPrefix: "#/components/schemas/" })).toEqual(
    described("#/components/schemas/"),
  );
});
