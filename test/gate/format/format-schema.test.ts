import { expect, test } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import { formatSchema } from "../../../src/gate/format/index.ts";
import { ROOT } from "../../support/sluice.ts";

const SHORT = '{"type":"record","name":"A","fields":[{"name":"a","type":["null","string"],"default":null}]}';

test("a field's attributes stand on lines of their own, a type on one", () => {
  expect(formatSchema(SHORT)).toBe(`{
  "type": "record",
  "name": "A",
  "fields": [
    {
      "name": "a",
      "type": ["null", "string"],
      "default": null
    }
  ]
}
`);
});

test("what is longer than a line is broken, and only that", () => {
  const symbols = Array.from({ length: 30 }, (_, index) => `SYMBOL_${index}`);
  const text = formatSchema(JSON.stringify({ type: "enum", name: "E", symbols, doc: "d" })) ?? "";
  expect(text.split("\n").every((line) => line.length <= 100)).toBe(true);
  expect(text).toContain('  "symbols": [\n    "SYMBOL_0",\n');
  expect(text).toContain('  "doc": "d"\n');
});

test("the schemas of this repository are laid out so", async () => {
  const files = [...new Bun.Glob("schemas/**/*.avsc").scanSync(ROOT)];
  expect(files.length).toBeGreaterThan(3);
  for (const file of files) {
    const text = await Bun.file(join(ROOT, file)).text();
    expect(formatSchema(text)).toBe(text);
  }
});

test("numbers and escapes stay as they are written", () => {
  const text = formatSchema('{"a":1.0,"b":1e3,"c":"\\u00e9\\n","d":-0}');
  expect(text).toBe('{ "a": 1.0, "b": 1e3, "c": "\\u00e9\\n", "d": -0 }\n');
});

test("a byte order mark and carriage returns are gone", () => {
  expect(formatSchema(`\uFEFF${SHORT.replaceAll(",", ",\r\n")}`)).toBe(formatSchema(SHORT));
});

test.each([["{"], ['{"a":1,}'], ["// why\n{}"], [""], ["<<<<<<< HEAD\n{}"]])(
  "%j is no JSON, and left alone",
  (text) => {
    expect(formatSchema(text)).toBeUndefined();
  },
);

test("what is nested deeper than any schema is left alone, and exhausts nothing", () => {
  expect(formatSchema("[".repeat(5_000) + "]".repeat(5_000))).toBeUndefined();
});

test("the value is the same, and laid out again it does not change", () => {
  const layouts = fc.constantFrom(undefined, 1, 4, "\t");
  fc.assert(
    fc.property(fc.jsonValue(), layouts, (value, space) => {
      const text = JSON.stringify(value, null, space);
      const formatted = formatSchema(text);
      expect(JSON.parse(formatted ?? "")).toEqual(JSON.parse(text));
      expect(formatSchema(formatted ?? "")).toBe(formatted);
      // However it was laid out before.
      expect(formatSchema(JSON.stringify(value))).toBe(formatted);
    }),
  );
});
