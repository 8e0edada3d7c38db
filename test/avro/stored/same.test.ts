import { expect, test } from "bun:test";
import { parseSchemaText, sameSchema } from "../../../src/avro/index.ts";

const record = (field: string, rest = "") => `{"type":"record","name":"n.R"${rest},"fields":[{"name":"f",${field}}]}`;
const INT = record('"type":"int"');
const same = (one: string, other: string) => sameSchema(parseSchemaText(one), parseSchemaText(other));

test.each([
  ["attributes in another order", '{"fields":[{"type":"int","name":"f"}],"name":"R","namespace":"n","type":"record"}'],
  ["a primitive in an object", record('"type":{"type":"int"}')],
  ["the order that is the default", record('"type":"int","order":"ascending"')],
  ["an alias given twice, or nothing in its place", record('"type":"int","aliases":[]')],
])("%s makes no other schema", (_what, other) => {
  expect(same(INT, other)).toBe(true);
});

test.each([
  ["a doc", record('"type":"int"', ',"doc":"d"')],
  ["an alias", record('"type":"int"', ',"aliases":["Q"]')],
  ["a field's doc", record('"type":"int","doc":"d"')],
  ["a field's alias", record('"type":"int","aliases":["g"]')],
  ["a default", record('"type":"int","default":1')],
  ["an order", record('"type":"int","order":"ignore"')],
  ["a property", record('"type":"int","p":1')],
  ["a property of a type", record('"type":{"type":"int","p":1}')],
  ["a namespace", INT.replace("n.R", "m.R")],
])("%s makes another schema", (_what, other) => {
  expect(same(INT, other)).toBe(false);
});

test("properties are compared whatever their order, numbers as they were written", () => {
  const one = '{"type":"int","a":{"x":1,"y":[1,2]},"b":2}';
  expect(same(one, '{"b":2,"type":"int","a":{"y":[1,2],"x":1}}')).toBe(true);
  expect(same(one, '{"b":2,"type":"int","a":{"y":[2,1],"x":1}}')).toBe(false);
  expect(same(one, '{"b":2.0,"type":"int","a":{"y":[1,2],"x":1}}')).toBe(false);
});

test("the order of symbols and the default of an enum count", () => {
  const one = '{"type":"enum","name":"E","symbols":["A","B"]}';
  expect(same(one, '{"type":"enum","name":"E","symbols":["B","A"]}')).toBe(false);
  expect(same(one, '{"type":"enum","name":"E","symbols":["A","B"],"default":"A"}')).toBe(false);
});

test("schemas that refer to themselves are compared to their end", () => {
  const list = (rest: string) => `{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]}${rest}]}`;
  expect(same(list(""), list(""))).toBe(true);
  expect(same(list(""), list(',{"name":"v","type":"int"}'))).toBe(false);
});
