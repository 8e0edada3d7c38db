import type { Finding, Severity } from "../model.ts";
import type { Format, FormatContext } from "./format.ts";
import { markdown } from "./markdown.ts";
import { fromRoot } from "./paths.ts";
import { printable } from "./printable.ts";
import { aboutSubject, conclusion, counted, headline, sentencesOf, wayOut, worstFirst } from "./wording.ts";

/** GitHub shows ten of each kind for a step and drops the rest without a word; more than ten nobody reads between lines. */
const ANNOTATIONS_MAX = 10;

/** For GitHub's workflows: annotations on the lines of a pull request, and the whole report as the step's summary. */
export const github: Format = {
  id: "github",
  purpose: "annotations on the lines of a pull request, ten at most, and all findings in the step's summary",
  write(report, context) {
    const findings = worstFirst(report.findings);
    const shown = findings.slice(0, ANNOTATIONS_MAX).map((finding) => annotationOf(finding, context));
    const rest = findings.slice(ANNOTATIONS_MAX).map((finding) => harmless(headline(finding)));
    const notice = rest.length === 0 ? [] : [noticeOf(rest.length)];
    const way = wayOut(report);
    const end = [...(way === undefined ? [] : [way]), conclusion(report)].map(harmless);
    return [...shown, ...notice, ...rest, ...end].map((line) => `${line}\n`).join("");
  },
  summary: (report, context) => markdown.write(report, context),
};

const COMMANDS: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", info: "notice" };

function annotationOf(finding: Finding, context: FormatContext): string {
  const properties = { ...propertiesOf(finding, context), title: finding.rule };
  const written = Object.entries(properties).map(([name, value]) => `${name}=${property(String(value))}`);
  const text = [aboutSubject(finding), ...sentencesOf(finding, context)].join("\n");
  return `::${COMMANDS[finding.severity]} ${written.join(",")}::${data(printable(text))}`;
}

function propertiesOf({ place }: Finding, context: FormatContext): Record<string, string | number> {
  if (place.file === "") return {};
  const file = fromRoot(place.file, context);
  if (place.line === 0) return { file };
  const { line, column: col, endLine, endColumn } = place;
  // GitHub takes columns within one line only, and shows what spans lines below the last of them, far from its beginning.
  return endLine === line ? { file, line, col, endLine, endColumn } : { file, line, col };
}

function noticeOf(rest: number): string {
  const more = rest === 1 ? "1 more finding is" : `${rest} more findings are`;
  const text = `${more} in the summary of this step, and in its log: at most ${counted(ANNOTATIONS_MAX, "annotation")} are made.`;
  return `::notice title=sluice::${data(text)}`;
}

/** GitHub's own escaping of what a workflow command says. */
const data = (text: string): string => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

const property = (text: string): string => data(printable(text)).replaceAll(":", "%3A").replaceAll(",", "%2C");

/** A line of the log that is no command, whatever the schema's names are: `##[` begins one of the old form anywhere in it. */
const harmless = (line: string): string =>
  printable(line)
    .replaceAll("\n", " ")
    .replace(/^\s*::/, "")
    .replaceAll("##[", "## [");
