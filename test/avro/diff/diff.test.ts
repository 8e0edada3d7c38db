import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { movedOf } from "../../../src/avro/diff/moved.ts";
import {
  changesBetween,
  checkCompatibility,
  parseSchema,
  parseSchemaText,
  type Schema,
} from "../../../src/avro/index.ts";
import { schemas } from "../arbitraries.ts";
import { pairs } from "../compat/pairs.ts";

const record = (fields: readonly object[], rest: object = {}) => ({ type: "record", name: "a.R", fields, ...rest });
const field = (type: unknown, rest: object = {}) => record([{ name: "f", type, ...rest }]);
const enumOf = (symbols: readonly string[], rest: object = {}) => ({ type: "enum", name: "E", symbols, ...rest });
const between = (older: unknown, newer: unknown) => changesBetween(parseSchema(older), parseSchema(newer));

/** `KIND field: before → after`, and behind it which of the two can't read the other. */
const lines = (older: unknown, newer: unknown): readonly string[] =>
  between(older, newer).map(({ kind, field, before, after, newReadsOld, oldReadsNew }) => {
    const broken = [newReadsOld ? "" : " !backward", oldReadsNew ? "" : " !forward"].join("");
    return `${kind} ${field}: ${before} → ${after}${broken}`;
  });

describe("of a field", () => {
  test.each([
    ["added, with a default", record([]), field("int", { default: 1 }), ["FIELD_ADDED f:  → int"]],
    ["added, without one", record([]), field("int"), ["FIELD_ADDED f:  → int !backward"]],
    ["removed", field("string"), record([]), ["FIELD_REMOVED f: string →  !forward"]],
    ["removed, with a default", field("string", { default: "" }), record([]), ["FIELD_REMOVED f: string → "]],
    [
      "renamed, with an alias",
      field("int"),
      record([{ name: "g", type: "int", aliases: ["f"] }]),
      ["FIELD_RENAMED g: f → g !forward", "FIELD_ALIASES g:  → f"],
    ],
    ["its type", field("int"), field("long"), ["TYPE_CHANGED f: int → long !forward"]],
    ["a type that nobody reads", field("int"), field("string"), ["TYPE_CHANGED f: int → string !backward !forward"]],
    ["nullable", field("int"), field(["null", "int"]), ["NULL_ADDED f:  → null !forward"]],
    ["nullable no more", field(["null", "int"]), field("int"), ["NULL_REMOVED f: null →  !backward"]],
    [
      "nullable, and of another type",
      field("int"),
      field(["null", "string"]),
      ["NULL_ADDED f:  → null !forward", "TYPE_CHANGED f: int → string !backward !forward"],
    ],
    ["a default", field("int"), field("int", { default: 1 }), ["DEFAULT_ADDED f:  → 1"]],
    ["another default", field("int", { default: 1 }), field("int", { default: 2 }), ["DEFAULT_CHANGED f: 1 → 2"]],
    ["no default", field("int", { default: 1 }), field("int"), ["DEFAULT_REMOVED f: 1 → "]],
    ["its doc", field("int", { doc: "a" }), field("int", { doc: "b" }), ["DOC f: a → b"]],
    ["its order", field("int"), field("int", { order: "ignore" }), ["FIELD_ORDER f: ascending → ignore"]],
    ["an attribute", field("int"), field("int", { pii: true }), ["PROPERTY f:  → pii: true"]],
    [
      "its place",
      record([
        { name: "a", type: "int" },
        { name: "b", type: "int" },
        { name: "c", type: "int" },
      ]),
      record([
        { name: "c", type: "int" },
        { name: "a", type: "int" },
        { name: "b", type: "int" },
      ]),
      ["FIELD_MOVED c: field 3 → field 1"],
    ],
  ] as const)("%s", (_what, older, newer, expected) => {
    expect(lines(older, newer)).toEqual([...expected]);
  });
});

describe("of a type", () => {
  const named = (name: string, rest: object = {}) => ({ type: "fixed", name, size: 2, ...rest });
  test.each([
    ["a symbol", enumOf(["A"]), enumOf(["A", "B"]), ["SYMBOL_ADDED :  → B !forward"]],
    ["a symbol less", enumOf(["A", "B"]), enumOf(["A"]), ["SYMBOL_REMOVED : B →  !backward"]],
    [
      "symbols in another order",
      enumOf(["A", "B", "C"]),
      enumOf(["B", "C", "A"]),
      ["SYMBOL_MOVED : A, number 1 → A, number 3"],
    ],
    ["an enum's default", enumOf(["A"]), enumOf(["A"], { default: "A" }), ["ENUM_DEFAULT :  → A"]],
    ["a size", named("F"), named("F", { size: 3 }), ["FIXED_SIZE : 2 → 3 !backward !forward"]],
    ["a name", named("a.F"), named("a.G"), ["NAME : a.F → a.G !backward !forward"]],
    [
      "a name with an alias",
      named("a.F"),
      named("a.G", { aliases: ["F"] }),
      ["NAME : a.F → a.G !forward", "TYPE_ALIASES :  → a.F"],
    ],
    ["a namespace", named("a.F"), named("b.F"), ["NAMESPACE : a.F → b.F"]],
    [
      "a logical type",
      "long",
      { type: "long", logicalType: "timestamp-millis" },
      ["LOGICAL_TYPE : long → timestamp-millis"],
    ],
    [
      "a scale",
      { type: "bytes", logicalType: "decimal", precision: 9, scale: 2 },
      { type: "bytes", logicalType: "decimal", precision: 9, scale: 4 },
      ["LOGICAL_TYPE : decimal(9, 2) → decimal(9, 4)"],
    ],
    ["a union's", ["int", "string"], ["int", "string", "boolean"], ["BRANCH_ADDED :  → boolean !forward"]],
    ["a union's, less", ["int", "string"], ["string"], ["BRANCH_REMOVED : int →  !backward"]],
    [
      "a union's that another takes over",
      ["long", "double", "string"],
      ["double", "string"],
      ["BRANCH_REMOVED : long → "],
    ],
    [
      "a union's order",
      ["null", "int", "string"],
      ["int", "string", "null"],
      ["BRANCH_MOVED : null, number 1 → null, number 3"],
    ],
    [
      "items",
      { type: "array", items: "int" },
      { type: "array", items: "long" },
      ["TYPE_CHANGED []: int → long !forward"],
    ],
    [
      "values",
      { type: "map", values: "int" },
      { type: "map", values: "long" },
      ["TYPE_CHANGED {}: int → long !forward"],
    ],
  ] as const)("%s", (_what, older, newer, expected) => {
    expect(lines(older, newer)).toEqual([...expected]);
  });

  test("is named by the path to it, in both schemas", () => {
    const items = (type: string) =>
      field({ type: "array", items: { type: "record", name: "I", fields: [{ name: "p", type }] } });
    const older = items("int");
    const newer = record([{ name: "new", type: "int", default: 0 }, ...items("long").fields]);
    expect(between(older, newer)).toMatchObject([
      { kind: "FIELD_ADDED", field: "new", olderPath: ["fields"], newerPath: ["fields", "0"] },
      {
        kind: "TYPE_CHANGED",
        field: "f[].p",
        olderPath: ["fields", "0", "type", "items", "fields", "0", "type"],
        newerPath: ["fields", "1", "type", "items", "fields", "0", "type"],
      },
    ]);
  });

  test("that is used twice is told of once, and two that changed places are not called renamed", () => {
    const money = (type: string) => ({ type: "record", name: "Money", fields: [{ name: "cents", type }] });
    const two = (type: string) =>
      record([
        { name: "a", type: money(type) },
        { name: "b", type: "Money" },
      ]);
    expect(lines(two("int"), two("long"))).toEqual(["TYPE_CHANGED a.cents: int → long !forward"]);
    const [one, other] = [enumOf(["A"], { name: "One" }), enumOf(["A"], { name: "Other" })];
    const both = (...types: readonly object[]) => record(types.map((type, index) => ({ name: `f${index}`, type })));
    expect(lines(both(one, other), both(other, one))).toEqual([
      "TYPE_CHANGED f0: a.One → a.Other !backward !forward",
      "TYPE_CHANGED f1: a.Other → a.One !backward !forward",
    ]);
  });

  test("that holds itself is compared once", () => {
    const list = (type: string) =>
      record([
        { name: "v", type },
        { name: "next", type: ["null", "a.R"], default: null },
      ]);
    expect(lines(list("int"), list("long"))).toEqual(["TYPE_CHANGED v: int → long !forward"]);
  });
});

describe("for any schemas", () => {
  test("there is no change from a schema to itself, however it was parsed", () => {
    fc.assert(
      fc.property(schemas, (schema) => {
        expect(changesBetween(schema, schema)).toEqual([]);
        expect(changesBetween(schema, parseSchema(schema.json))).toEqual([]);
        expect(changesBetween(parseSchemaText(JSON.stringify(schema.json)), schema)).toEqual([]);
      }),
    );
  });

  test("a pair reads each other as its changes say, one by one", () => {
    const wrong: unknown[] = [];
    let compared = 0;
    const disagree = (older: Schema, newer: Schema) => {
      const changes = changesBetween(older, newer);
      const backward = checkCompatibility(newer, older).length === 0;
      const forward = checkCompatibility(older, newer).length === 0;
      return (
        changes.every(({ newReadsOld }) => newReadsOld) !== backward ||
        changes.every(({ oldReadsNew }) => oldReadsNew) !== forward
      );
    };
    fc.assert(
      fc.property(pairs({ broken: false }), ({ reader, writer }) => {
        const [older, newer] = [parsed(writer), parsed(reader)];
        if (older === undefined || newer === undefined) return;
        compared++;
        if (disagree(older, newer)) wrong.push({ writer, reader });
      }),
      { numRuns: 2_000 },
    );
    expect(compared).toBeGreaterThan(1_000);
    // What several changes make of each other is more than each alone: an alias that finds two fields in one branch of a union.
    expect(wrong.length).toBeLessThan(compared / 500);
  });

  test("there are no more changes than there are things in both", () => {
    fc.assert(
      fc.property(pairs({ broken: false }), ({ reader, writer }) => {
        const [older, newer] = [parsed(writer), parsed(reader)];
        if (older === undefined || newer === undefined) return;
        expect(changesBetween(older, newer).length).toBeLessThanOrEqual(reader.length + writer.length);
      }),
      { numRuns: 500 },
    );
  });
});

function parsed(text: string): Schema | undefined {
  try {
    return parseSchema(JSON.parse(text));
  } catch {
    return undefined; // Now and then the generator makes what is no schema.
  }
}

test("the fewest that moved are those outside a longest run that still ascends", () => {
  expect([...movedOf([0, 1, 2])]).toEqual([]);
  expect([...movedOf([2, 0, 1])]).toEqual([2]);
  expect([...movedOf([1, 2, 0])]).toEqual([0]);
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(30), { maxLength: 9 }), (numbers) => {
      const moved = movedOf(numbers);
      const left = numbers.filter((number) => !moved.has(number));
      expect(left).toEqual([...left].sort((a, b) => a - b));
      expect(moved.size).toBe(fewestByTrying(numbers));
    }),
  );
});

function fewestByTrying(numbers: readonly number[]): number {
  let longest = 0;
  for (let mask = 0; mask < 2 ** numbers.length; mask++) {
    const kept = numbers.filter((_, index) => mask & (1 << index));
    if (kept.every((number, index) => index === 0 || number > (kept[index - 1] ?? -1))) {
      longest = Math.max(longest, kept.length);
    }
  }
  return numbers.length - longest;
}

describe("names and aliases", () => {
  test("of two fields with the alias of one, the first is that one", () => {
    const heirs = ["g", "h"].map((name) => ({ name, type: "int", aliases: ["f"] }));
    expect(lines(field("int"), record(heirs))).toEqual([
      "FIELD_RENAMED g: f → g !forward",
      "FIELD_ALIASES g:  → f",
      "FIELD_ADDED h:  → int",
    ]);
  });

  test("a field may have its new name from an alias of the earlier schema", () => {
    expect(lines(field("int", { aliases: ["g"] }), record([{ name: "g", type: "int" }]))).toEqual([
      "FIELD_RENAMED g: f → g !backward",
      "FIELD_ALIASES g: g → ",
    ]);
  });

  test("what an alias finds for a field that is gone has to fit its type", () => {
    const older = record([
      { name: "g", type: "string", aliases: ["f"], default: "" },
      { name: "f", type: "int" },
    ]);
    expect(lines(older, field("int"))).toEqual(["FIELD_REMOVED g: string →  !forward"]);
  });

  test("inside a field that a reader takes from its default, nothing breaks that reader", () => {
    const renamed = record([{ name: "h", type: enumOf(["A", "B"]), aliases: ["f"] }]);
    expect(lines(field(enumOf(["A"]), { default: "A" }), renamed)).toEqual([
      "FIELD_RENAMED h: f → h",
      "FIELD_ALIASES h:  → f",
      "SYMBOL_ADDED h:  → B",
      'DEFAULT_REMOVED h: "A" → ',
    ]);
  });

  test("a type that became two is renamed once", () => {
    const two = (...types: readonly unknown[]) => record(types.map((type, index) => ({ name: `f${index}`, type })));
    const [one, left, right] = ["One", "Left", "Right"].map((name) => enumOf(["A"], { name }));
    expect(lines(two(one, "One"), two(left, right))).toEqual([
      "NAME f0: a.One → a.Left !backward !forward",
      "TYPE_CHANGED f1: a.One → a.Right !backward !forward",
    ]);
  });
});

describe("unions", () => {
  test("whose types are all others have lost some and won some", () => {
    expect(lines(["int", "string"], ["boolean", "bytes"])).toEqual([
      "BRANCH_ADDED :  → boolean !forward",
      "BRANCH_ADDED :  → bytes",
      "BRANCH_REMOVED : int →  !backward",
      "BRANCH_REMOVED : string → ",
    ]);
  });

  test("of one type are not that type", () => {
    expect(lines("int", ["int"])).toEqual(["TYPE_CHANGED : int → [int]"]);
  });

  test("read a type that changed as whichever of theirs will do", () => {
    expect(lines(["long", "double"], ["int", "double"])).toEqual(["TYPE_CHANGED : long → int"]);
  });
});

test("a default that is written otherwise and means the same is the same", () => {
  const part = record([{ name: "a", type: "int", default: 1 }], { name: "Part" });
  expect(lines(field(part, { default: {} }), field(part, { default: { a: 1 } }))).toEqual([]);
});

describe("a large schema", () => {
  /** Records that all hold each other. */
  const mesh = (count: number, type: string) => {
    const links = Array.from({ length: count }, (_, index) => ({ name: `t${index}`, type: ["null", `T${index}`] }));
    const types = links.map((_, index) => ({
      type: "record",
      name: `T${index}`,
      fields: [...links, { name: "v", type }],
    }));
    return parseSchema({
      type: "record",
      name: "R",
      fields: types.map((one, index) => ({ name: `r${index}`, type: one })),
    });
  };

  test("of types that hold each other is compared type by type, each told of where it is nearest to the root", () => {
    const changes = changesBetween(mesh(60, "int"), mesh(60, "long"));
    expect(changes.map(({ field }) => field)).toEqual(Array.from({ length: 60 }, (_, index) => `r${index}.v`));
  });

  test("whose types are nested by name thousands of times is no deeper than the stack", () => {
    const chain = (type: string) => {
      const last = 5_000;
      const types = Array.from({ length: last + 1 }, (_, index) => ({
        type: "record",
        name: `C${index}`,
        fields: [index === last ? { name: "v", type } : { name: "n", type: ["null", `C${index + 1}`] }],
      }));
      const fields = [
        { name: "first", type: "C0" },
        ...types.map((one, index) => ({ name: `x${index}`, type: one })).reverse(),
      ];
      return parseSchema({ type: "record", name: "R", fields });
    };
    expect(changesBetween(chain("int"), chain("long"))).toMatchObject([{ kind: "TYPE_CHANGED", field: "x5000.v" }]);
  });

  test("of 5,000 fields has as many changes", () => {
    const wide = (type: string) =>
      parseSchema(record(Array.from({ length: 5_000 }, (_, index) => ({ name: `f${index}`, type }))));
    expect(changesBetween(wide("int"), wide("long"))).toHaveLength(5_000);
  });
});
