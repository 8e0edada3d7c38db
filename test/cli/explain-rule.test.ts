import { describe, expect, test } from "bun:test";
import { changedLines } from "../../src/cli/explain-rule/lines.ts";
import { RULES } from "../../src/gate/index.ts";
import { sluice, typed } from "../support/sluice.ts";

describe("`sluice explain RULE`", () => {
  test.each(RULES.map(({ id }) => id))("%s is explained with what, why, what to do and an example", async (id) => {
    const { code, out, err } = await sluice(["explain", id]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const rule = RULES.find((one) => one.id === id);
    expect(out.startsWith(`${id} (${rule?.family}, ${rule?.level})\n`)).toBe(true);
    expect(out.replace(/\s+/g, " ")).toContain(String(rule?.why.replace(/\s+/g, " ")));
    expect(out).toMatch(/\nWhat to do:\n\n {2}- /);
    expect(out).toMatch(/\n(A change|What it is about):\n/);
    expect(out).toMatch(/\nWhat `sluice (check|lint)[^`]*` says of this example:\n\n {2}(schemas|workers)\//);
    expect(out).toMatch(/\nIn schemas\/gate\.yaml(, with the subject of your own finding)?:\n\n {2}rules:\n/);
    expect(out).toContain(`\n    ${id}: ${rule?.level}`);
  });

  test("shows the change, the finding with its fix, and how to live with it", async () => {
    const { out } = await sluice(["explain", "MISSING_ENUM_SYMBOLS"]);
    expect(out).toContain(
      '\n  -       "type": { "type": "enum", "name": "Status", "symbols": ["OPEN", "PAID", "LOST"] },\n',
    );
    expect(out).toContain('\n  +       "type": { "type": "enum", "name": "Status", "symbols": ["OPEN", "PAID"] },\n');
    expect(out).toMatch(/\n {2}schemas\/orders\.order\.created\/v1\.avsc:8:\d+ error MISSING_ENUM_SYMBOLS orders\./);
    expect(out).toContain("fix: put `LOST` back");
    expect(out).toMatch(
      /\n {4}- rule: MISSING_ENUM_SYMBOLS\n {6}subject: orders\S+\n {6}reason: .+\n {6}until: \d{4}-\d\d-\d\d {2}# the last day; after it the finding counts again\n/,
    );
    expect(out.replace(/\s+/g, " ")).toContain("This is for `sluice check` alone. The registry goes by the level");
  });

  test.each(["missing_enum_symbols", "Missing-Enum-Symbols", " MISSING_ENUM_SYMBOLS "])(
    "takes %p for the rule",
    async (name) => {
      expect((await sluice(["explain", name])).out).toStartWith("MISSING_ENUM_SYMBOLS (");
    },
  );

  test.each([
    ["MISSING_ENUM_SYMBOL", "sluice: MISSING_ENUM_SYMBOL: no such rule; did you mean MISSING_ENUM_SYMBOLS?\n"],
    ["enum_symbols", "sluice: enum_symbols: no such rule; did you mean MISSING_ENUM_SYMBOLS?\n"],
    ["x", typed("sluice: x: no such rule; `sluice explain` lists them\n")],
  ])("answers %p with the nearest rule", async (name, err) => {
    expect(await sluice(["explain", name])).toEqual({ code: 1, out: "", err });
  });

  test("as JSON has the texts, the files and the finding", async () => {
    const { out } = await sluice(["explain", "NAME_MISMATCH", "--json"]);
    const [finding] = JSON.parse(out).example.findings;
    expect(JSON.parse(out)).toMatchObject({ id: "NAME_MISMATCH", family: "compatibility", level: "error" });
    expect(finding).toMatchObject({ rule: "NAME_MISMATCH", fix: { title: expect.stringContaining("alias") } });
    expect(JSON.parse(out).example.files[0].file).toBe(finding.place.file);
  });
});

describe("`sluice explain`", () => {
  test("lists every rule below its family, with its level and what it asks for", async () => {
    const { code, out } = await sluice(["explain"]);
    expect(code).toBe(0);
    const lines = out.split("\n");
    for (const { id, level, purpose } of RULES) {
      expect(
        lines.filter((line) => line.startsWith(`  ${id} `) && line.includes(` ${level} `) && line.endsWith(purpose)),
      ).toHaveLength(1);
    }
    expect(lines.filter((line) => line.endsWith(":"))).toHaveLength(4);
  });

  test("lists them as JSON", async () => {
    const ids = JSON.parse((await sluice(["explain", "--json"])).out).map(({ id }: { id: string }) => id);
    expect(ids).toEqual(RULES.map(({ id }) => id));
  });
});

test.each([
  ["a\nb\nc\n", "a\nx\nc\n", ["  a", "- b", "+ x", "  c"]],
  ["a\n", "a\nb\n", ["  a", "+ b"]],
  ["a\nb\n", "b\n", ["- a", "  b"]],
  ["", "a\n", ["+ a"]],
  ["a\n", "a\n", ["  a"]],
])("the change from %j to %j is shown line by line", (before, after, lines) => {
  expect(changedLines(before, after)).toEqual(lines);
});
