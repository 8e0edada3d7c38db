import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  checkCompatibility,
  parseSchema,
  parseSchemaText,
  type Schema,
  SchemaError,
  sameSchema,
  typescriptChanges,
} from "../../../src/avro/index.ts";
import { glanceFrom } from "../../../src/gate/check/glance.ts";
import { pairs } from "../../avro/compat/pairs.ts";

const record = (fields: readonly object[], more: object = {}) =>
  JSON.stringify({ type: "record", name: "R", fields, ...more });
const a = { name: "a", type: "string" };
const b = { name: "b", type: { type: "array", items: { type: "enum", name: "E", symbols: ["X"] } } };
// Avro reads no such record, not even its own: each of the fields may be filled from the other.
const swapped = [
  { ...a, aliases: ["b"] },
  { ...a, name: "b", aliases: ["a"] },
];
const inner = { name: "i", type: { type: "record", name: "I", fields: swapped } };
const glance = (newer: string, older: string) => glanceFrom(newer)(older);

describe("a glance at two texts", () => {
  test.each([
    ["a field with a default came", record([a, { ...b, default: [] }]), record([a]), [true, [], [], true]],
    ["a field without a default came", record([a, b]), record([a]), [true, ["b"], [], true]],
    ["a field without a default went", record([a]), record([a, b]), [true, [], ["b"], false]],
    ["a field with a default went", record([a]), record([a, { ...b, default: [] }]), [true, [], [], false]],
    ["fields are in another order", record([b, a]), record([a, b]), [false, [], [], true]],
  ] as const)("%s", (_title, newer, older, [differs, newLacks, oldLacks, isExtended]) => {
    expect(glance(newer, older)).toEqual({
      differs,
      newLacks: [...newLacks],
      oldLacks: [...oldLacks],
      extends: isExtended,
    });
  });

  test.each([
    ["a type changed", record([{ ...a, type: "int" }]), record([a])],
    ["a field has an alias", record([{ ...a, aliases: ["z"] }]), record([a])],
    ["a field of a record inside has an alias", record([a, inner]), record([inner])],
    ["a name is used", record([b, { name: "c", type: "E" }]), record([b, { name: "c", type: "E" }])],
    ["the record has another name", record([a], { name: "S" }), record([a])],
    ["the record has another namespace", record([a], { namespace: "n" }), record([a])],
    ["one is no record", '"string"', record([a])],
    ["one is no JSON", record([a]), "{"],
    ["a field is there twice", record([a, a]), record([a])],
  ])("tells nothing where %s", (_title, newer, older) => {
    expect(glance(newer, older)).toBeUndefined();
  });
});

test("what a glance is sure of holds", () => {
  let sure = 0;
  fc.assert(
    fc.property(pairs({ broken: false }), ({ reader: newerText, writer: olderText }) => {
      const seen = glance(newerText, olderText);
      if (seen === undefined) return;
      // The newer is of the working tree, where defaults that are no values are refused.
      const newer = parsed(() => parseSchema(JSON.parse(newerText)));
      const older = parsed(() => parseSchemaText(olderText));
      if (newer === undefined || older === undefined) return;
      sure++;
      if (seen.differs) expect(sameSchema(newer, older)).toBe(false);
      expect(lackedBy(newer, older)).toEqual([...seen.newLacks]);
      expect(lackedBy(older, newer)).toEqual([...seen.oldLacks]);
      if (seen.extends && seen.newLacks.length === 0) expect(typescriptChanges(older, newer)).toEqual([]);
    }),
    { numRuns: 3_000 },
  );
  expect(sure).toBeGreaterThan(50);
});

/** The fields that a reader lacks a default for, as a real comparison finds them; anything else as it is called. */
function lackedBy(reader: Schema, writer: Schema): string[] {
  return checkCompatibility(reader, writer).map(({ type, readerPath, explanation }) => {
    const [fields, index, ...more] = readerPath;
    const field = reader.root.type === "record" ? reader.root.fields[Number(index)] : undefined;
    const isMissing = type === "READER_FIELD_MISSING_DEFAULT_VALUE" && more.length === 0;
    // Avro Java has another name for it where the field is an enum with a default.
    const isEnum = type === "TYPE_MISMATCH" && field?.type.type === "enum" && more.join() === "type";
    return fields === "fields" && field !== undefined && (isMissing || isEnum) ? field.name : explanation;
  });
}

function parsed(parse: () => Schema): Schema | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof SchemaError) return undefined;
    throw error;
  }
}
