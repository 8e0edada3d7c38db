import { expect, test } from "bun:test";
import { normalizedText, parseSchemaText, schemaText } from "../../../src/avro/index.ts";

/** A client that sends a schema again must get its old id: the stored text is the identity, to the last character. */
test.each([
  [
    "white space and the order of attributes do not matter",
    '{ "size": 2, "name": "F", "type": "fixed" }',
    '{"type":"fixed","name":"F","size":2}',
  ],
  ["a type in an object without properties is a name", '{"type":"string"}', '"string"'],
  [
    "a dotted name is split",
    '{"type":"fixed","name":"a.b.F","size":1}',
    '{"type":"fixed","name":"F","namespace":"a.b","size":1}',
  ],
  [
    "properties keep their order, and stand before aliases",
    '{"type":"fixed","name":"F","aliases":["G"],"z":1,"a":{"y":1,"b":[]},"size":1}',
    '{"type":"fixed","name":"F","size":1,"z":1,"a":{"y":1,"b":[]},"aliases":["G"]}',
  ],
  [
    "a double stays one",
    '{"type":"int","p":1.0,"q":1e10,"r":0.0001,"s":1}',
    '{"type":"int","p":1.0,"q":1.0E10,"r":1.0E-4,"s":1}',
  ],
  ["no digit of a long is lost", '{"type":"long","p":9223372036854775807}', '{"type":"long","p":9223372036854775807}'],
  [
    "a number in a string becomes the default of a double",
    '{"type":"record","name":"R","fields":[{"name":"d","type":"double","default":"1"}]}',
    '{"type":"record","name":"R","fields":[{"name":"d","type":"double","default":1.0}]}',
  ],
  ["comments are let through", '// why\n{"type": /* so */ "string"}', '"string"'],
  [
    "a namespace inside is written where it differs",
    '{"type":"record","name":"a.R","fields":[{"name":"s","type":{"type":"fixed","name":"S","size":1}},{"name":"n","type":{"type":"fixed","name":"N","namespace":"","size":1}}]}',
    '{"type":"record","name":"R","namespace":"a","fields":[{"name":"s","type":{"type":"fixed","name":"S","size":1}},{"name":"n","type":{"type":"fixed","name":"N","namespace":"","size":1}}]}',
  ],
])("%s", (_title, text, stored) => {
  expect(schemaText(parseSchemaText(text))).toBe(stored);
  expect(schemaText(parseSchemaText(stored))).toBe(stored);
});

test("a reference's own type is written as a name, also where it was sent written out", () => {
  const money = parseSchemaText('{"type":"record","name":"a.Money","fields":[{"name":"cents","type":"long"}]}');
  const stored = '{"type":"record","name":"Order","namespace":"a","fields":[{"name":"price","type":"Money"}]}';
  const full = schemaText(parseSchemaText(stored, [money]));
  expect(full).toContain('"type":{"type":"record","name":"Money"');
  expect(schemaText(parseSchemaText(stored, [money]), [money])).toBe(stored);
  expect(schemaText(parseSchemaText(full, [money]), [money])).toBe(stored);
});

test.each([
  [
    "properties are sorted, those of a logical type first",
    '{"type":"bytes","z":1,"scale":2,"precision":4,"a":{"d":1,"c":2},"logicalType":"decimal"}',
    '{"type":"bytes","logicalType":"decimal","precision":4,"scale":2,"a":{"c":2,"d":1},"z":1}',
  ],
  [
    "aliases are sorted",
    '{"type":"fixed","name":"n.F","size":1,"aliases":["Z","a.B","C"]}',
    '{"type":"fixed","name":"F","namespace":"n","size":1,"aliases":["a.B","C","Z"]}',
  ],
  [
    "defaults are written as their type writes them",
    '{"type":"record","name":"R","fields":[{"name":"d","type":"double","default":1},{"name":"f","type":"float","default":0.1},{"name":"m","type":{"type":"map","values":"int"},"default":{"b":1,"a":2}}]}',
    '{"type":"record","name":"R","fields":[{"name":"d","type":"double","default":1.0},{"name":"f","type":"float","default":0.1},{"name":"m","type":{"type":"map","values":"int"},"default":{"a":2,"b":1}}]}',
  ],
  [
    "an empty doc of a type goes, the order of fields and symbols stays",
    '{"type":"enum","name":"E","doc":"","symbols":["B","A"]}',
    '{"type":"enum","name":"E","symbols":["B","A"]}',
  ],
])("normalized, %s", (_title, text, normalized) => {
  expect(normalizedText(parseSchemaText(text))).toBe(normalized);
  expect(normalizedText(parseSchemaText(normalized))).toBe(normalized);
});
