import type { Finding, IgnoredFinding, Report } from "../model.ts";
import { diffOf } from "./diff.ts";
import type { Format, FormatContext } from "./format.ts";
import { fromRoot } from "./paths.ts";
import { printable } from "./printable.ts";
import {
  againstSentence,
  clipped,
  conclusion,
  counted,
  unsaidGroups,
  verdict,
  wayOut,
  witnessText,
  worstFirst,
} from "./wording.ts";

/** GitHub refuses a comment that is longer. */
const MARKDOWN_LENGTH_MAX = 65_536;

/** What the table may take of that, so that there is room for the proofs of the first findings. */
const TABLE_LENGTH_MAX = 30_000;
/** Room for the sentence that says what was left out. */
const RESERVED = 400;
const DIFF_LINES_MAX = 40;
const DIFF_LINE_LENGTH_MAX = 200;

/** For a comment on a pull request, or a step's summary: a table, and below it the proof and fix of each finding. */
export const markdown: Format = {
  id: "markdown",
  purpose: "a comment for a pull request: a table, and the proof and fix of each finding",
  write(report, context) {
    const findings = worstFirst(report.findings);
    const head = headOf(report, context);
    const rows = within(
      findings.map((finding) => rowOf(finding, context)),
      TABLE_LENGTH_MAX - head.length,
    );
    const table = rows.length === 0 ? "" : `\n| | where | rule | what |\n|---|---|---|---|\n${rows.join("")}`;
    const ignored = within(report.ignored.map(ignoredRow), TABLE_LENGTH_MAX / 4);
    const left = ignored.length === 0 ? "" : `\n${ignored.join("")}`;
    const way = wayOut(report);
    const end = way === undefined ? "" : `\n${inline(way)}\n`;
    const room = MARKDOWN_LENGTH_MAX - RESERVED - head.length - table.length - left.length - end.length;
    const explained = findings.filter(({ severity }) => severity !== "info");
    const details = within(
      explained.map((finding) => detailsOf(finding, context)),
      room,
    );
    const missing = { rows: findings.length - rows.length, details: explained.length - details.length };
    return `${head}${table}${details.join("")}${left}${end}${leftOut(missing, context)}`;
  },
};

/** The comment in the first line is how a step finds again what it wrote the last time: it is the same whatever was asked. */
function headOf(report: Report, { command }: FormatContext): string {
  const name = command.split(" ", 2).join(" ");
  const title = verdict(report);
  const notes = report.bases
    .filter(({ note }) => note !== "")
    .map((base) => `\n- ${inline(`${base.name}: ${base.note}`)}`);
  return `<!-- ${name} -->\n### \`${name}\`: ${title}\n\n${inline(conclusion(report))}.\n${notes.join("")}${notes.length > 0 ? "\n" : ""}`;
}

function rowOf(finding: Finding, context: FormatContext): string {
  const { severity, rule, subject, message } = finding;
  const about = subject === "" || message.includes(subject) ? "" : `${code(subject)}<br>`;
  const cells = [
    severity === "error" ? "**error**" : severity,
    code(whereOf(finding, context)),
    code(rule),
    `${about}${inline(message)}`,
  ];
  return `| ${cells.map(cell).join(" | ")} |\n`;
}

function detailsOf(finding: Finding, context: FormatContext): string {
  const { rule, message, help, against, witness, noWitness, fix, fingerprint } = finding;
  const groups = unsaidGroups(finding);
  const lines = [
    `\n<details>\n<summary><b>${tagged(rule)}</b> <code>${tagged(whereOf(finding, context))}</code></summary>\n`,
    `${inline(message)}.`,
    ...(against.length === 0 && groups.length === 0 ? [] : [""]),
    ...againstSentence(finding).map((sentence) => `- ${inline(sentence)}`),
    ...(groups.length === 0 ? [] : [`- breaks ${groups.map(code).join(", ")}`]),
    ...(witness === undefined ? [] : witnessLines(finding, witness)),
    ...(noWitness === undefined ? [] : ["", `No record proves it: ${inline(noWitness)}.`]),
    ...(help === "" ? [] : ["", inline(help)]),
    ...(fix === undefined ? [] : fixLines(fix.title, finding, context)),
    "",
    `${code(`sluice explain ${rule}`)} says more; the fingerprint is ${code(fingerprint)}.`,
    "\n</details>\n",
  ];
  return lines.join("\n").replaceAll(/\n{3,}/g, "\n\n");
}

function witnessLines(finding: Finding, witness: NonNullable<Finding["witness"]>): string[] {
  const { record, outcome } = witnessText(finding, witness);
  return ["", "This record proves it:", ...fenced("json", [record]), `It ${inline(outcome)}.`];
}

function fixLines(title: string, { fix }: Finding, context: FormatContext): string[] {
  const files = fix === undefined ? [] : diffOf(fix, context.text);
  const blocks = files.flatMap(({ file, lines }) => {
    const shown = lines.slice(0, DIFF_LINES_MAX).map((line) => clipped(line, DIFF_LINE_LENGTH_MAX));
    const more = lines.length > shown.length ? [`# and ${counted(lines.length - shown.length, "line")} more`] : [];
    return ["", `In ${code(fromRoot(file, context))}:`, ...fenced("diff", [...shown, ...more])];
  });
  return ["", `To fix it, ${inline(title)}; ${code(`${context.command} --fix`)} does that.`, ...blocks];
}

const ignoredRow = ({ finding: { rule, subject }, reason, until }: IgnoredFinding): string =>
  `- ignored until ${inline(until)}: ${code(rule)} ${code(subject)}: ${inline(reason)}\n`;

function leftOut({ rows, details }: { rows: number; details: number }, { command }: FormatContext): string {
  if (rows === 0 && details === 0) return "";
  const what =
    rows > 0
      ? `${counted(rows, "finding")} and the details of ${details}`
      : `The details of ${counted(details, "finding")}`;
  return `\n${what} are left out here: a comment has room for 65,536 characters. \`${command}\` shows everything.\n`;
}

/** As many of the parts, from the first, as are no longer than that together. */
function within(parts: readonly string[], lengthMax: number): string[] {
  const taken: string[] = [];
  let length = 0;
  for (const part of parts) {
    length += part.length;
    if (length > lengthMax) break;
    taken.push(part);
  }
  return taken;
}

function whereOf({ place }: Finding, context: FormatContext): string {
  const file = place.file === "" ? "-" : fromRoot(place.file, context);
  return place.line === 0 ? file : `${file}:${place.line}:${place.column}`;
}

/** A fence that is longer than any run of backticks in what it is around. */
function fenced(language: string, lines: readonly string[]): string[] {
  const text = printable(lines.join("\n"));
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return ["", `${fence}${language}`, text, fence, ""];
}

/** As code, whatever characters are in it. */
function code(text: string): string {
  const line = printable(text).replaceAll(/\s+/g, " ");
  return line.includes("`") ? `<code>${html(line)}</code>` : `\`${line}\``;
}

/**
 * A sentence of ours with what schemas say in it. What is in backticks stays code; all else is plain text: no link, no
 * heading, no picture, and nobody is mentioned by a doc that says "@everyone".
 */
const inline = (text: string): string =>
  printable(text)
    .replaceAll(/\s+/g, " ")
    .split(/(`[^`]+`)/)
    .map((part, index) =>
      index % 2 === 1 ? part : part.replaceAll(/[\\`*_[\]<>&~|]/g, "\\$&").replaceAll(/[@#](?=\w)/g, "$&\u200b"),
    )
    .join("");

/** A cell of a table ends at a bar, in code as well; bars of plain text are escaped by now. */
const cell = (text: string): string => text.replaceAll(/(?<!\\)\|/g, "\\|");

/** Between tags Markdown goes on: all that means something in either is written by its number. */
const html = (text: string): string =>
  printable(text).replaceAll(/[&<>|`*_[\]\\~]/g, (one) => `&#${one.charCodeAt(0)};`);

/** Text in a block of tags, where Markdown is not read. */
const tagged = (text: string): string =>
  printable(text).replaceAll(/\s+/g, " ").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
