import type { Finding, IgnoredFinding, Severity } from "../model.ts";
import { excerptOf } from "./excerpt.ts";
import type { Format, FormatContext } from "./format.ts";
import { printable } from "./printable.ts";
import { conclusion, sentencesOf, wayOut, whereOf, worstFirst } from "./wording.ts";
import { COLUMNS_MIN, wrapped } from "./wrapped.ts";

/** For people at a terminal: each finding with its line, its proof and what mends it. */
export const text: Format = {
  id: "text",
  purpose: "for people: each finding with its line, its proof and what mends it",
  write(report, context) {
    const paint = context.colours ? COLOURS : PLAIN;
    const blocks = worstFirst(report.findings).map((finding) => blockOf(finding, context, paint));
    const ignored = report.ignored.map((one) => paint.dim(ignoredLine(one)));
    const notes = report.bases.filter(({ note }) => note !== "").map(({ name, note }) => `${name}: ${note}`);
    const took = context.tookMs === undefined ? "" : `; ${Math.round(context.tookMs)} ms`;
    const way = wayOut(report);
    const end = [...ignored, ...notes, ...(way === undefined ? [] : [way]), paint.bold(`${conclusion(report)}${took}`)];
    return [...blocks, end.join("\n")].map((block) => `${block}\n`).join("\n");
  },
};

type Paint = Readonly<Record<Severity | "bold" | "dim", (text: string) => string>>;

const escaped = (code: number) => (text: string) => `\u001b[${code}m${text}\u001b[0m`;
const same = (text: string) => text;
const COLOURS: Paint = {
  error: escaped(31),
  warning: escaped(33),
  info: escaped(36),
  bold: escaped(1),
  dim: escaped(2),
};
const PLAIN: Paint = { error: same, warning: same, info: same, bold: same, dim: same };

function blockOf(finding: Finding, context: FormatContext, paint: Paint): string {
  const { severity, rule, subject } = finding;
  const where = whereOf(finding);
  const head = [where === "" ? "" : paint.bold(printable(where)), paint[severity](severity), rule, printable(subject)];
  const lines = [...indented(shortMessage(finding), context), ...detailsOf(finding, context, paint)];
  return [head.filter((part) => part !== "").join(" "), ...lines].join("\n");
}

/** The line above has the subject. */
function shortMessage({ subject, message }: Finding): string {
  if (subject === "") return message;
  const rest = message.startsWith(`${subject}: `) ? message.slice(subject.length + 2) : message;
  return rest.replaceAll(` of ${subject}`, "");
}

function detailsOf(finding: Finding, context: FormatContext, paint: Paint): string[] {
  const sentences = sentencesOf(finding, context).flatMap((sentence) => indented(sentence, context));
  if (finding.severity === "info") return sentences;
  return [...excerptLines(finding, context, paint), ...sentences];
}

function excerptLines({ place, severity }: Finding, { text }: FormatContext, paint: Paint): string[] {
  const excerpt = excerptOf(text(place.file), place);
  if (excerpt === undefined) return [];
  const number = String(excerpt.line);
  const gap = " ".repeat(number.length);
  return [
    `${paint.dim(`  ${number} |`)} ${excerpt.source}`,
    `${paint.dim(`  ${gap} |`)} ${paint[severity](excerpt.carets)}`,
  ];
}

const ignoredLine = ({ finding: { rule, subject, fingerprint }, reason, until }: IgnoredFinding): string =>
  printable(`ignored until ${until}: ${rule} ${subject} (${fingerprint}): ${reason}`);

/** Sentences below a finding; those that go over several lines are indented once more. */
function indented(sentences: string, { columns = Number.POSITIVE_INFINITY }: FormatContext): string[] {
  return printable(sentences)
    .split("\n")
    .flatMap((sentence) => {
      const indent = `  ${/^ */.exec(sentence)?.[0] ?? ""}`;
      const [first = "", ...rest] = wrapped(sentence.trimStart(), Math.max(COLUMNS_MIN, columns) - indent.length - 2);
      return [`${indent}${first}`, ...rest.map((line) => `${indent}  ${line}`)];
    });
}
