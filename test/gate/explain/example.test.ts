import { describe, expect, test } from "bun:test";
import { RULES, shownExample } from "../../../src/gate/index.ts";

const rules = RULES.map((rule) => [rule.id, rule] as const);

test("every rule has an id of its own", () => {
  expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length);
});

/** What is explained with an example that does not show it is explained wrongly. */
describe("the example of a rule", () => {
  test.each(rules)("%s is found in it, once, at a place in the files that are shown", (id, rule) => {
    const { report, files, text } = shownExample(rule);
    expect(report.findings.map((finding) => finding.rule)).toEqual([id]);
    const { place } = report.findings[0] ?? {};
    const shown = files.map(({ file }) => file);
    // What is gone has no line in what is there.
    if (files.some(({ after }) => after !== undefined)) expect(shown).toContain(String(place?.file));
    expect(
      files.filter(({ after }) => after !== undefined).map(({ file, after }) => text(file) === after),
    ).not.toContain(false);
  });

  test.each(rules)("%s is not found in what was there before", (_id, rule) => {
    if (rule.example.before === undefined || rule.example.before === "") return;
    const before = { ...rule, example: { before: rule.example.before, after: rule.example.before } };
    expect(shownExample(before).report.findings).toEqual([]);
  });

  test.each(rules)(
    "%s has the level that it is said to have, or a greater one where readers are concerned",
    (_id, rule) => {
      expect(shownExample(rule).report.findings.map(({ severity }) => severity)).toEqual([
        rule.level === "off" ? "warning" : rule.level,
      ]);
    },
  );
});
