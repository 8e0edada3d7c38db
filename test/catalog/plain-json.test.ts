import { expect, test } from "bun:test";
import fc from "fast-check";
import { plainJson } from "../../src/catalog/plain-json.ts";

test.each([
  ['{"a":1,"b":[{"c":":{[,"}]}', { a: 1, b: [{ c: ":{[," }] }],
  ['"\\\\"', "\\"],
  ['{"\\"":"\\\\\\""}', { '"': '\\"' }],
  ["1", 1],
  ['{"__proto__":{"a":1}}', JSON.parse('{"__proto__":{"a":1}}')],
])("%s is plain", (text, value) => {
  expect(plainJson(text, 10)).toEqual({ value });
});

test.each([
  ["a name that is there twice", '{"a":1,"a":2}'],
  ["one inside", '{"a":[{"b":1,"b":1}]}'],
  ["one written in two ways", '{"a":1,"\\u0061":2}'],
  ["nesting that is too deep", "[[[[[[[[[[[]]]]]]]]]]]"],
  ["a string without an end", '{"a":"'],
  ["a comment", '{"a":1 /* : */}'],
  ["nothing", ""],
])("%s is not", (_title, text) => {
  expect(plainJson(text, 10)).toBeUndefined();
});

test("whatever JSON.stringify writes is read as JSON.parse reads it", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(2), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      expect(plainJson(text, 200)).toEqual({ value: JSON.parse(text) });
    }),
  );
});
