import { describe, expect, test } from "bun:test";
import { createCodec, parseSchema, typescriptOf } from "../../../src/avro/index.ts";

const written = (...schemas: unknown[]) =>
  typescriptOf(schemas.map((json, index) => ({ schema: parseSchema(json), suffix: `V${index + 1}` })));
const declared = (...schemas: unknown[]) => written(...schemas).output;
const declaredInput = (...schemas: unknown[]) => written(...schemas).input;
const typeOf = (json: unknown): string => declared(json).types[0] ?? "";
const inputOf = (json: unknown): string => declaredInput(json).types[0] ?? "";
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

/** What is accepted as it stands, and what the type therefore leaves out because the codec cannot tell what is meant. */
describe("the input type is what can be encoded", () => {
  const uuid = "0194f7c2-1a2b-7c3d-8e4f-000000000001";
  const enumOf = (name: string, ...symbols: string[]) => ({ type: "enum", name, symbols });
  const nested = (name: string, ...fields: string[]) =>
    record(
      name,
      fields.map((field) => ({ name: field, type: "int" })),
    );
  test.each([
    ["long", "number", [1], ["1"]],
    [{ type: "long", jsType: "bigint" }, "bigint | number | string", [1n, 1, "1"], [1.5]],
    ["double", 'number | "NaN" | "Infinity" | "-Infinity"', [0.5, "NaN"], ["1"]],
    ["bytes", "Uint8Array | string", [Buffer.from("a"), Uint8Array.of(1), "YQ=="], [[1]]],
    [fixed(1), "Uint8Array | string", [Uint8Array.of(1), "YQ=="], ["YWI="]],
    [fixed(16, { logicalType: "uuid" }), "string", [uuid], ["x"]],
    [fixed(12, { logicalType: "duration" }), "string", ["P1M"], ["x"]],
    [
      { type: "long", logicalType: "timestamp-millis" },
      "Date | string | number",
      [new Date(1), "2026-01-31T13:45:30Z", 1],
      [true],
    ],
    [
      { type: "long", logicalType: "timestamp-micros", jsType: "bigint" },
      "Date | string | bigint | number",
      [new Date(1), "2026-01-31T13:45:30Z", 1n, 1],
      [true],
    ],
    [{ type: "long", logicalType: "time-micros" }, "number | string", [1, "13:45"], [new Date(1)]],
    [{ type: "int", logicalType: "date" }, "string | number", ["2026-01-31", 1], [true]],
    [{ type: "bytes", logicalType: "decimal", precision: 4, scale: 2 }, "string", ["12.34"], [12.34]],
    [{ type: "array", items: "bytes" }, "readonly (Uint8Array | string)[]", [["YQ=="]], ["YQ=="]],
    [["null", { type: "map", values: "int" }], "Readonly<Record<string, number>> | null", [{ a: 1 }, null], [1]],
    [["null", "double"], 'number | "NaN" | "Infinity" | "-Infinity" | null', ["NaN"], ["x"]],
    // As JSON, bytes would be a text like any other.
    [["bytes", "string"], "string | { readonly bytes: Uint8Array | string }", [{ bytes: "AQ==" }, "any text"], [1]],
    [
      ["null", "int", "double"],
      '{ readonly int: number } | { readonly double: number | "NaN" | "Infinity" | "-Infinity" } | null',
      [{ int: 1 }, { double: "NaN" }],
      [5],
    ],
    [
      ["int", { type: "long", jsType: "bigint" }],
      "string | { readonly int: number } | { readonly long: bigint | number | string }",
      [5n, "5", { long: 5 }],
      [5],
    ],
    [
      ["string", enumOf("a.E", "X")],
      '{ readonly string: string } | { readonly "a.E": E } | { readonly E: E }',
      [{ E: "X" }, { "a.E": "X" }],
      ["X"],
    ],
    [
      [enumOf("A", "X", "Y"), enumOf("B", "Y", "Z")],
      '"X" | "Z" | { readonly A: A } | { readonly B: B }',
      ["X", "Z", { B: "Y" }],
      ["Y"],
    ],
    [[enumOf("A", "X"), enumOf("B", "Z")], "A | B | { readonly A: A } | { readonly B: B }", ["X", "Z"], ["Y"]],
    [
      [
        { type: "string", logicalType: "uuid" },
        { type: "int", logicalType: "date" },
      ],
      "string | number | { readonly string: string } | { readonly int: string | number }",
      [uuid, "2026-01-31", 5],
      ["x"],
    ],
    [
      ["string", { type: "int", logicalType: "date" }],
      "number | { readonly string: string } | { readonly int: string | number }",
      [5, { string: "2026-01-31" }],
      ["2026-01-31"],
    ],
    [
      [fixed(1), { type: "fixed", name: "G", size: 2 }],
      "Uint8Array | string | { readonly F: Uint8Array | string } | { readonly G: Uint8Array | string }",
      [Uint8Array.of(1), Uint8Array.of(1, 2), { G: "YWI=" }],
      [Uint8Array.of(1, 2, 3)],
    ],
    [
      ["bytes", fixed(1)],
      "{ readonly bytes: Uint8Array | string } | { readonly F: Uint8Array | string }",
      [{ F: "YQ==" }],
      [Uint8Array.of(1)],
    ],
    [
      [nested("A", "a", "both"), nested("B", "b", "both")],
      "AInput | BInput | { readonly A: AInput } | { readonly B: BInput }",
      [{ a: 1, both: 1 }, { B: { b: 1, both: 2 } }],
      [{ both: 1 }],
    ],
    [
      [nested("A", "a"), nested("x.A", "a")],
      '{ readonly A: AInput } | { readonly "x.A": AV1Input }',
      [{ "x.A": { a: 1 } }],
      [{ a: 1 }],
    ],
    [
      [nested("A", "a"), nested("B", "A")],
      "AInput | { readonly A: AInput } | { readonly B: BInput }",
      [{ a: 1 }, { A: { a: 1 } }, { B: { A: 1 } }],
      [{ A: 1 }],
    ],
    [
      [{ type: "map", values: "int" }, nested("B", "b")],
      "{ readonly map: Readonly<Record<string, number>> } | { readonly B: BInput }",
      [{ map: { b: 1 } }, { B: { b: 1 } }],
      [{ b: 1 }],
    ],
    [["null", nested("A", "a")], "AInput | null", [{ a: 1 }, null], [{ a: "x" }]],
  ] as const)("%j is %s", (json, type, taken, refused) => {
    const codec = createCodec(parseSchema(json));
    expect(inputOf(json)).toBe(type);
    for (const value of taken) expect(codec.encode(value)).toBeInstanceOf(Buffer);
    for (const value of refused) expect(() => codec.encode(value)).toThrow("invalid value");
  });

  test("fields with a default may be left out, and it is told", () => {
    const { declarations } = declaredInput(
      record("x.Order", [
        { name: "id", type: "string" },
        { name: "note", type: ["null", "string"], default: null, doc: "For us." },
        { name: "tags", type: { type: "map", values: "string" }, default: { a: "*/" } },
        { name: "long", type: "string", default: "x".repeat(100) },
      ]),
    );
    expect(declarations).toBe(`export interface OrderInput {
  readonly id: string;
  /**
   * For us.
   * @default null
   */
  readonly note?: string | null | undefined;
  /** @default {"a":"*\\/"} */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly long?: string | undefined;
}
`);
  });

  test("a record that is the same both ways is its output, also where it holds itself", () => {
    const node = record("Node", [{ name: "next", type: ["null", "Node"] }]);
    expect(declaredInput(node)).toEqual({ declarations: "export type NodeInput = Node;\n", types: ["NodeInput"] });
    const dated = record("Node", [
      { name: "next", type: ["null", "Node"] },
      { name: "at", type: { type: "long", logicalType: "timestamp-millis" } },
    ]);
    expect(declaredInput(dated).declarations).toContain("readonly next: NodeInput | null;");
  });

  test("records that differ in their defaults alone are one type once decoded, and two before", () => {
    const one = (rest: object) => record("Order", [{ name: "a", type: "int", ...rest }]);
    const { output, input } = written(one({}), one({ default: 1 }));
    expect([...output.types, ...input.types]).toEqual(["Order", "Order", "OrderInput", "OrderInputV2"]);
  });

  test("an input takes no name of a record's", () => {
    const { output, input } = written(record("Order", []), record("OrderInput", []));
    expect([...output.types, ...input.types]).toEqual(["Order", "OrderInput", "OrderInputV1", "OrderInputInput"]);
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

  test("types that hold each other are one type in two schemas, unless something in them differs, however deep", () => {
    const person = (deep: unknown, name = "Person") =>
      record(name, [
        { name: "home", type: ["null", record("House", [{ name: "people", type: { type: "array", items: name } }])] },
        {
          name: "pet",
          type: record("Pet", [
            { name: "owner", type: ["null", name] },
            { name: "deep", type: deep },
          ]),
        },
      ]);
    expect(declared(person("int"), person("int"), person("long")).types).toEqual(["Person", "Person", "Person"]);
    const { types, declarations } = declared(person("int"), person("string"), person("int"));
    expect(types).toEqual(["Person", "PersonV2", "Person"]);
    expect(declarations).toContain("export interface HouseV2 {\n  readonly people: readonly PersonV2[];\n}");
  });

  // Each refers to the one before it: whoever writes down what each holds writes a million.
  test("thousands of types in a row are written", () => {
    const fields = Array.from({ length: 3_000 }, (_, index) => {
      const before = index === 0 ? "int" : `T${index - 1}`;
      return { name: `f${index}`, type: record(`T${index}`, [{ name: "before", type: ["null", before] }]) };
    });
    const { output, input } = written(record("Root", fields), record("Root", fields));
    expect(output.declarations.match(/^export /gm)).toHaveLength(3_001);
    expect(input.declarations.match(/^export /gm)).toHaveLength(3_001);
  });

  test("types of one name that differ get names of their own", () => {
    const one = (field: string, name = "x.Order") => record(name, [{ name: field, type: "int" }]);
    const { types } = declared(one("a"), one("b"), one("c", "y.Order"), one("d"), one("e"));
    expect(types).toEqual(["Order", "OrderV2", "OrderV3", "OrderV4", "OrderV5"]);
    const same = ["a", "b", "c", "d", "e"].map((field) => ({ schema: parseSchema(one(field)), suffix: "V1" }));
    expect(typescriptOf(same).output.types).toEqual(["Order", "OrderV1", "XOrder", "XOrderV1", "XOrderV1_2"]);
  });

  test("names become TypeScript's, and leave alone what TypeScript has", () => {
    const { types } = declared(record("order_line_item", []), record("x.Date", []), record("Buffer", []));
    expect(types).toEqual(["OrderLineItem", "DateV2", "BufferV3"]);
    expect(declared(record("_1", []), record("größe²", []), record("_", [])).types).toEqual(["_1", "Größe_", "_"]);
  });
});

test("a record without fields takes nothing but an empty object", () => {
  expect(declared(recordR).declarations).toBe("export type R = Readonly<Record<string, never>>;\n");
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
