import { describe, expect, test } from "bun:test";
import { filesIn } from "../../src/catalog/index.ts";
import { GATE_DEFAULTS, readGateSettings } from "../../src/gate/index.ts";

const read = (text: string) =>
  readGateSettings("schemas", filesIn(new Map([["schemas/gate.yaml", new TextEncoder().encode(text)]])));

/** The problems as one reads them. */
const problemsOf = (text: string) =>
  read(text).problems.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`);

const ENTRY = { rule: "KEY_CHANGED", subject: "a.b.done.v1-value", reason: "agreed", until: "2027-01-31" };

describe("gate.yaml", () => {
  test.each([
    ["no file", undefined],
    ["an empty file", ""],
    ["comments alone", "# nothing yet\n"],
  ])("%s is the defaults", (_title, text) => {
    const found = text === undefined ? readGateSettings("schemas", filesIn(new Map())) : read(text);
    expect(found).toEqual({ settings: GATE_DEFAULTS, problems: [] });
  });

  test("all that it may say is read", () => {
    const { settings, problems } = read(
      [
        "base: trunk",
        "rules: { KEY_CHANGED: warning, SUBJECT_ADDED: off }",
        "ignore:",
        "  # until the autumn",
        "  - rule: KEY_CHANGED",
        "    subject: a.b.done.v1-value",
        "    fingerprint: 123456789012",
        "    reason: agreed",
        "    until: 2027-01-31",
        '  - { until: 2027-01-31, rule: LEVEL_LOWERED, subject: shared.Money, reason: "nobody, really" }',
        "",
      ].join("\n"),
    );
    expect(problems).toEqual([]);
    expect(settings.base).toBe("trunk");
    expect([...settings.rules]).toEqual([
      ["KEY_CHANGED", "warning"],
      ["SUBJECT_ADDED", "off"],
    ]);
    const [first, second] = settings.ignores;
    expect(first).toMatchObject({ ...ENTRY, fingerprint: "123456789012", place: { line: 5, column: 5 } });
    expect(second).toMatchObject({ rule: "LEVEL_LOWERED", reason: "nobody, really", place: { line: 10, column: 5 } });
  });

  test("a list in brackets is read as well, with its places", () => {
    const { settings, problems } = read(
      'ignore: [\n  { rule: KEY_CHANGED, subject: x, reason: "[a] }", until: 2027-01-31 },\n  { rule: KEY_CHANGED, subject: y, reason: b, until: 2027-01-31 }]\n',
    );
    expect(problems).toEqual([]);
    expect(settings.ignores.map(({ subject, place }) => [subject, place.line, place.column])).toEqual([
      ["x", 2, 3],
      ["y", 3, 3],
    ]);
  });

  test.each(["123456789012", "12e456789012", "0123456789ab", '"12e456789012"'])(
    "the fingerprint %s is text, whatever YAML makes of it",
    (written) => {
      const entry = `ignore:\n  - rule: KEY_CHANGED\n    subject: x\n    reason: r\n    until: 2027-01-31\n    fingerprint: ${written}\n`;
      expect(read(entry).settings.ignores[0]?.fingerprint).toBe(written.replaceAll('"', ""));
    },
  );

  test("every problem is told, with its line", () => {
    const text = [
      "bas: trunk",
      "base: [1]",
      "rules:",
      "  KEY_CHANGD: error",
      "  KEY_CHANGED: fatal",
      "ignore:",
      "  - rule: KEY_CHANGED",
      "    subjct: x",
      "    until: 2027-02-30",
      "  - rule: NO_RULE_LIKE_IT",
      "    subject: x",
      "    reason: r",
      "    until: soon",
      "    fingerprint: abc",
      "  - just a word",
      "",
    ].join("\n");
    expect(problemsOf(text)).toEqual([
      "schemas/gate.yaml:1:1: unknown setting bas; did you mean base?",
      "schemas/gate.yaml:2:1: base: expected the name of a branch, found [ 1 ]",
      "schemas/gate.yaml:4:3: unknown rule KEY_CHANGD; did you mean KEY_CHANGED?",
      'schemas/gate.yaml:5:3: KEY_CHANGED: expected on, error, warning, info or off, found "fatal"',
      "schemas/gate.yaml:7:5: subject is missing: `orders.order.created.v1-value`, or the name of a shared type",
      "schemas/gate.yaml:7:5: reason is missing: who reads this in half a year wants to know why",
      "schemas/gate.yaml:8:5: unknown setting subjct; did you mean subject?",
      'schemas/gate.yaml:9:5: until: expected a date, as in 2027-01-31, found "2027-02-30"',
      "schemas/gate.yaml:10:5: unknown rule NO_RULE_LIKE_IT; `sluice explain` lists them",
      'schemas/gate.yaml:13:5: until: expected a date, as in 2027-01-31, found "soon"',
      'schemas/gate.yaml:14:5: fingerprint: expected twelve hexadecimal digits, found "abc"',
      'schemas/gate.yaml:15:5: expected an entry with rule, subject, reason and until, found "just a word"',
    ]);
  });

  test("what is wrong counts as not written, and the rest counts", () => {
    const { settings } = read("base: trunk\nrules: { KEY_CHANGED: fatal, SUBJECT_ADDED: off }\n");
    expect(settings.base).toBe("trunk");
    expect([...settings.rules.keys()]).toEqual(["SUBJECT_ADDED"]);
  });

  test.each([
    ["base: -x", 'base: expected the name of a branch, found "-x"'],
    ["- a\n", "expected base, rules, ignore, each with a colon"],
    ["rules: [KEY_CHANGED]", 'rules: expected rules with their levels, found [ "KEY_CHANGED" ]'],
    ["ignore: KEY_CHANGED", "ignore: expected a list, each entry with rule, subject, fingerprint, reason, until"],
  ])("%j is refused", (text, message) => {
    expect(problemsOf(text)).toEqual([`schemas/gate.yaml:1:1: ${message}`]);
  });

  test("a setting that is there twice is told: of two lists of what is ignored, one would count for nothing", () => {
    expect(problemsOf("base: main\nrules: { KEY_CHANGED: off }\nrules: { SUBJECT_ADDED: off }\n")).toEqual([
      "schemas/gate.yaml:3:1: this setting is here twice",
    ]);
  });

  test("broken YAML is told with its line", () => {
    expect(problemsOf("base: main\nrules: {\n")).toEqual([
      expect.stringMatching(/^schemas\/gate\.yaml:\d:1: syntax: /),
    ]);
  });

  test("it has limits", () => {
    const many = `ignore:\n${`  - { rule: KEY_CHANGED, subject: x, reason: r, until: 2027-01-31 }\n`.repeat(1_001)}`;
    expect(problemsOf(many)).toEqual(["schemas/gate.yaml:1:1: ignore: 1001 entries; the limit is 1000"]);
    expect(problemsOf(`# ${"x".repeat(300_000)}`)).toEqual([
      "schemas/gate.yaml:1:1: can't be read: more than 262144 bytes",
    ]);
    const long = `ignore: [{ rule: KEY_CHANGED, subject: x, reason: ${"r".repeat(501)}, until: 2027-01-31 }]`;
    expect(problemsOf(long)).toEqual([expect.stringContaining("reason: 501 characters; the limit is 500")]);
  });
});
