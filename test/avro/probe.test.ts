import { expect, test } from "bun:test";
import fc from "fast-check";
import { createCodec, parseSchema } from "../../src/avro/index.ts";
import { createProbe } from "../../src/avro/probe.ts";

const ORDER = parseSchema({
  type: "record",
  name: "Order",
  fields: [
    { name: "note", type: ["null", "string"] },
    { name: "items", type: { type: "array", items: { type: "enum", name: "Kind", symbols: ["A", "B", "C"] } } },
    { name: "tags", type: { type: "map", values: ["int", "string"] } },
    { name: "next", type: ["null", "Order"] },
  ],
});

const end = { note: null, items: [], tags: {}, next: null };
const counted = (value: object, ...paths: string[][]) =>
  createProbe(ORDER, paths)(createCodec(ORDER).encode(value)).map((met) => Object.fromEntries(met));

test("a branch, a symbol and a map's value are counted where they are, also in what is nested in itself", () => {
  const inner = { ...end, items: ["C", "C"], tags: { x: { string: "s" } } };
  const value = { note: "n", items: ["A", "C"], tags: { a: { int: 1 }, b: { string: "s" } }, next: inner };
  expect(
    counted(
      value,
      ["fields", "0", "type", "1"],
      ["fields", "1", "type", "items"],
      ["fields", "2", "type", "values", "1"],
      ["fields", "3", "type", "1"],
      ["fields", "1", "type", "items", "symbols"],
    ),
  ).toEqual([{ "": 1 }, { A: 1, C: 3 }, { "": 2 }, { "": 2 }, { A: 1, C: 3 }]);
});

test("what a value does not have is not counted", () => {
  expect(counted(end, ["fields", "0", "type", "1"], ["fields", "1", "type", "items"])).toEqual([{}, {}]);
});

test("bytes that end early are refused, never read past", () => {
  const bytes = createCodec(ORDER).encode({ ...end, note: "twelve bytes", items: ["A"] });
  const probe = createProbe(ORDER, [["fields", "1", "type", "items"]]);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), (length) => {
      expect(() => probe(bytes.subarray(0, length))).toThrow();
    }),
  );
});
