import type { CheckedSubject, Finding, IgnoredFinding, Report } from "../model.ts";
import type { Format, FormatContext } from "./format.ts";
import { printable } from "./printable.ts";
import { countOf, sentencesOf, whereOf } from "./wording.ts";

/** For what shows test reports: a suite for each subject, and a case for each finding in it. */
export const junit: Format = {
  id: "junit",
  purpose: "test reports: a suite for each subject, a case for each finding",
  write(report, context) {
    const suites = suitesOf(report, context);
    const totals = totalsOf(suites.flatMap(({ cases }) => cases));
    const lines = [
      '<?xml version="1.0" encoding="UTF-8"?>',
      `<testsuites${attributes({ name: context.command, ...totals })}>`,
      ...suites.flatMap(({ name, cases }) => [
        `  <testsuite${attributes({ name, ...totalsOf(cases) })}>`,
        ...cases.flatMap((one) => caseLines(name, one)),
        "  </testsuite>",
      ]),
      "</testsuites>",
    ];
    return `${lines.join("\n")}\n`;
  },
};

interface Case {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  /** What became of it; a case that passed may have something to say all the same. */
  readonly outcome: "passed" | "failure" | "skipped";
  readonly type: string;
  readonly message: string;
  readonly text: string;
}

interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
}

function suitesOf({ findings, ignored, subjects }: Report, context: FormatContext): Suite[] {
  const checked = new Map(subjects.map((one) => [one.subject, one]));
  const named = [...findings, ...ignored.map(({ finding }) => finding)].map(({ subject }) => subject);
  return [...new Set([...checked.keys(), ...named])]
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((subject) => {
      const found = findings.filter((finding) => finding.subject === subject);
      const left = ignored.filter(({ finding }) => finding.subject === subject);
      const cases = [...found.map((one) => foundCase(one, context)), ...left.map((one) => ignoredCase(one))];
      const passed = countOf(found, "error") === 0 ? passedCase(checked.get(subject)) : [];
      // What is about no subject is about the folder.
      return { name: subject === "" ? context.command : subject, cases: [...passed, ...cases] };
    });
}

function passedCase(checked: CheckedSubject | undefined): Case[] {
  if (checked === undefined) return [];
  const { level, status, file } = checked;
  const name = `keeps ${level} (${status})`;
  return [{ name, file, line: 0, outcome: "passed", type: "", message: "", text: "" }];
}

function foundCase(finding: Finding, context: FormatContext): Case {
  const { rule, severity, place, message } = finding;
  const fails = severity === "error" || (severity === "warning" && context.strict);
  const text = [`${severity} ${rule}: ${message}`, `at ${whereOf(finding)}`, ...sentencesOf(finding, context)].join(
    "\n",
  );
  const outcome = fails ? "failure" : "passed";
  return { name: nameOf(finding), file: place.file, line: place.line, outcome, type: rule, message, text };
}

function ignoredCase({ finding, reason, until }: IgnoredFinding): Case {
  const { rule, place } = finding;
  const message = `ignored until ${until}: ${reason}`;
  return {
    name: nameOf(finding),
    file: place.file,
    line: place.line,
    outcome: "skipped",
    type: rule,
    message,
    text: "",
  };
}

/** The fingerprint keeps apart what two findings of a rule say of one field, and lets a report of last week be compared. */
const nameOf = ({ rule, field, fingerprint }: Finding): string =>
  `${rule}${field === "" ? "" : ` ${field}`} (${fingerprint})`;

function totalsOf(cases: readonly Case[]): { tests: number; failures: number; errors: number; skipped: number } {
  const count = (outcome: Case["outcome"]) => cases.filter((one) => one.outcome === outcome).length;
  return { tests: cases.length, failures: count("failure"), errors: 0, skipped: count("skipped") };
}

function caseLines(suite: string, { name, file, line, outcome, type, message, text }: Case): string[] {
  const place = { ...(file !== "" && { file }), ...(line > 0 && { line }) };
  const opening = `    <testcase${attributes({ classname: suite, name, ...place })}`;
  if (outcome === "passed" && text === "") return [`${opening}/>`];
  const inner = {
    passed: `<system-out>${escaped(text)}</system-out>`,
    failure: `<failure${attributes({ type, message })}>${escaped(text)}</failure>`,
    skipped: `<skipped${attributes({ message })}/>`,
  }[outcome];
  return [`${opening}>`, `      ${inner}`, "    </testcase>"];
}

const attributes = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(String(value)).replaceAll("\n", "&#10;").replaceAll("\t", "&#9;")}"`)
    .join("");

/** XML 1.0 has no way at all to write most control characters, nor U+FFFE and U+FFFF. */
const escaped = (text: string): string =>
  printable(text)
    .replace(/[\ufffe\uffff]/g, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
