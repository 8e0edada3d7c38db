import { expect, test } from "bun:test";
import fc from "fast-check";
import type { CatalogProblem } from "../../src/catalog/index.ts";
import { parseLocated, problemAt, sourceOf } from "../../src/catalog/source.ts";

function parsed(text: string) {
  const problems: CatalogProblem[] = [];
  return { located: parseLocated(sourceOf("f", text), problems), problems };
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
      if (located.broken) expect(problems).not.toEqual([]);
      if (problems.length === 0) JSON.parse(text);
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

test("a position is found in any text, as counting its lines finds it", () => {
  const texts = fc.string({ unit: fc.constantFrom("a", "\n"), maxLength: 60 });
  fc.assert(
    fc.property(texts, fc.nat(60), (text, position) => {
      const offset = Math.min(position, text.length);
      const before = text.slice(0, offset).split("\n");
      const { line, column } = problemAt(sourceOf("f", text), offset, "");
      expect([line, column]).toEqual([before.length, (before.at(-1)?.length ?? 0) + 1]);
    }),
  );
});

test("a megabyte of mistakes is told of in good time", () => {
  const text = `{${'"a":1,\n'.repeat(120_000)}"b":1}`;
  const started = performance.now();
  expect(parsed(text).problems).toHaveLength(119_999);
  expect(performance.now() - started).toBeLessThan(5_000);
});
