import { expect, test } from "bun:test";
import { applyEdits, applyFixes } from "../../../src/gate/fix/index.ts";
import type { Edit, Finding } from "../../../src/gate/index.ts";

const edit = (offset: number, length: number, text: string, file = "a"): Edit => ({ file, offset, length, text });

function finding(rule: string, ...edits: readonly Edit[]): Finding {
  const place = { file: "a", line: 1, column: 1, endLine: 1, endColumn: 1, offset: 0, length: 0 };
  return {
    rule,
    severity: "error",
    subject: "s",
    path: "",
    field: "",
    message: "",
    help: "",
    place,
    against: [],
    groups: [],
    fingerprint: "",
    ...(edits.length > 0 && { fix: { title: rule, edits } }),
  };
}

const rules = (findings: readonly Finding[]) => findings.map(({ rule }) => rule);

test("edits are of the text as it was, in whatever order they are given", () => {
  expect(applyEdits("abcdef", [edit(5, 1, "X"), edit(0, 0, "<"), edit(2, 2, "")])).toBe("<abeX");
  expect(applyEdits("abc", [edit(3, 0, ">")])).toBe("abc>");
  expect(applyEdits("abc", [])).toBe("abc");
});

test("each file gets its fixes; what has none is left out", () => {
  const findings = [finding("A", edit(0, 1, "1")), finding("B"), finding("C", edit(3, 1, "4"), edit(1, 0, "!", "b"))];
  const { changed, applied, skipped } = applyFixes({ findings }, (file) => (file === "a" ? "abcd" : "xy"));
  expect([...changed]).toEqual([
    ["a", "1bc4"],
    ["b", "x!y"],
  ]);
  expect([rules(applied), rules(skipped)]).toEqual([["A", "C"], []]);
});

test("a fix that two findings share is made once", () => {
  const findings = [finding("A", edit(1, 0, "!")), finding("B", edit(1, 0, "!"))];
  const { changed, applied } = applyFixes({ findings }, () => "ab");
  expect(changed.get("a")).toBe("a!b");
  expect(rules(applied)).toEqual(["A", "B"]);
});

test.each([
  ["over another", [edit(1, 2, "")], [edit(2, 2, "")]],
  ["at the place of another", [edit(1, 0, "x")], [edit(1, 0, "y")]],
  ["at the end of another", [edit(1, 2, "x")], [edit(3, 0, "y")]],
  ["that shares a part with another", [edit(1, 0, "x")], [edit(1, 0, "x"), edit(3, 0, "y")]],
])("a fix %s waits for the next check, whole", (_title, one, other) => {
  const { changed, applied, skipped } = applyFixes(
    { findings: [finding("A", ...one), finding("B", ...other)] },
    () => "abcd",
  );
  expect(changed.get("a")).toBe(applyEdits("abcd", one));
  expect([rules(applied), rules(skipped)]).toEqual([["A"], ["B"]]);
});

test("what breaks workers until they are deployed is no mistake of the schema, and is left to them", () => {
  const reader = { ...finding("READER_BROKEN", edit(0, 0, "x")), direction: "FORWARD" as const };
  expect(applyFixes({ findings: [reader] }, () => "abcd").changed.size).toBe(0);
});
