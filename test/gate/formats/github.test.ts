import { expect, test } from "bun:test";
import { FORMATS } from "../../../src/gate/index.ts";
import { contextOf, findingOf, placeOf, reportOf } from "./report-of.ts";

const { github } = FORMATS;

const annotations = (output: string): string[] => output.split("\n").filter((line) => line.startsWith("::"));

test("a finding is an annotation on its line and columns, with the rule as its title", () => {
  const output = github.write(reportOf([findingOf()]), contextOf());
  expect(output).toStartWith(
    "::error file=schemas/orders.order.created/v1.avsc,line=6,col=15,endLine=6,endColumn=23,title=READER_FIELD_MISSING_DEFAULT_VALUE::" +
      "orders.order.created.v1-value: `coupon` has no default, and earlier records do not have it%0A",
  );
});

test("warnings and news have their own kinds", () => {
  const findings = [findingOf({ severity: "warning" }), findingOf({ severity: "info" })];
  expect(annotations(github.write(reportOf(findings), contextOf())).map((line) => line.split(" ", 1)[0])).toEqual([
    "::warning",
    "::notice",
  ]);
});

test("paths begin at the repository's root", () => {
  const of = (prefix: string, file: string) =>
    /file=([^,]*)/.exec(
      github.write(reportOf([findingOf({ place: { ...placeOf('"coupon"'), file } })]), contextOf({ prefix })),
    )?.[1];
  expect(of("services/orders/", "schemas/a/v1.avsc")).toBe("services/orders/schemas/a/v1.avsc");
  expect(of("services/orders/", "../../schemas/a/v1.avsc")).toBe("schemas/a/v1.avsc");
  expect(of("", "./schemas/a/v1.avsc")).toBe("schemas/a/v1.avsc");
  expect(of("", "schemas\\a\\v1.avsc")).toBe("schemas/a/v1.avsc");
});

test("columns are left out where the part goes over several lines: GitHub would show it below the last", () => {
  const place = placeOf('[\n    { "name": "order_id"');
  expect(github.write(reportOf([findingOf({ place })]), contextOf())).toMatch(/,line=4,col=13,title=/);
});

test("what is about a file as a whole has no line, and what is about none has no file", () => {
  const whole = { ...placeOf("{"), line: 0, column: 0 };
  const of = (place: typeof whole) => github.write(reportOf([findingOf({ place })]), contextOf());
  expect(of(whole)).toStartWith("::error file=schemas/orders.order.created/v1.avsc,title=READER");
  expect(of({ ...whole, file: "" })).toStartWith("::error title=READER");
});

test("per cent, line ends, colons and commas are escaped as GitHub reads them back", () => {
  const finding = findingOf({ message: "100%\nof: it, all", place: { ...placeOf("{"), file: "a:b,c%d.avsc" } });
  const [line = ""] = annotations(github.write(reportOf([finding]), contextOf()));
  expect(line).toContain("file=a%3Ab%2Cc%25d.avsc,");
  expect(line).toContain("::orders.order.created.v1-value: 100%25%0Aof: it, all%0A");
});

test("a schema cannot write a command of its own into the log", () => {
  const wicked = "x\n::set-output name=a::b\r\n##[add-mask]x";
  const place = { ...placeOf("{"), file: "::warning::/v1.avsc" };
  const findings = Array.from({ length: 12 }, () =>
    findingOf({ message: wicked, subject: wicked, groups: [wicked], place }),
  );
  const bases = [{ name: wicked, subjects: 1, versions: 1, note: wicked }];
  const lines = github.write(reportOf(findings, { bases }), contextOf()).split("\n");
  expect(lines.filter((line) => /^\s*::/.test(line) && !/^::(error|notice) /.test(line))).toEqual([]);
  expect(lines.filter((line) => !line.startsWith("::") && line.includes("##["))).toEqual([]);
});

test("ten are annotated, the errors first; the rest is in the log, and a notice says so", () => {
  const warnings = Array.from({ length: 8 }, (_, at) => findingOf({ severity: "warning", rule: `WARNING_${at}` }));
  const errors = Array.from({ length: 4 }, (_, at) => findingOf({ rule: `ERROR_${at}` }));
  const output = github.write(reportOf([...warnings, ...errors]), contextOf());
  const shown = annotations(output);
  expect(shown.filter((line) => line.includes("file="))).toHaveLength(10);
  expect(shown.map((line) => /title=(\w+)/.exec(line)?.[1])).toEqual([
    ...["ERROR_0", "ERROR_1", "ERROR_2", "ERROR_3"],
    ...["WARNING_0", "WARNING_1", "WARNING_2", "WARNING_3", "WARNING_4", "WARNING_5"],
    "sluice",
  ]);
  expect(shown.at(-1)).toStartWith(
    "::notice title=sluice::2 more findings are in the summary of this step, and in its log",
  );
  expect(output).toContain(
    "\nschemas/orders.order.created/v1.avsc:6:15 warning WARNING_7 orders.order.created.v1-value: `coupon`",
  );
});

test("ten findings need no notice", () => {
  const findings = Array.from({ length: 10 }, () => findingOf());
  expect(annotations(github.write(reportOf(findings), contextOf()))).toHaveLength(10);
});

test("the step's summary has every finding, as Markdown", () => {
  const report = reportOf(Array.from({ length: 15 }, (_, at) => findingOf({ rule: `RULE_${at}` })));
  expect(github.summary?.(report, contextOf())).toBe(FORMATS.markdown.write(report, contextOf()));
});
