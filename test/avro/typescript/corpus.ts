/** A schema, and what the compiler must say of values besides those that are generated. */
export interface Case {
  readonly title: string;
  readonly schema: unknown;
  /** What is decoded cannot be sent as it is: as JSON it would mean something else. */
  readonly oneWay?: true;
  /** Expressions that can be encoded, and that the input type takes. */
  readonly taken?: readonly string[];
  /** Expressions that are no decoded value. */
  readonly notOutput?: readonly string[];
  /** Expressions that the input type refuses. */
  readonly notInput?: readonly string[];
}

const record = (name: string, fields: readonly object[], rest: object = {}) => ({
  type: "record",
  name,
  fields,
  ...rest,
});
const field = (name: string, type: unknown, rest: object = {}) => ({ name, type, ...rest });
const of = (type: unknown, rest: object = {}) => record("R", [field("f", type, rest)]);
const enumOf = (name: string, ...symbols: string[]) => ({ type: "enum", name, symbols });
const fixed = (size: number, rest: object = {}) => ({ type: "fixed", name: "F", size, ...rest });
const long = (rest: object) => ({ type: "long", ...rest });
const array = (items: unknown) => ({ type: "array", items });
const map = (values: unknown) => ({ type: "map", values });
const money = record("shared.Money", [field("cents", "long"), field("currency", enumOf("Currency", "EUR", "USD"))]);

const UUID = '"0194f7c2-1a2b-7c3d-8e4f-000000000001"';

/** Every construct that a schema can have, and what other generators of types are known to get wrong. */
export const CORPUS: readonly Case[] = [
  // Types without parts.
  { title: "null", schema: of("null"), notOutput: ["{ f: 0 }", "{ f: undefined }"], notInput: ['{ f: "" }'] },
  { title: "boolean", schema: of("boolean"), notOutput: ["{ f: 0 }"], notInput: ['{ f: "true" }'] },
  { title: "int", schema: of("int"), notOutput: ["{ f: 1n }"], notInput: ['{ f: "1" }', "{ f: null }"] },
  { title: "long", schema: of("long"), notOutput: ["{ f: 1n }"], notInput: ["{ f: 1n }", '{ f: "1" }'] },
  {
    title: "long as a bigint",
    schema: of(long({ jsType: "bigint" })),
    taken: ["{ f: 1 }", '{ f: "9223372036854775807" }'],
    notOutput: ["{ f: 1 }", '{ f: "1" }'],
    notInput: ["{ f: new Date(0) }"],
  },
  {
    title: "float",
    schema: of("float"),
    taken: ['{ f: "NaN" }', '{ f: "-Infinity" }'],
    notOutput: ['{ f: "NaN" }'],
    notInput: ['{ f: "1" }'],
  },
  { title: "double", schema: of("double"), taken: ['{ f: "Infinity" }'], notInput: ['{ f: "nan" }'] },
  {
    title: "bytes",
    schema: of("bytes"),
    taken: ["{ f: Uint8Array.of(1, 2) }", '{ f: "AQI=" }'],
    notOutput: ['{ f: "AQI=" }', "{ f: Uint8Array.of(1) }"],
    notInput: ["{ f: [1, 2] }"],
  },
  { title: "string", schema: of("string"), notOutput: ["{ f: 1 }"], notInput: ["{ f: Buffer.from([1]) }"] },
  {
    title: "fixed, which others take for a string",
    schema: of(fixed(2)),
    taken: ["{ f: Uint8Array.of(1, 2) }", '{ f: "AQI=" }'],
    notOutput: ['{ f: "ab" }'],
    notInput: ["{ f: 12 }"],
  },
  { title: "fixed of nothing", schema: of(fixed(0)), notOutput: ['{ f: "" }'] },
  {
    title: "an enum, whose values are texts and not numbers",
    schema: of(enumOf("Suit", "SPADES", "HEARTS")),
    notOutput: ["{ f: 0 }", '{ f: "CLUBS" }'],
    notInput: ['{ f: "spades" }'],
  },
  {
    title: "an enum with a default of its own",
    schema: of({ ...enumOf("S", "A", "B"), default: "A" }),
    notInput: ["{}"],
  },

  // Logical types.
  {
    title: "date",
    schema: of({ type: "int", logicalType: "date" }),
    taken: ["{ f: 20_000 }"],
    notOutput: ["{ f: 20_000 }", "{ f: new Date(0) }"],
    notInput: ["{ f: true }"],
  },
  {
    title: "time-millis",
    schema: of({ type: "int", logicalType: "time-millis" }),
    taken: ['{ f: "13:45" }'],
    notOutput: ['{ f: "13:45" }'],
  },
  {
    title: "time-micros",
    schema: of(long({ logicalType: "time-micros" })),
    taken: ['{ f: "13:45:30.000001" }'],
    notInput: ["{ f: new Date(0) }"],
  },
  {
    title: "time-micros as a bigint",
    schema: of(long({ logicalType: "time-micros", jsType: "bigint" })),
    taken: ["{ f: 1 }", '{ f: "13:45" }'],
    notOutput: ["{ f: 1 }"],
  },
  {
    title: "timestamp-millis",
    schema: of(long({ logicalType: "timestamp-millis" })),
    taken: ["{ f: 1_769_863_530_123 }", '{ f: "2026-01-31T13:45:30Z" }'],
    notOutput: ["{ f: 1 }", '{ f: "2026-01-31T13:45:30Z" }'],
    notInput: ["{ f: 1n }", "{ f: null }"],
  },
  {
    title: "timestamp-millis as a bigint",
    schema: of(long({ logicalType: "timestamp-millis", jsType: "bigint" })),
    taken: ["{ f: new Date(0) }"],
    notOutput: ["{ f: new Date(0) }"],
  },
  {
    title: "timestamp-micros",
    schema: of(long({ logicalType: "timestamp-micros" })),
    taken: ["{ f: new Date(0) }"],
    notOutput: ["{ f: new Date(0) }"],
  },
  {
    title: "timestamp-nanos",
    schema: of(long({ logicalType: "timestamp-nanos", jsType: "bigint" })),
    taken: ['{ f: "2026-01-31T13:45:30.123456789Z" }'],
    notOutput: ["{ f: 1 }"],
  },
  {
    title: "local-timestamp-millis",
    schema: of(long({ logicalType: "local-timestamp-millis" })),
    taken: ['{ f: "2026-01-31T13:45:30" }'],
    notOutput: ['{ f: "" }'],
  },
  {
    title: "local-timestamp-micros",
    schema: of(long({ logicalType: "local-timestamp-micros" })),
    taken: ['{ f: "2026-01-31T13:45:30" }'],
    notOutput: ["{ f: new Date(0) }"],
  },
  {
    title: "decimal of bytes",
    schema: of({ type: "bytes", logicalType: "decimal", precision: 8, scale: 2 }),
    notOutput: ["{ f: 12.34 }", "{ f: Buffer.of(1) }"],
    notInput: ["{ f: 12.34 }", "{ f: Uint8Array.of(1) }"],
  },
  {
    title: "decimal of a fixed",
    schema: of(fixed(4, { logicalType: "decimal", precision: 8, scale: 2 })),
    notOutput: ["{ f: Buffer.of(1) }"],
  },
  {
    title: "uuid of a string",
    schema: of({ type: "string", logicalType: "uuid" }),
    taken: [`{ f: ${UUID} }`],
    notInput: ["{ f: 1 }"],
  },
  {
    title: "uuid of a fixed",
    schema: of(fixed(16, { logicalType: "uuid" })),
    taken: [`{ f: ${UUID} }`],
    notOutput: ["{ f: Buffer.alloc(16) }"],
  },
  {
    title: "duration",
    schema: of(fixed(12, { logicalType: "duration" })),
    taken: ['{ f: "P1M2DT3.004S" }'],
    notOutput: ["{ f: 1 }"],
    notInput: ["{ f: { months: 1 } }"],
  },
  {
    title: "a logical type that nobody knows",
    schema: of({ type: "string", logicalType: "iban" }),
    notOutput: ["{ f: 1 }"],
  },
  {
    title: "a logical type that does not fit",
    schema: of({ type: "string", logicalType: "timestamp-millis" }),
    notOutput: ["{ f: new Date(0) }"],
  },

  // Unions.
  {
    title: "a nullable string",
    schema: of(["null", "string"]),
    notOutput: ["{}", "{ f: undefined }"],
    notInput: ["{}", '{ f: { int: "x" } }'],
  },
  { title: "null as the last branch", schema: of(["string", "null"]), notOutput: ["{ f: 1 }"] },
  {
    title: "branches that look different",
    schema: of(["null", "boolean", "int", "string", array("int")]),
    notOutput: ["{ f: { int: 1 } }", "{ f: new Date(0) }"],
  },
  {
    title: "bytes or a text, which JSON cannot tell apart",
    schema: of(["null", "string", "bytes"]),
    oneWay: true,
    taken: ["{ f: { bytes: Uint8Array.of(1) } }", '{ f: { bytes: "AQ==" } }'],
    notOutput: ["{ f: { bytes: Buffer.of(1) } }"],
    notInput: ["{ f: Uint8Array.of(1) }"],
  },
  {
    title: "a large number or a text, which JSON cannot tell apart either",
    schema: of([long({ jsType: "bigint" }), "string"]),
    oneWay: true,
    taken: ["{ f: { long: 5n } }", "{ f: 5 }"],
    notInput: ["{ f: 5n }"],
  },
  {
    title: "two numbers, which others type as number",
    schema: of(["null", "int", "float"]),
    taken: ["{ f: { int: 1 } }", '{ f: { float: "NaN" } }', "{ f: null }"],
    notOutput: ["{ f: 1 }", "{ f: { double: 1 } }"],
    notInput: ["{ f: 5 }", '{ f: { int: "1" } }'],
  },
  {
    title: "a string and an enum, which others type as string",
    schema: of(["null", "string", { ...enumOf("Suit", "SPADES"), namespace: "cards" }]),
    taken: ['{ f: { Suit: "SPADES" } }', '{ f: { "cards.Suit": "SPADES" } }', '{ f: { string: "SPADES" } }'],
    notOutput: ['{ f: "SPADES" }', '{ f: { Suit: "SPADES" } }'],
    notInput: ['{ f: "SPADES" }', '{ f: { Suit: "HEARTS" } }'],
  },
  {
    title: "two records of different fields",
    schema: of(["null", record("a.Card", [field("number", "string")]), record("a.Iban", [field("iban", "string")])]),
    taken: ['{ f: { number: "1" } }', '{ f: { iban: "1" } }', '{ f: { Card: { number: "1" } } }'],
    notOutput: ['{ f: { number: "1" } }', '{ f: { Card: { number: "1" } } }'],
    notInput: ["{ f: { number: 1 } }", "{ f: { Card: { iban: 1 } } }"],
  },
  {
    title: "two records of the same fields",
    schema: of([record("a.Gross", [field("cents", "long")]), record("a.Net", [field("cents", "long")])]),
    taken: ["{ f: { Gross: { cents: 1 } } }", '{ f: { "a.Net": { cents: 1 } } }'],
    notInput: ["{ f: { cents: 1 } }"],
  },
  {
    title: "records told apart by an enum",
    schema: of([
      record("Card", [field("kind", enumOf("CardKind", "CARD")), field("id", "string")]),
      record("Iban", [field("kind", enumOf("IbanKind", "IBAN")), field("id", "string")]),
    ]),
    taken: ['{ f: { kind: "CARD", id: "1" } }', '{ f: { Iban: { kind: "IBAN", id: "1" } } }'],
    notInput: ['{ f: { kind: "CASH", id: "1" } }'],
  },
  {
    title: "the same simple name in two namespaces",
    schema: of(["null", record("a.Id", [field("a", "int")]), record("b.Id", [field("b", "string")])]),
    taken: ['{ f: { "a.Id": { a: 1 } } }', '{ f: { b: "1" } }'],
    notInput: ["{ f: { Id: { a: 1 } } }"],
  },
  {
    title: "two enums that share a symbol",
    schema: of([enumOf("Old", "NEW", "DONE"), enumOf("Now", "DONE", "LOST")]),
    taken: ['{ f: "NEW" }', '{ f: "LOST" }', '{ f: { Now: "DONE" } }'],
    notOutput: ['{ f: "NEW" }'],
    notInput: ['{ f: "DONE" }'],
  },
  {
    title: "a record and a map",
    schema: of([record("A", [field("a", "int")]), map("int")]),
    taken: ["{ f: { map: { a: 1 } } }"],
    notInput: ["{ f: { a: 1 } }"],
  },
  {
    title: "an array and a map",
    schema: of(["null", array("int"), map("int")]),
    notOutput: ["{ f: { array: [1] } }"],
    notInput: ['{ f: ["a"] }'],
  },
  {
    title: "a timestamp that may be null",
    schema: of(["null", long({ logicalType: "timestamp-millis" })]),
    taken: ["{ f: 1 }"],
    notOutput: ["{ f: 1 }"],
  },
  {
    title: "a timestamp or a text",
    schema: of([long({ logicalType: "timestamp-millis" }), "string"]),
    taken: ["{ f: { long: new Date(0) } }", "{ f: 1 }", '{ f: { string: "x" } }'],
    notOutput: ["{ f: new Date(0) }"],
    notInput: ['{ f: "x" }', "{ f: new Date(0) }"],
  },
  {
    title: "two fixed of different sizes",
    schema: of([fixed(1), { ...fixed(2), name: "G" }]),
    taken: ["{ f: Uint8Array.of(1, 2) }", '{ f: "AQ==" }', '{ f: { G: "AQI=" } }'],
    notOutput: ["{ f: Buffer.of(1) }"],
    notInput: ["{ f: 1 }"],
  },
  {
    title: "a bigint or an int",
    schema: of(["int", long({ jsType: "bigint" })]),
    taken: ['{ f: "5" }', "{ f: { long: 5n } }"],
    notInput: ["{ f: 5 }", "{ f: 5n }"],
  },
  { title: "one branch", schema: of(["string"]), notOutput: ['{ f: { string: "x" } }'] },
  { title: "a union as the root", schema: ["null", record("A", [field("a", "int")])], notOutput: ["{}"] },

  // Records, and what they hold.
  {
    title: "a record without fields",
    schema: record("Empty", []),
    notOutput: ["{ a: 1 }", "1"],
    notInput: ["{ a: undefined }", "[1]"],
  },
  {
    title: "nested records",
    schema: record("x.Order", [field("price", money), field("tax", "shared.Money")]),
    notInput: ['{ price: { cents: 1, currency: "EUR" } }'],
  },
  {
    title: "a record that holds itself",
    schema: record("Node", [field("value", "int"), field("next", ["null", "Node"], { default: null })]),
    taken: ["{ value: 1, next: { value: 2 } }"],
    notOutput: ["{ value: 1 }"],
    notInput: ['{ value: 1, next: { value: "2" } }'],
  },
  {
    title: "a tree",
    schema: record("Tree", [field("at", long({ logicalType: "timestamp-millis" })), field("children", array("Tree"))]),
    taken: ["{ at: 1, children: [{ at: new Date(0), children: [] }] }"],
    notInput: ["{ at: 1, children: [{}] }"],
  },
  {
    title: "two records that hold each other",
    schema: record("Person", [
      field("name", "string"),
      field("home", [
        "null",
        record("House", [field("people", array("Person")), field("built", "int", { default: 1900 })]),
      ]),
    ]),
    taken: ['{ name: "a", home: { people: [{ name: "b", home: null }] } }'],
    notOutput: ['{ name: "a", home: { people: [] } }'],
    notInput: ['{ name: "a", home: { people: [{ name: "b" }] } }'],
  },
  {
    title: "recursion by a map",
    schema: record("Folder", [field("folders", map("Folder"))]),
    notInput: ["{ folders: { a: 1 } }"],
  },
  {
    title: "maps of unions",
    schema: of(map(["null", "int", "double", array("string")])),
    taken: ["{ f: { a: { int: 1 }, b: null } }"],
    notInput: ["{ f: { a: 1 } }"],
  },
  {
    title: "arrays of nullable arrays",
    schema: of(array(["null", array(["null", "int"])])),
    notOutput: ["{ f: [[undefined]] }"],
    notInput: ["{ f: [1] }"],
  },
  {
    title: "deep nesting",
    schema: of(map(array(map(array(["null", record("Deep", [field("at", "bytes")])]))))),
    taken: ['{ f: { a: [{ b: [{ at: "AQ==" }] }] } }'],
    notOutput: ['{ f: { a: [{ b: [{ at: "AQ==" }] }] } }'],
  },
  {
    title: "two types of one simple name",
    schema: record("a.T", [field("one", record("b.T", [field("x", "int")])), field("two", enumOf("c.T", "X"))]),
    notOutput: ['{ one: { x: 1 }, two: "Y" }'],
  },

  // Defaults.
  {
    title: "defaults of every kind",
    schema: record("D", [
      field("a", ["null", "string"], { default: null }),
      field("b", "int", { default: 1 }),
      field("c", "bytes", { default: "\u00ff" }),
      field("d", array("int"), { default: [1] }),
      field("e", map("long"), { default: { a: 1 } }),
      field("f", enumOf("E", "A", "B"), { default: "A" }),
      field("g", record("Inner", [field("x", "int")]), { default: { x: 1 } }),
      field("h", "boolean", { default: false }),
      field("i", fixed(1), { default: "\u0001" }),
      field("j", "double", { default: 0.5 }),
      field("k", ["int", "null"], { default: 1 }),
    ]),
    taken: ["{}", "{ a: undefined, b: 2 }", '{ f: "B", g: { x: 1 } }'],
    notOutput: ["{}"],
    notInput: ["{ b: null }", "{ g: {} }"],
  },
  {
    title: "a nullable field without a default, which must be given",
    schema: record("N", [field("a", ["null", "int"]), field("b", ["null", "int"], { default: null })]),
    taken: ["{ a: null }"],
    notInput: ["{ b: 1 }"],
  },
  {
    title: "a default inside of a record inside of an array",
    schema: of(array(record("Item", [field("sku", "string"), field("count", "int", { default: 1 })]))),
    taken: ['{ f: [{ sku: "a" }] }'],
    notOutput: ['{ f: [{ sku: "a" }] }'],
    notInput: ["{ f: [{ count: 1 }] }"],
  },

  // Names and comments.
  {
    title: "fields named like what TypeScript reserves",
    schema: record(
      "Words",
      ["class", "new", "readonly", "default", "constructor", "get", "toString", "await", "type"].map((name) =>
        field(name, "int"),
      ),
    ),
    notOutput: ["{}"],
  },
  {
    title: "types named like what TypeScript has",
    schema: of([
      record("x.Date", [field("a", long({ logicalType: "timestamp-millis" }))]),
      record("x.Buffer", [field("b", "bytes")]),
      record("x.Record", [field("c", map("int"))]),
      record("x.uint8_array", [field("d", "bytes")]),
    ]),
    taken: ["{ f: { a: new Date(0) } }", "{ f: { Buffer: { b: Uint8Array.of(1) } } }"],
  },
  {
    title: "types named like types of the file",
    schema: of([
      record("Topics", [field("a", "int")]),
      record("TopicInputs", [field("b", "int")]),
      record("R_input", [field("c", "int")]),
      record("EventOf", [field("d", "int")]),
    ]),
  },
  {
    title: "names that need quotes, and letters of other scripts",
    schema: record("größe.Straße", [field("größe", "int"), field("名前", "string"), field("x²", "int")]),
    notInput: ['{ größe: 1, 名前: 1, "x²": 1 }'],
  },
  {
    title: "names that begin with underscores and digits",
    schema: record("_._1", [field("_", "int"), field("_1", enumOf("__", "_", "_1"))]),
    notOutput: ['{ _: 1, _1: "1" }'],
  },
  {
    title: "comments with what would end them",
    schema: record(
      "Docs",
      [
        field("a", "int", { doc: "*/ const x = 1; /*" }),
        field("b", "int", { doc: "Naïve – “quotes” 😀\r\nand `lines`\u2028more", default: 1 }),
      ],
      { doc: "* / **/ \\*/ @deprecated" },
    ),
    notInput: ["{ b: 1 }"],
  },
  {
    title: "a default that would end its comment",
    schema: record("Docs", [field("a", "string", { default: "*/ boom" })]),
    taken: ["{}"],
  },
  {
    title: "a long enum",
    schema: of(enumOf("Country", ...Array.from({ length: 60 }, (_, index) => `COUNTRY_${index}`))),
    notInput: ['{ f: "COUNTRY_60" }'],
  },
];
