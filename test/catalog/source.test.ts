import { expect, test } from "bun:test";
import fc from "fast-check";
import type { CatalogProblem } from "../../src/catalog/index.ts";
import { parseLocated } from "../../src/catalog/source.ts";

function parsed(text: string) {
  const problems: CatalogProblem[] = [];
  return { located: parseLocated({ file: "f", text }, problems), problems };
}

test("whatever JSON.parse takes is taken, and is the same value", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const { located, problems } = parsed(text);
      expect(problems).toEqual([]);
      expect(located.value).toEqual(JSON.parse(text));
    }),
  );
});

test("any text is either JSON or has one problem at least, within the text", () => {
  const texts = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom(...'[]{}",:\\\n 1e-tn/*') }),
    fc.json().chain((json) => fc.nat(json.length).map((end) => json.slice(0, end))),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const { located, problems } = parsed(text);
      expect(located.broken).toBe(problems.length > 0);
      if (!located.broken) JSON.parse(text);
      for (const { line, column } of problems) {
        expect(line).toBeLessThanOrEqual(text.split("\n").length);
        expect(column).toBeLessThanOrEqual(text.length + 1);
      }
    }),
    { numRuns: 500 },
  );
});

test("a pointer leads to its line and column; one to nothing, to what is around it", () => {
  const text = '{\n  "a/b": [1,\n    { "c": 2 }]\n}';
  const { located } = parsed(text);
  const at = (pointer: string) => {
    const { line, column } = located.problem(pointer, "");
    return `${line}:${column}`;
  };
  expect(at("")).toBe("1:1");
  expect(at("/a~1b/0")).toBe("2:11");
  expect(at("/a~1b/1/c")).toBe("3:12");
  expect(at("/a~1b/1/missing/deeper")).toBe("3:5");
  expect(at("/nothing")).toBe("1:1");
});

test("`__proto__` is a member like any other", () => {
  expect(Object.keys(Object(parsed('{"__proto__": 1}').located.value))).toEqual(["__proto__"]);
});
