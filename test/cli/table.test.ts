import { expect, test } from "bun:test";
import { columns } from "../../src/cli/table.ts";

test("texts stand to the left, numbers to the right, under their headers", () => {
  const rows = [
    ["order-projection", "Stable", 12, "1,234"],
    ["emails", "Empty", 0, "7"],
  ];
  expect(columns(rows, { header: ["GROUP", "STATE", "MEMBERS", "LAG"] })).toBe(
    [
      "GROUP             STATE   MEMBERS    LAG",
      "order-projection  Stable       12  1,234",
      "emails            Empty         0      7",
      "",
    ].join("\n"),
  );
});

test("wide characters take the room that they need", () => {
  expect(
    columns([
      ["日本", "x"],
      ["abcd", "y"],
    ]),
  ).toBe("日本  x\nabcd  y\n");
});

test("no rows are no lines", () => {
  expect(columns([])).toBe("");
});
