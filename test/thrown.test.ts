import { expect, test } from "bun:test";
import { placeOf, thrownAt } from "../src/thrown.ts";

const stackOf = (...frames: string[]) =>
  Object.assign(new Error("why"), { stack: ["Error: why", ...frames].join("\n    at ") });

test("an error's place is the first of its stack that is the user's", () => {
  const ours = `call (${new URL("../src/kafka/calls.ts", import.meta.url).pathname}:1:1)`;
  const error = stackOf(
    ours,
    "parse (native)",
    "f (/shop/node_modules/x/y.js:2:2)",
    "handle (/shop/workers/mail.ts?one:12:5)",
  );
  expect(thrownAt(error)).toEqual({ file: "/shop/workers/mail.ts", line: 12, column: 5 });
  expect(thrownAt(stackOf("async <anonymous> (/shop/a (b).ts:3:4)"))).toEqual({
    file: "/shop/a (b).ts",
    line: 3,
    column: 4,
  });
  expect(thrownAt(stackOf("/shop/workers/mail.ts:1:2"))).toMatchObject({ line: 1 });
  expect(placeOf(error)).toBe(" (/shop/workers/mail.ts:12)");
});

test("an error without such a place has its cause's, or none", () => {
  const cause = stackOf("handle (/shop/workers/mail.ts:12:5)");
  const outer = Object.assign(stackOf("parse (native)"), { cause });
  expect(thrownAt(outer)).toMatchObject({ line: 12 });
  expect(placeOf(stackOf("parse (native)"))).toBe("");
  expect(placeOf("why")).toBe("");
});

test("a file of this folder is named as seen from it", () => {
  expect(placeOf(new Error("why"))).toMatch(/^ \(test\/thrown\.test\.ts:\d+\)$/);
});
