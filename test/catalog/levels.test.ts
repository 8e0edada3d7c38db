import { expect, test } from "bun:test";
import { COMPATIBILITY_LEVELS } from "../../src/avro/index.ts";
import { includesLevel, leastLevelOver } from "../../src/catalog/index.ts";

test.each([
  ["FULL", "BACKWARD", true],
  ["FULL", "FORWARD", true],
  ["FULL", "BACKWARD_TRANSITIVE", false],
  ["BACKWARD_TRANSITIVE", "BACKWARD", true],
  ["BACKWARD", "BACKWARD_TRANSITIVE", false],
  ["BACKWARD", "FORWARD", false],
  ["FORWARD", "BACKWARD", false],
  ["NONE", "BACKWARD", false],
] as const)("%s keeps the promises of %s: %p", (stronger, weaker, keeps) => {
  expect(includesLevel(stronger, weaker)).toBe(keeps);
});

test("every level includes itself and NONE, and FULL_TRANSITIVE includes them all", () => {
  for (const level of COMPATIBILITY_LEVELS) {
    expect(includesLevel(level, level)).toBe(true);
    expect(includesLevel(level, "NONE")).toBe(true);
    expect(includesLevel("FULL_TRANSITIVE", level)).toBe(true);
  }
});

test.each([
  [[], "NONE"],
  [["BACKWARD"], "BACKWARD"],
  [["BACKWARD", "FORWARD"], "FULL"],
  [["BACKWARD_TRANSITIVE", "FORWARD"], "FULL_TRANSITIVE"],
  [["NONE", "FORWARD_TRANSITIVE", "FORWARD"], "FORWARD_TRANSITIVE"],
] as const)("the least level over %p is %s", (levels, least) => {
  expect(leastLevelOver(levels)).toBe(least);
});
