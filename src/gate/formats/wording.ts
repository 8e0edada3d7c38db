import type { Against, Finding, Report, Severity, Witness } from "../model.ts";
import type { FormatContext } from "./format.ts";

/** How much of a witness is shown. The report as JSON has all of it. */
const WITNESS_LENGTH_MAX = 300;
const BYTES_LENGTH_MAX = 64;
const ERROR_LENGTH_MAX = 300;

const SEVERITIES: readonly Severity[] = ["error", "warning", "info"];

/** Errors first, whatever the order they come in. */
export const worstFirst = (findings: readonly Finding[]): readonly Finding[] =>
  SEVERITIES.flatMap((severity) => findings.filter((finding) => finding.severity === severity));

export const countOf = (findings: readonly Finding[], severity: Severity): number =>
  findings.filter((finding) => finding.severity === severity).length;

/** `2 errors, 1 warning`; empty where there is neither. */
export function countsText(findings: readonly Finding[]): string {
  const counts = (["error", "warning"] as const).map((severity) => [countOf(findings, severity), severity] as const);
  return counts
    .filter(([count]) => count > 0)
    .map(([count, noun]) => counted(count, noun))
    .join(", ");
}

/** `2 errors, 1 warning in 2 of 5 subjects; compared with git:main, lock`. */
export function conclusion({ findings, ignored, subjects, bases }: Report): string {
  const counts = countsText(findings);
  const touched = new Set(findings.filter(({ severity }) => severity !== "info").map(({ subject }) => subject));
  touched.delete("");
  // What is no schema is a subject that could not be looked at.
  const among = counted(new Set([...touched, ...subjects.map(({ subject }) => subject)]).size, "subject");
  const what = counts === "" ? "Nothing found" : counts;
  const where = counts === "" || touched.size === 0 ? among : `${touched.size} of ${among}`;
  const left = ignored.length === 0 ? "" : `, ${ignored.length} ignored`;
  const names = bases.map(({ name }) => name).join(", ");
  return `${what} in ${where}${left}${names === "" ? "" : `; compared with ${names}`}`;
}

/** `schemas/orders.order.created/v1.avsc:12:5`, as terminals and editors make a link of it; empty for no file. */
export const whereOf = ({ place: { file, line, column } }: Finding): string =>
  line === 0 ? file : `${file}:${line}:${column}`;

/** The message with its subject: most messages name it, and nothing is said twice. */
export const aboutSubject = ({ subject, message }: Finding): string =>
  subject === "" || message.includes(subject) ? message : `${subject}: ${message}`;

/** A finding in one line: `file:line:col level RULE subject: message`. */
export function headline(finding: Finding): string {
  const { severity, rule, subject, message } = finding;
  const parts = [whereOf(finding), severity, rule, subject].filter((part) => part !== "");
  return `${parts.join(" ")}: ${message}`;
}

/** What there is to say beside the message, a line each. News takes no more than its help; the rest comes with all that is known. */
export function sentencesOf(finding: Finding, { command }: Pick<FormatContext, "command">): string[] {
  const { rule, severity, groups, witness, help, fix, fingerprint } = finding;
  const helped = help === "" ? [] : [help];
  if (severity === "info") return helped;
  return [
    ...againstSentence(finding),
    ...(groups.length > 0 ? [`breaks ${groups.join(", ")}`] : []),
    ...(witness === undefined ? [] : proofOf(finding, witness)),
    ...helped,
    ...(fix === undefined ? [] : [`fix: ${fix.title}  (${command} --fix)`]),
    `sluice explain ${rule}  (fingerprint ${fingerprint})`,
  ];
}

/** A break is with earlier schemas; what else was found was only found by looking at them. */
export const againstSentence = ({ against, direction }: Finding): string[] =>
  against.length === 0 ? [] : [`${direction === undefined ? "compared with" : "breaks with"} ${againstText(against)}`];

function proofOf(finding: Finding, witness: Witness): string[] {
  const { record, bytes, outcome } = witnessText(finding, witness);
  return [`proof: ${record} (${bytes})`, `  ${outcome}`];
}

/** `git:main 4f1c09a; registry version 2, 1`: every base once, with what it has. */
function againstText(against: readonly Against[]): string {
  const bases = new Map<string, Against[]>();
  for (const one of against) bases.set(one.base, [...(bases.get(one.base) ?? []), one]);
  return [...bases].map(([base, versions]) => `${base} ${labelsOf(versions)}`).join("; ");
}

/** A record that proves the break: itself, its bytes, and what happens to it. */
export function witnessText(
  { direction }: Pick<Finding, "direction">,
  { json, bytes, error }: Witness,
): { record: string; bytes: string; outcome: string } {
  const outcome =
    direction === "FORWARD"
      ? `is valid now, and the earlier schema cannot read it: ${clipped(error, ERROR_LENGTH_MAX)}`
      : `was valid, and this schema cannot read it: ${clipped(error, ERROR_LENGTH_MAX)}`;
  return {
    record: clipped(JSON.stringify(json), WITNESS_LENGTH_MAX),
    bytes: bytes === "" ? "no bytes" : `bytes ${clipped(bytes, BYTES_LENGTH_MAX)}`,
    outcome,
  };
}

/** At most so many characters, with `…` for the rest. */
export const clipped = (text: string, lengthMax: number): string =>
  text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 1).toWellFormed()}…`;

/** `1 error`, `2 errors`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** `version 3, 2, 1` where all are numbered, else the labels as they are. */
function labelsOf(versions: readonly Against[]): string {
  const numbers = versions.flatMap(({ version }) => (version === undefined ? [] : [version]));
  return numbers.length === versions.length
    ? `version ${numbers.join(", ")}`
    : versions.map(({ label }) => label).join(", ");
}
