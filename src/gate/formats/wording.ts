import type { Against, Finding, Report, Severity, Witness } from "../model.ts";
import type { FormatContext } from "./format.ts";

/** How much of a witness is shown. The report as JSON has all of it. */
const WITNESS_LENGTH_MAX = 200;
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

/** The counts, or that there is nothing to count. Of what only is new nothing can break. */
export function verdict({ findings, bases }: Pick<Report, "findings" | "bases">): string {
  const isNews = findings.length > 0 && bases.length > 0;
  return countsText(findings) || (isNews ? "nothing breaks" : "nothing found");
}

/** `2 errors, 1 warning in 2 of 5 subjects; compared with git:main, lock`. */
export function conclusion({ findings, ignored, subjects, bases }: Report): string {
  const counts = countsText(findings);
  const said = verdict({ findings, bases });
  const touched = new Set(findings.filter(({ severity }) => severity !== "info").map(({ subject }) => subject));
  touched.delete("");
  // What is no schema is a subject that could not be looked at.
  const among = counted(new Set([...touched, ...subjects.map(({ subject }) => subject)]).size, "subject");
  const what = `${said.charAt(0).toUpperCase()}${said.slice(1)}`;
  const where = counts === "" || touched.size === 0 ? among : `${touched.size} of ${among}`;
  const left = ignored.length === 0 ? "" : `, ${ignored.length} ignored`;
  const names = bases.map(({ name }) => name).join(", ");
  return `${what} in ${where}${left}${names === "" ? "" : `; compared with ${names}`}`;
}

/** What is left where no edit will do, once for all findings; undefined where no topic breaks a promise. */
export function wayOut({ findings }: Pick<Report, "findings">): string | undefined {
  const broken = findings.filter(
    ({ severity, direction, rule }) => severity === "error" && direction !== undefined && rule !== "READER_BROKEN",
  );
  const types = new Set(broken.flatMap(({ subject }) => /^(.*)\.v\d+-value$/.exec(subject)?.[1] ?? []));
  const [only] = types;
  if (only === undefined) return undefined;
  return types.size === 1
    ? `Where the break is meant: \`sluice bump ${only}\` makes a topic of its own of it.`
    : "Where a break is meant: `sluice bump EVENT_TYPE` makes a topic of its own of it.";
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
  const { rule, severity, witness, noWitness, help, fix, fingerprint } = finding;
  const groups = unsaidGroups(finding);
  const helped = help === "" ? [] : [help];
  if (severity === "info") return helped;
  return [
    ...againstSentence(finding),
    ...(groups.length > 0 ? [`breaks ${groups.join(", ")}`] : []),
    ...(witness === undefined ? [] : proofOf(finding, witness)),
    ...(noWitness === undefined ? [] : [`no record proves it: ${noWitness}`]),
    ...helped,
    ...(fix === undefined ? [] : [`fix: ${fix.title}  (${command} --fix)`]),
    `sluice explain ${rule}  (fingerprint ${fingerprint})`,
  ];
}

/** The groups that the message does not name itself. */
export const unsaidGroups = ({ groups, message }: Finding): readonly string[] =>
  groups.every((group) => message.includes(group)) ? [] : groups;

/** A break is with earlier schemas; what else was found was only found by looking at them. */
export const againstSentence = (finding: Finding): string[] => {
  const { against, direction } = finding;
  return against.length === 0
    ? []
    : [`${direction === undefined ? "compared with" : "breaks with"} ${againstText(finding)}`];
};

function proofOf(finding: Finding, witness: Witness): string[] {
  const { record, outcome } = witnessText(finding, witness);
  return [`proof: ${record}`, `  ${outcome}`];
}

/** `git:main (schema of 4f1c09a, line 7); registry version 2, 1`: every base once, with what it has. */
function againstText(finding: Finding): string {
  const { against, place, oldPlace } = finding;
  const bases = Map.groupBy(against, ({ base }) => base);
  const old =
    oldPlace && (oldPlace.file === place.file ? `line ${oldPlace.line}` : `${oldPlace.file}:${oldPlace.line}`);
  // What has lines is a file's: the first of those is where it stood.
  const first = against.find(({ version }) => version === undefined);
  const labels = (versions: readonly Against[]) => {
    const isFirst = first !== undefined && versions.includes(first);
    // A setting's line is of no schema.
    if (isFirst && !place.file.endsWith(".avsc")) return old === undefined ? "" : ` (${old})`;
    return labelsOf(versions, isFirst ? old : undefined);
  };
  return [...bases].map(([base, versions]) => `${base}${labels(versions)}`).join("; ");
}

/** A record that proves the break: itself, and what happens to it. Its bytes are for programs, in the report as JSON. */
export function witnessText(
  { direction, rule, against }: Pick<Finding, "direction" | "rule" | "against">,
  { json, error }: Witness,
): { record: string; outcome: string } {
  const isOwn = rule === "READER_BROKEN" && against.length === 0;
  const reader = isOwn ? "the worker's schema" : "the earlier schema";
  const what = direction === "FORWARD" ? `is valid now, and ${reader}` : "was valid, and this schema";
  const reason = error.replace(/^the reader schema cannot read the writer's: /, "");
  return {
    record: clipped(JSON.stringify(json), WITNESS_LENGTH_MAX),
    outcome: `${what} cannot read it: ${clipped(reason, ERROR_LENGTH_MAX)}`,
  };
}

/** At most so many characters, with `…` for the rest. */
export const clipped = (text: string, lengthMax: number): string =>
  text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 1).toWellFormed()}…`;

/** `1 error`, `2 errors`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/**
 * ` version 3, 2, 1` where all are numbered, and ` (schema of 4f1c09a, line 7)` where they are commits: each is the one
 * that brought the schema, which is seldom the newest. A folder is named by its base already.
 */
function labelsOf(versions: readonly Against[], old: string | undefined): string {
  const numbers = versions.flatMap(({ version }) => (version === undefined ? [] : [version]));
  if (numbers.length === versions.length) return ` version ${numbers.join(", ")}`;
  const [first = "", ...others] = versions.filter(({ base, label }) => !base.endsWith(label)).map(({ label }) => label);
  const rest = others.length === 0 ? "" : `and of ${others.join(", ")}`;
  const parts = [first === "" ? "" : `schema of ${first}`, old ?? "", rest].filter((part) => part !== "");
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}
