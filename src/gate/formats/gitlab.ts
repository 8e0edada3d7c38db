import type { Severity } from "../model.ts";
import type { Format } from "./format.ts";
import { fromRoot } from "./paths.ts";
import { printable } from "./printable.ts";
import { worstFirst } from "./wording.ts";

/** For GitLab's merge requests: a Code Quality report, which is a list and nothing around it. */
export const gitlab: Format = {
  id: "gitlab",
  purpose: "a Code Quality report for GitLab's merge requests",
  write(report, context) {
    const issues = worstFirst(report.findings).map(({ rule, subject, severity, message, place, fingerprint }) => ({
      description: printable(`${rule}${subject === "" ? "" : ` ${subject}`}: ${message}`),
      check_name: rule,
      fingerprint,
      severity: SEVERITIES[severity],
      location: {
        path: fromRoot(place.file, context),
        // A line is asked for: what is about a whole file is on its first.
        lines: { begin: Math.max(1, place.line), end: Math.max(1, place.endLine) },
      },
    }));
    return `${JSON.stringify(issues, null, 2)}\n`;
  },
};

/** GitLab knows info, minor, major, critical and blocker. */
const SEVERITIES: Readonly<Record<Severity, string>> = { error: "critical", warning: "minor", info: "info" };
