import { describe, expect, test } from "bun:test";
import { createCodec, parseSchema, typescriptOf } from "../../src/avro/index.ts";

const typeOf = (json: unknown): string => typescriptOf([{ schema: parseSchema(json), suffix: "V1" }]).types[0] ?? "";
const declared = (...schemas: unknown[]) =>
  typescriptOf(schemas.map((json, index) => ({ schema: parseSchema(json), suffix: `V${index + 1}` })));
const fixed = (size: number, rest: object = {}) => ({ type: "fixed", name: "F", size, ...rest });
const record = (name: string, fields: readonly object[], rest: object = {}) => ({
  type: "record",
  name,
  fields,
  ...rest,
});
const recordR = record("R", []);

describe("the type is that of the decoded value", () => {
  test.each([
    ["null", "null", null],
    ["boolean", "boolean", true],
    ["int", "number", 1],
    ["long", "number", 1],
    ["double", "number", 0.5],
    ["string", "string", "a"],
    ["bytes", "Buffer", Buffer.from("a")],
    [{ type: "long", jsType: "bigint" }, "bigint", 1n],
    [{ type: "long", logicalType: "timestamp-millis" }, "Date", new Date(1)],
    [{ type: "long", logicalType: "local-timestamp-millis" }, "Date", new Date(1)],
    [{ type: "long", logicalType: "timestamp-millis", jsType: "bigint" }, "bigint", 1n],
    [{ type: "long", logicalType: "timestamp-micros" }, "number", 1],
    [{ type: "long", logicalType: "timestamp-micros", jsType: "bigint" }, "bigint", 1n],
    [{ type: "long", logicalType: "time-micros" }, "number", 1],
    [{ type: "int", logicalType: "time-millis" }, "number", 1],
    [{ type: "int", logicalType: "date" }, "string", "2026-11-21"],
    [{ type: "bytes", logicalType: "decimal", precision: 4, scale: 2 }, "string", "12.34"],
    [{ type: "string", logicalType: "uuid" }, "string", "0194f7c2-1a2b-7c3d-8e4f-000000000001"],
    [fixed(1), "Buffer", Buffer.from("a")],
    [fixed(2, { logicalType: "decimal", precision: 4, scale: 2 }), "string", "12.34"],
    [fixed(16, { logicalType: "uuid" }), "string", "0194f7c2-1a2b-7c3d-8e4f-000000000001"],
    [fixed(12, { logicalType: "duration" }), "string", "P1M"],
    [{ type: "array", items: "int" }, "readonly number[]", [1]],
    [{ type: "array", items: ["null", "int"] }, "readonly (number | null)[]", [1, null]],
    [{ type: "array", items: { type: "array", items: "int" } }, "readonly (readonly number[])[]", [[1]]],
    [{ type: "map", values: "int" }, "Readonly<Record<string, number>>", { a: 1 }],
    [
      { type: "array", items: { type: "map", values: "int" } },
      "readonly Readonly<Record<string, number>>[]",
      [{ a: 1 }],
    ],
    [["null", "string"], "string | null", "a"],
    [["string", "null", "int"], "string | number | null", 1],
    [["null", "int", "long"], "{ readonly int: number } | { readonly long: number } | null", { int: 1 }],
    [
      ["int", { ...recordR, name: "a.R" }, { type: "map", values: "int" }],
      '{ readonly int: number } | { readonly "a.R": R } | { readonly map: Readonly<Record<string, number>> }',
      { int: 1 },
    ],
    [{ type: "enum", name: "E", symbols: ["A", "B"] }, "E", "A"],
    [recordR, "R", {}],
  ] as const)("%j is %s", (json, type, value) => {
    const codec = createCodec(parseSchema(json));
    expect(typeOf(json)).toBe(type);
    expect(codec.decode(codec.encode(value))).toEqual(value as never);
  });
});

describe("declarations", () => {
  test("a record is an interface with its docs, and what it holds follows it", () => {
    const { declarations } = declared(
      record(
        "x.Order",
        [
          { name: "id", type: "string", doc: "Which." },
          { name: "state", type: { type: "enum", name: "State", symbols: ["NEW", "PAID"], doc: "Where it is.\nNow." } },
          { name: "class", type: ["null", "State"], default: null },
        ],
        { doc: "An order */ of ours." },
      ),
    );
    expect(declarations).toBe(`/** An order *\\/ of ours. */
export interface Order {
  /** Which. */
  readonly id: string;
  readonly state: State;
  readonly class: State | null;
}

/**
 * Where it is.
 * Now.
 */
export type State = "NEW" | "PAID";
`);
  });

  test("a record may hold itself", () => {
    const node = record("Node", [{ name: "next", type: ["null", "Node"] }]);
    expect(declared(node).declarations).toContain("readonly next: Node | null;");
  });

  test("a long union is written one branch on a line", () => {
    const symbols = Array.from({ length: 20 }, (_, index) => `SYMBOL_${index}`);
    const { declarations } = declared({ type: "enum", name: "E", symbols });
    expect(declarations).toStartWith('export type E =\n  | "SYMBOL_0"\n  | "SYMBOL_1"\n');
    expect(declarations).toEndWith('  | "SYMBOL_19";\n');
  });

  test("a type that two schemas share is declared once", () => {
    const money = record("s.Money", [{ name: "cents", type: "long" }]);
    const { declarations, types } = declared(
      record("A", [{ name: "m", type: money }]),
      record("B", [{ name: "m", type: money }]),
    );
    expect(types).toEqual(["A", "B"]);
    expect(declarations.match(/interface Money /g)).toHaveLength(1);
  });

  test("types of one name that differ get names of their own", () => {
    const one = (field: string, name = "x.Order") => record(name, [{ name: field, type: "int" }]);
    const { types } = declared(one("a"), one("b"), one("c", "y.Order"), one("d"), one("e"));
    expect(types).toEqual(["Order", "OrderV2", "OrderV3", "OrderV4", "OrderV5"]);
    const same = ["a", "b", "c", "d", "e"].map((field) => ({ schema: parseSchema(one(field)), suffix: "V1" }));
    expect(typescriptOf(same).types).toEqual(["Order", "OrderV1", "XOrder", "XOrderV1", "XOrderV1_2"]);
  });

  test("names become TypeScript's, and leave alone what TypeScript has", () => {
    const { types } = declared(record("order_line_item", []), record("x.Date", []), record("Buffer", []));
    expect(types).toEqual(["OrderLineItem", "DateV2", "BufferV3"]);
  });
});

test("what is written for a hundred schemas of every kind is TypeScript", () => {
  const kinds = ["int", { type: "map", values: ["null", "string", "int", "long"] }, { type: "array", items: "bytes" }];
  const schemas = Array.from({ length: 100 }, (_, index) =>
    record(
      `n${index % 3}.R${index % 7}`,
      kinds.map((type, place) => ({ name: `f_${index}_${place}`, type, doc: "`x` */ y" })),
    ),
  );
  const { declarations } = declared(...schemas);
  expect(new Bun.Transpiler({ loader: "ts" }).scan(declarations).exports).toEqual([]);
  expect(declarations.match(/export interface /g)).toHaveLength(100);
});
