import { expect, test } from "bun:test";
import {
  COMPATIBILITY_LEVELS,
  checkCompatibility,
  LEVELS,
  parseSchemaText,
  strictProblems,
} from "../../../src/avro/index.ts";

const found = (reader: object, writer: object) =>
  checkCompatibility(parseSchemaText(JSON.stringify(reader)), parseSchemaText(JSON.stringify(writer))).map(
    ({ type, location }) => `${type} ${location}`,
  );
const record = (name: string, ...fields: object[]) => ({ type: "record", name, fields });

test("each level has its row", () => {
  expect(Object.keys(LEVELS)).toEqual([...COMPATIBILITY_LEVELS]);
});

test("all that is wrong is found, not only the first", () => {
  const writer = record("R", { name: "a", type: "string" }, { name: "b", type: "string" });
  const reader = record("Q", { name: "a", type: "int" }, { name: "b", type: "int" }, { name: "c", type: "int" });
  expect(found(reader, writer)).toEqual([
    "NAME_MISMATCH /name",
    "TYPE_MISMATCH /fields/0/type",
    "TYPE_MISMATCH /fields/1/type",
    "READER_FIELD_MISSING_DEFAULT_VALUE /fields/2",
  ]);
});

test("what is wrong with a type that is used twice is said once, outside of a union where it counts", () => {
  const inner = (type: string) => record("S", { name: "x", type });
  const twice = (type: string) =>
    record("R", { name: "u", type: ["null", inner(type)] }, { name: "a", type: "S" }, { name: "b", type: "S" });
  expect(found(twice("int"), twice("string"))).toEqual([
    "MISSING_UNION_BRANCH /fields/0/type/1",
    "TYPE_MISMATCH /fields/1/type/fields/0/type",
  ]);
});

test("an alias without a namespace is found only by a reader that has none itself, as in Avro Java", () => {
  const fixed = (name: string, ...aliases: string[]) => ({ type: "fixed", name, size: 1, aliases });
  expect(found(fixed("New", "Old"), fixed("Old"))).toEqual([]);
  expect(found(fixed("n.New", ".Old"), fixed("Old"))).toEqual(["NAME_MISMATCH /name"]);
  expect(found(fixed("n.New", "Old"), fixed("n.Old"))).toEqual([]);
});

test("a field that two of the writer's could fill fails the check, also in a branch that another would excuse", () => {
  const writer = record("R", { name: "a", type: "int" }, { name: "b", type: "int" });
  const ambiguous = record("n.R", { name: "a", type: "int", aliases: ["b"] });
  expect(found([ambiguous, record("R")], writer)).toEqual(["CHECK_FAILED /fields/0"]);
});

test("schemas that would be compared without end fail the check at once", () => {
  const ring = (length: number) =>
    record(
      "R",
      ...Array.from({ length }, (_, index) => ({
        name: `t${index}`,
        type: record(`T${index}`, { name: "next", type: `T${(index + 1) % length}` }),
      })),
    );
  expect(found(ring(200), ring(199)).filter((one) => one.startsWith("CHECK_FAILED"))).toHaveLength(1);
});

test("unions of thousands of types end the check, in little space", () => {
  const union = (name: string) => Array.from({ length: 5_000 }, (_, index) => record(`${name}${index}`));
  const [reader, writer] = [parseSchemaText(JSON.stringify(union("A"))), parseSchemaText(JSON.stringify(union("B")))];
  const incompatibilities = checkCompatibility(reader, writer);
  expect(incompatibilities.at(-1)?.type).toBe("CHECK_FAILED");
  const [first] = incompatibilities;
  expect(first?.explanation).toContain("`A9` and 4990 more)");
});

test("types nested too deep by their names are refused", () => {
  const chain = Array.from({ length: 10_000 }, (_, index) =>
    record(`T${index}`, { name: "next", type: index === 9_999 ? "int" : `T${index + 1}` }),
  );
  expect(strictProblems(JSON.stringify(chain)).map(({ message }) => message)).toEqual([
    "written out, its types are nested deeper than 1000 levels",
  ]);
});
