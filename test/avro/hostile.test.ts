import { describe, expect, test } from "bun:test";
import { DEFAULT_VALUES_MAX } from "../../src/avro/defaults.ts";
import {
  checkCompatibility,
  createCodec,
  createDecoder,
  createWitnesses,
  exampleOf,
  parseSchema,
  parseSchemaText,
  type RecordNode,
  type Schema,
  SchemaError,
  sameSchema,
  schemaText,
  strictProblems,
  Unreadable,
  witnessOf,
} from "../../src/avro/index.ts";
import { NAME_LENGTH_MAX } from "../../src/avro/names.ts";
import { SCHEMA_PROBLEMS_MAX, SUGGESTIONS_MAX } from "../../src/avro/parse-state.ts";
import { JSON_LENGTH_MAX } from "../../src/avro/stored/json.ts";
import { WITNESSES_SIZE_MAX } from "../../src/avro/witness/witness.ts";
import { thrownBy } from "./support.ts";

/**
 * A schema comes in with a pull request, or by HTTP from whoever may register one. One that takes minutes to look at, or
 * gigabytes to say what is wrong with it, stops the gate and the registry for everybody else. Each of these once did, or
 * would without a limit: without it a test here ends by its time-out.
 */
const record = (name: string, ...fields: object[]) => ({ type: "record", name, fields });
const stored = (json: unknown) => parseSchemaText(JSON.stringify(json));
const each = <T>(count: number, make: (index: number) => T) => Array.from({ length: count }, (_, index) => make(index));
const messagesOf = (parse: () => unknown): readonly string[] => {
  const error = thrownBy(parse);
  if (!(error instanceof SchemaError)) throw error;
  return error.problems.map(({ message }) => message);
};

/** Records of which each holds the one before it twice: written out, they would double and double. */
const doubling = (count: number, more: object = {}) =>
  each(count, (at) =>
    record(`T${at}`, ...["a", "b"].map((name) => ({ name, type: at === 0 ? "int" : `T${at - 1}`, ...more }))),
  );

describe("records that hold each other twice, sixty deep", () => {
  const reader = stored(doubling(60));
  const writer = stored(doubling(60));

  test("are parsed, written, fingerprinted and compared, each once", () => {
    expect(parseSchema(doubling(60)).fingerprint).toBe(reader.fingerprint);
    expect(JSON.stringify(reader.json).length).toBeLessThan(10_000);
    expect(schemaText(reader).length).toBeLessThan(10_000);
    expect(sameSchema(reader, writer)).toBe(true);
    expect(checkCompatibility(reader, writer)).toEqual([]);
  });

  test("are compiled, also where they stand in an array", () => {
    const list = stored([...doubling(60), { type: "array", items: "T59" }]);
    expect(createCodec(list).encode({ array: [] })).toEqual(Buffer.of(120, 0));
    expect(createDecoder(list, list)(Buffer.of(120, 0))).toEqual({ array: [] });
  });

  test("have no witness where that would be too large", () => {
    const [first] = checkCompatibility(stored("int"), stored([...doubling(60)].reverse()));
    expect(first && witnessOf(stored("int"), stored([...doubling(60)].reverse()), first)).toBeUndefined();
  });

  test("are no defaults of each other without end", () => {
    const [first = []] = doubling(60, { default: {} });
    const chain = [
      { ...first, fields: [{ name: "a", type: "int", default: 1 }] },
      ...doubling(60, { default: {} }).slice(1),
    ];
    const message = `the default takes more than ${DEFAULT_VALUES_MAX} values from other defaults`;
    expect(messagesOf(() => parseSchema(chain))).toContain(message);
    expect(strictProblems(JSON.stringify(chain)).map((problem) => problem.message)).toContain(message);
    expect(parseSchemaText(JSON.stringify(chain)).root.type).toBe("union");
  });
});

describe("five thousand fields", () => {
  const wide = (type: string) => stored(record("W", ...each(5_000, (index) => ({ name: `f${index}`, type }))));

  test("are looked at a few times each, in a check and in a decoder", () => {
    for (const work of [checkCompatibility, (reader: Schema, writer: Schema) => createDecoder(writer, reader)]) {
      const { schema: reader, reads: ofReader } = counted(wide("long"));
      const { schema: writer, reads: ofWriter } = counted(wide("int"));
      work(reader, writer);
      expect(ofReader()).toBeLessThan(10 * 5_000);
      expect(ofWriter()).toBeLessThan(10 * 5_000);
    }
  });

  test("that all break have witnesses up to a limit", () => {
    const [reader, writer] = [wide("int"), wide("string")];
    const found = checkCompatibility(reader, writer);
    const witnesses = createWitnesses(reader, writer);
    const sizes = found.map((one) => witnesses(one)?.bytes.length ?? 0).filter((size) => size > 0);
    expect(found).toHaveLength(5_000);
    expect(sizes.length).toBeGreaterThan(10);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(WITNESSES_SIZE_MAX);
  });

  test("are refused by a decoder in a message that can be read", () => {
    const error = thrownBy(() => createDecoder(wide("string"), wide("int")));
    expect(error).toBeInstanceOf(Unreadable);
    expect(String(error).length).toBeLessThan(20_000);
    expect(String(error)).toEndWith("; and 4900 more reasons");
  });
});

test("two hundred types that hold each other are checked in as many comparisons as there are pairs", () => {
  const ring = (type: string) =>
    record(
      "R",
      ...each(200, (at) => ({
        name: `t${at}`,
        type: record(
          `T${at}`,
          { name: "next", type: ["null", `T${(at + 1) % 200}`] },
          { name: "other", type: ["null", `T${(at * 7) % 200}`] },
          { name: "v", type },
        ),
      })),
    );
  const found = checkCompatibility(stored(ring("int")), stored(ring("string")));
  expect(found.filter(({ type }) => type === "TYPE_MISMATCH")).toHaveLength(200);
  expect(found.some(({ type }) => type === "CHECK_FAILED")).toBe(false);
});

test("an enum of a hundred thousand symbols is parsed, compared and compiled, each symbol once", () => {
  const symbols = (letter: string) => each(100_000, (index) => `${letter}${index}`);
  const level = (letter: string) => stored({ type: "enum", name: "E", symbols: symbols(letter) });
  const [reader, writer] = [level("A"), level("B")];
  const [found] = checkCompatibility(reader, writer);
  expect(found?.cause).toContain(" and 99990 more");
  expect(found && witnessOf(reader, writer, found)?.json).toBe("B0");
  expect(createCodec(reader).encode("A99999")).toEqual(Buffer.of(0xbe, 0x9a, 0x0c));
  expect(createDecoder(writer, level("B"))(Buffer.of(0))).toBe("B0");
});

test("a large enum that meets many others ends the check, and none of its symbols is written down", () => {
  const large = { type: "enum", name: "E", symbols: each(20_000, (index) => `S${index}`) };
  const writer = stored(record("R", ...each(2_000, (at) => ({ name: `f${at}`, type: at === 0 ? large : "E" }))));
  const small = (at: number) => ({ type: "enum", name: `n${at}.E`, symbols: ["A"] });
  const reader = stored(record("R", ...each(2_000, (at) => ({ name: `f${at}`, type: small(at) }))));
  const found = checkCompatibility(reader, writer);
  expect(found.at(-1)?.type).toBe("CHECK_FAILED");
  expect(found.length).toBeLessThan(100);
});

test("a hundred thousand aliases are kept, and cost a check no more than as many fields", () => {
  const aliases = each(100_000, (index) => `a${index}`);
  const reader = stored({ ...record("R", { name: "f", type: "int", aliases }), aliases });
  const writer = stored(record("W", { name: "g", type: "int" }));
  expect(checkCompatibility(reader, writer).map(({ type }) => type)).toEqual([
    "NAME_MISMATCH",
    "READER_FIELD_MISSING_DEFAULT_VALUE",
  ]);
});

test("unions of thousands of types are compared up to a limit, and refused by a decoder in few words", () => {
  const union = (letter: string) => stored(each(2_000, (index) => record(`${letter}${index}`)));
  const [reader, writer] = [union("A"), union("B")];
  const found = checkCompatibility(reader, writer);
  expect(found.at(-1)?.type).toBe("CHECK_FAILED");
  const error = thrownBy(() => createDecoder(writer, reader));
  expect(String(error).length).toBeLessThan(100_000);
});

test.each([
  ["a type", (name: string) => record(name)],
  ["a field", (name: string) => record("R", { name, type: "int" })],
  ["a symbol", (name: string) => ({ type: "enum", name: "E", symbols: [name] })],
])("a name of %s with a million letters is refused, and not repeated", (_what, schema) => {
  for (const parse of [parseSchema, stored]) {
    const [message = ""] = messagesOf(() => parse(schema("n".repeat(1_000_000))));
    expect(message).toEndWith(`more than ${NAME_LENGTH_MAX} characters`);
    expect(message.length).toBeLessThan(300);
    expect(parse(schema("n".repeat(NAME_LENGTH_MAX)))).toBeDefined();
  }
});

test("brackets without end are refused, whatever is around them", () => {
  for (const text of [
    "[".repeat(1_000_000),
    '{"type":'.repeat(300_000),
    `${"[".repeat(1_001)}"int"${"]".repeat(1_001)}`,
  ]) {
    expect(messagesOf(() => parseSchemaText(text))).toEqual([
      expect.stringContaining("nested deeper than 1000 levels"),
    ]);
  }
});

test("a text beyond the limit is not even read", () => {
  const [message = ""] = messagesOf(() => parseSchemaText(" ".repeat(JSON_LENGTH_MAX + 1)));
  expect(message).toBe(`not JSON: more than ${JSON_LENGTH_MAX} characters`);
});

test("of a hundred thousand problems as many are told as anybody reads", () => {
  const fields = each(100_000, () => 1);
  for (const parse of [parseSchema, stored]) {
    expect(messagesOf(() => parse({ type: "record", name: "R", fields }))).toHaveLength(SCHEMA_PROBLEMS_MAX);
  }
});

test("thousands of names that are nowhere defined get a few suggestions", () => {
  const names = each(900, (index) => record(`Defined${"x".repeat(100)}${index}`));
  const unknown = each(5_000, (index) => ({ type: "array", items: `Define${"x".repeat(100)}${index}` }));
  const messages = messagesOf(() =>
    parseSchema(record("R", ...[...names, ...unknown].map((type, at) => ({ name: `f${at}`, type })))),
  );
  expect(messages.filter((message) => message.includes("did you mean"))).toHaveLength(SUGGESTIONS_MAX);
});

test("a union that holds itself through records is no endless type", () => {
  const tree = ["null", record("Tree", { name: "l", type: ["null", "Tree"] }, { name: "r", type: ["null", "Tree"] })];
  expect(checkCompatibility(stored(tree), stored(tree))).toEqual([]);
  expect(exampleOf(stored(tree))).toBeDefined();
});

/** The schema of a record that counts how often its fields are looked at. */
function counted(schema: Schema): { readonly schema: Schema; readonly reads: () => number } {
  let reads = 0;
  const root = schema.root as RecordNode; // As the test made it.
  const fields = new Proxy(root.fields, {
    get(target, key) {
      if (typeof key === "string" && /^\d/.test(key)) reads++;
      return Reflect.get(target, key);
    },
  });
  const name = schema.name;
  return { schema: { name, json: null, fingerprint: "", root: { ...root, fields } }, reads: () => reads };
}
