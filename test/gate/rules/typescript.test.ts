import { expect, test } from "bun:test";
import {
  TYPESCRIPT_RULES as ASKED,
  checkCompatibility,
  parseSchema,
  typescriptChanges,
} from "../../../src/avro/index.ts";
import { TYPESCRIPT_RULES } from "../../../src/gate/rules/typescript.ts";

const RULES = TYPESCRIPT_RULES.map((rule) => [rule.id, rule] as const);

test("every rule about TypeScript is told, in its own words, and only what stops the reader is an error", () => {
  expect(TYPESCRIPT_RULES.map(({ id, purpose }) => [id, purpose])).toEqual(
    ASKED.map(({ id, purpose }) => [id, purpose]),
  );
  expect(RULES.filter(([, { level }]) => level !== "warning").map(([id]) => id)).toEqual(["TS_UNREADABLE"]);
});

test.each(RULES)("the example of %s is found by that rule alone, and Avro lets it through", (id, { example }) => {
  const older = parseSchema(JSON.parse(example.before ?? ""));
  const newer = parseSchema(JSON.parse(example.after));
  expect(typescriptChanges(older, newer).map(({ rule }) => String(rule))).toEqual([id]);
  expect(checkCompatibility(newer, older)).toEqual([]);
});

test.each(RULES)("%s is told in whole sentences", (_id, { why, todo }) => {
  for (const text of [why, ...todo]) expect(text).toMatch(/^[A-Z].{10,}\.$/);
});
