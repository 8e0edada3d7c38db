import { expect, test } from "bun:test";
import { checkCompatibility, parseSchemaText, RULES } from "../../../src/avro/index.ts";
import { COMPATIBILITY_RULES } from "../../../src/gate/rules/compatibility.ts";

test("every rule of the checker is told, in its words", () => {
  const said = ({ id, purpose, source }: { id: string; purpose: string; source?: string }) => [id, purpose, source];
  expect(COMPATIBILITY_RULES.map(said)).toEqual(RULES.map(said));
});

test.each(COMPATIBILITY_RULES.map((rule) => [rule.id, rule] as const))(
  "the example of %s breaks that rule, and no other, where the new schema reads the old data",
  (id, { example }) => {
    const older = parseSchemaText(example.before ?? "");
    const newer = parseSchemaText(example.after);
    expect(checkCompatibility(newer, older).map(({ type }) => String(type))).toEqual([id]);
    expect(checkCompatibility(older, older)).toEqual([]);
  },
);

test.each(COMPATIBILITY_RULES.map((rule) => [rule.id, rule] as const))("%s is told in whole sentences", (_id, rule) => {
  expect(rule.level).toBe("error");
  for (const text of [rule.why, ...rule.todo]) expect(text).toMatch(/^[A-Z].{10,}\.$/);
});
