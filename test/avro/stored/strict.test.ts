import { expect, test } from "bun:test";
import { parseSchemaText, SchemaError, strictProblems } from "../../../src/avro/index.ts";

const field = (type: string, rest = "") => `{"type":"record","name":"R","fields":[{"name":"f","type":${type}${rest}}]}`;

test.each([
  ["what is not JSON", "string", ""],
  ["JSON nested without end", "[".repeat(5_000), ""],
  ["a string without an end, however much is escaped in it", `"${'\\"'.repeat(300_000)}`, ""],
  ["a comment without an end", '"int" /*/', ""],
  ["many comments without an end", "/*".repeat(300_000), ""],
  ["a name that is nowhere defined", field('"Unknown"'), "/fields/0/type"],
  ["a default that does not fit", field('"int"', ',"default":"1"'), "/fields/0/default"],
  ["a double as the default of an int", field('"int"', ',"default":1.0'), "/fields/0/default"],
  ["a long beyond 64 bits as a default", field('"long"', ',"default":9223372036854775808'), "/fields/0/default"],
  [
    "a default that holds a record of the type around it, whatever another branch would say",
    '{"type":"record","name":"R","fields":[{"name":"f","type":["R",{"type":"map","values":"int"}],"default":{}}]}',
    "/fields/0/default",
  ],
  ["a name beyond ASCII", '{"type":"fixed","name":"Größe","size":1}', "/name"],
  ["a namespace with a hyphen", '{"type":"fixed","name":"a-b.F","size":1}', "/name"],
  ["a symbol that is given twice", '{"type":"enum","name":"E","symbols":["A","A"]}', "/symbols/1"],
  ["two branches alike", '["int",{"type":"int"}]', "/1"],
  ["an enum whose default is no symbol", '{"type":"enum","name":"E","symbols":["A"],"default":"B"}', "/default"],
])("a new schema is refused for %s", (_what, text, pointer) => {
  expect(strictProblems(text).map((problem) => problem.pointer)).toEqual([pointer]);
});

test.each([
  [
    "an enum's default for a field that is no symbol",
    field('{"type":"enum","name":"E","symbols":["A"]}', ',"default":"B"'),
  ],
  ["a fixed's default of another length", field('{"type":"fixed","name":"F","size":4}', ',"default":"x"')],
  ["a logical type that does not fit", '{"type":"string","logicalType":"decimal"}'],
  ["a default for a later branch", field('["int","null"]', ',"default":null')],
  ["a union without branches", "[]"],
  [
    "a name in the place of a type",
    '["int",{"type":"fixed","name":"F","size":1},{"type":"array","items":{"type":"F"}}]',
  ],
  [
    "the same definition twice",
    '[{"type":"array","items":{"type":"fixed","name":"F","size":1}},{"type":"map","values":{"type":"fixed","name":"F","size":1}}]',
  ],
  [
    "a field called like JavaScript's prototype",
    '{"type":"record","name":"R","fields":[{"name":"__proto__","type":"int"}]}',
  ],
])("a new schema may have %s", (_what, text) => {
  expect(strictProblems(text)).toEqual([]);
});

test("every problem is found, not only the first", () => {
  const text =
    '{"type":"record","name":"R","fields":[{"name":"a","type":"X"},{"name":"b-c","type":"int"},{"name":"d"}]}';
  expect(
    strictProblems(text)
      .map(({ pointer }) => pointer)
      .toSorted(),
  ).toEqual(["/fields/0/type", "/fields/1/name", "/fields/2"]);
});

test("what is stored already may be less than right, and is still no schema where it does not parse", () => {
  expect(parseSchemaText(field('"int"', ',"default":"1"')).name).toBe("R");
  expect(parseSchemaText('{"type":"fixed","name":"a-b.Größe","size":1}').name).toBe("a-b.Größe");
  expect(() => parseSchemaText('{"type":"fixed","name":"a-b","size":1}')).toThrow(SchemaError);
});
