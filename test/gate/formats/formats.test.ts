import { describe, expect, test } from "bun:test";
import { FORMATS, REPORT_SCHEMA } from "../../../src/gate/index.ts";
import { schemaProblems } from "../../support/json-schema.ts";
import { contextOf, FILE, findingOf, placeOf, reportOf } from "./report-of.ts";

const full = findingOf({
  against: [{ base: "lock", label: "version 1", version: 1 }],
  groups: ["order-projection"],
  witness: { json: { order_id: "a" }, bytes: "0261", error: "coupon is missing" },
  fix: { title: "add a default", edits: [{ file: FILE, offset: 3, length: 0, text: "x" }] },
  oldPlace: placeOf('"order_id"'),
});
const ignored = [{ finding: findingOf({ rule: "IGNORED_RULE" }), reason: "nobody reads it", until: "2027-01-31" }];

describe.each(Object.values(FORMATS))("$id", (format) => {
  test("has the rule of each finding", () => {
    const severities = ["error", "warning", "info"] as const;
    const findings = severities.map((severity) => findingOf({ severity, rule: `RULE_OF_${severity.toUpperCase()}` }));
    const output = format.write(reportOf(findings), contextOf());
    for (const { rule } of findings) expect(output).toContain(rule);
  });

  test("says the same each time, of a report without findings too", () => {
    const report = reportOf([full], { ignored });
    expect(format.write(report, contextOf())).toBe(format.write(structuredClone(report), contextOf()));
    expect(format.write(reportOf([]), contextOf())).toEndWith("\n");
    expect(format.write({ findings: [], ignored: [], subjects: [], bases: [] }, contextOf())).toEndWith("\n");
  });

  test("names its purpose in a line", () => {
    expect(format.purpose).toMatch(/^[A-Za-z].{20,120}[^.]$/);
    expect(FORMATS[format.id]).toBe(format);
  });
});

describe("json", () => {
  test("is what its schema says", () => {
    const written: unknown = JSON.parse(FORMATS.json.write(reportOf([full, findingOf()], { ignored }), contextOf()));
    expect(schemaProblems(REPORT_SCHEMA, written)).toEqual([]);
    expect(written).toMatchObject({ counts: { errors: 2, warnings: 0, infos: 0, ignored: 1, subjects: 2 } });
  });

  test("the schema takes nothing else", () => {
    const { place: _, ...placeless } = findingOf();
    for (const wrong of [
      placeless,
      { ...full, severity: "fatal" },
      { ...full, more: 1 },
      { ...full, fingerprint: "X" },
    ]) {
      const written = { ...JSON.parse(FORMATS.json.write(reportOf([]), contextOf())), findings: [wrong] };
      expect(schemaProblems(REPORT_SCHEMA, written)).toHaveLength(1);
    }
  });
});

describe("junit", () => {
  test("warnings fail where they fail the command", () => {
    const report = reportOf([findingOf({ severity: "warning" })]);
    expect(FORMATS.junit.write(report, contextOf())).toContain(
      '<testsuites name="sluice check" tests="3" failures="0"',
    );
    expect(FORMATS.junit.write(report, contextOf({ strict: true }))).toContain('tests="3" failures="1"');
  });

  test("each subject is a suite, with a case that passed where it has no error", () => {
    const output = FORMATS.junit.write(reportOf([findingOf()]), contextOf());
    expect(
      [...output.matchAll(/<testsuite name="(.*?)" tests="(\d)" failures="(\d)"/g)].map((match) => match.slice(1)),
    ).toEqual([
      ["orders.order.created.v1-value", "1", "1"],
      ["orders.order.shipped.v1-value", "1", "0"],
    ]);
    expect(output).toContain('name="keeps FULL (unchanged)"');
  });

  test("what is ignored is skipped, with the reason", () => {
    expect(FORMATS.junit.write(reportOf([], { ignored }), contextOf())).toContain(
      '<skipped message="ignored until 2027-01-31: nobody reads it"/>',
    );
  });

  test("has no character that XML cannot have", () => {
    const wicked = `<&>"'\u0000\u0008\u001b\ufffe\ud800]]>`;
    const output = FORMATS.junit.write(
      reportOf([findingOf({ message: wicked, subject: wicked, field: "a\nb", groups: [wicked] })]),
      contextOf(),
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    expect(output).not.toMatch(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff\ud800-\udfff]/);
    expect(output.replaceAll(/&(amp|lt|gt|quot|#9|#10);/g, "")).not.toMatch(/&|"[^"]*[<>][^"]*"(?=[ />])/);
    expect(output).toContain("READER_FIELD_MISSING_DEFAULT_VALUE a&#10;b (");
  });
});

describe("sarif", () => {
  const runOf = (output: string) => JSON.parse(output).runs[0];

  test("a fix is a replacement in characters, a path a URI from the repository's root", () => {
    const [result] = runOf(FORMATS.sarif.write(reportOf([full]), contextOf({ prefix: "my shop/" }))).results;
    const artifactLocation = { uri: `my%20shop/${FILE}`, uriBaseId: "%SRCROOT%" };
    expect(result.locations[0].physicalLocation).toEqual({
      artifactLocation,
      region: { startLine: 6, startColumn: 15, endLine: 6, endColumn: 23 },
    });
    expect(result.fixes[0].artifactChanges).toEqual([
      {
        artifactLocation,
        replacements: [{ deletedRegion: { charOffset: 3, charLength: 0 }, insertedContent: { text: "x" } }],
      },
    ]);
    expect(result.partialFingerprints).toEqual({ "sluice/v1": "3f0a11c2d4e5" });
  });

  test("each result leads to its rule; what is ignored is suppressed", () => {
    const run = runOf(FORMATS.sarif.write(reportOf([full], { ignored }), contextOf()));
    for (const { ruleId, ruleIndex } of run.results) expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId);
    expect(run.results.map(({ suppressions }: { suppressions?: unknown }) => suppressions)).toEqual([
      undefined,
      [{ kind: "external", status: "accepted", justification: "nobody reads it (until 2027-01-31)" }],
    ]);
  });
});

describe("gitlab", () => {
  test("is a list of what GitLab asks for, and leaves out what is ignored", () => {
    const findings = [findingOf(), findingOf({ severity: "warning", place: { ...placeOf("{"), line: 0, endLine: 0 } })];
    expect(
      JSON.parse(FORMATS.gitlab.write(reportOf(findings, { ignored }), contextOf({ prefix: "shop/" }))),
    ).toMatchObject([
      {
        check_name: "READER_FIELD_MISSING_DEFAULT_VALUE",
        severity: "critical",
        fingerprint: "3f0a11c2d4e5",
        location: { path: `shop/${FILE}`, lines: { begin: 6, end: 6 } },
      },
      { severity: "minor", location: { lines: { begin: 1, end: 1 } } },
    ]);
  });
});
