import { expect, test } from "bun:test";
import { countsOf, sentenceOf } from "./summary.ts";

const printed = (...lines: string[]) =>
  ["(pass) one [0.10ms]", "", ...lines, "Ran 9 tests across 2 files. [1s]", ""].join("\n");

test.each([
  ["all passed", printed(" 9 pass", " 0 fail", " 12 expect() calls"), 0, "9 passed, 0 failed"],
  ["some did not run", printed(" 3 pass", " 2 skip", " 1 todo", " 0 fail"), 0, "3 passed, 0 failed, 3 skipped"],
  ["some failed", printed(" 3 pass", " 2 fail", " 4 expect() calls"), 1, "3 passed, 2 failed"],
  ["a file does not load", printed(" 0 pass", " 1 fail", " 1 error"), 1, "0 passed, 1 failed"],
  ["in colours", printed("\u001b[32m 9 pass\u001b[0m", "\u001b[2m 0 fail\u001b[0m"), 0, "9 passed, 0 failed"],
  ["killed on the way", "(pass) one [0.10ms]\n", 137, "0 passed, 1 failed"],
  ["failed without a failing test", printed(" 9 pass", " 0 fail"), 1, "9 passed, 1 failed"],
] as const)("a run where %s is told as it was", (_case, output, exitCode, line) => {
  expect(sentenceOf(countsOf(output, exitCode))).toBe(line);
});

test("a line that a test prints itself is not taken for the summary", () => {
  const output = ` 7 pass\n 7 fail\n${printed(" 9 pass", " 0 fail")}`;
  expect(sentenceOf(countsOf(output, 0))).toBe("9 passed, 0 failed");
});
