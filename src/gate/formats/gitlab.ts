import type { Finding, Severity } from "../model.ts";
import type { Format, FormatContext } from "./format.ts";
import { fromRoot } from "./paths.ts";
import { printable } from "./printable.ts";
import { aboutSubject, worstFirst } from "./wording.ts";

/** For GitLab's merge requests: a Code Quality report, which is a list and nothing around it. */
export const gitlab: Format = {
  id: "gitlab",
  purpose: "a Code Quality report for GitLab's merge requests",
  write(report, context) {
    const issues = worstFirst(report.findings).map((finding) => issueOf(finding, context));
    return `${JSON.stringify(issues, null, 2)}\n`;
  },
};

function issueOf(finding: Finding, context: FormatContext) {
  const { rule, severity, place, fingerprint } = finding;
  return {
    description: printable(`${rule}: ${aboutSubject(finding)}`),
    check_name: rule,
    fingerprint,
    severity: SEVERITIES[severity],
    location: {
      path: fromRoot(place.file, context),
      // A line is asked for: what is about a whole file is on its first.
      lines: { begin: Math.max(1, place.line), end: Math.max(1, place.endLine) },
    },
  };
}

/** GitLab knows info, minor, major, critical and blocker. */
const SEVERITIES: Readonly<Record<Severity, string>> = { error: "critical", warning: "minor", info: "info" };
