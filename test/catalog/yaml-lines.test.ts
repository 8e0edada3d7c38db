import { expect, spyOn, test } from "bun:test";
import { brokenLine, repeatedSettings } from "../../src/catalog/index.ts";

test("a slip is in the line behind the longest beginning that is YAML", () => {
  expect(brokenLine("base: main\nrules:\n  A: off\n  B: {\nignore: []\n")).toBe(4);
  expect(brokenLine("rules: {\n")).toBe(1);
});

test("the slip of a text of a hundred thousand lines is not looked for without end", () => {
  const parse = spyOn(Bun.YAML, "parse");
  try {
    expect(brokenLine(`x: [\n${"\n".repeat(100_000)}`)).toBe(1);
    expect(parse.mock.calls.length).toBeLessThan(1_000);
  } finally {
    parse.mockRestore();
  }
});

test("a setting of the outermost level that stands once more is found there", () => {
  expect(repeatedSettings("key: a\nconfig:\n  key: b\nkey : c\n")).toEqual([24]);
});
