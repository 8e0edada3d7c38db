import { join } from "node:path";
import { nearest } from "../avro/index.ts";
import {
  brokenLine,
  type CatalogProblem,
  conflictIn,
  conflictText,
  DISK,
  type Files,
  type Place,
  repeatedSettings,
} from "../catalog/index.ts";
import { entriesOf, lineOf, offsetOf, placeIn } from "./gate-file.ts";
import type { RuleLevel } from "./model.ts";
import { RULES } from "./rules/index.ts";

/** Name of the file, in the folder of schemas. */
export const GATE_FILE = "gate.yaml";

const FILE_BYTES_MAX = 256 * 1024;
/** Whoever lives with more than this has another problem. */
const IGNORES_MAX = 1_000;
const REASON_LENGTH_MAX = 500;

/** What `gate.yaml` says; each part has a default, and so has the file. */
export interface GateSettings {
  /** The default branch, where git does not say. */
  readonly base: string | undefined;
  /** What rules are set to, by their ids. */
  readonly rules: ReadonlyMap<string, RuleLevel>;
  readonly ignores: readonly Ignore[];
}

/** A decision to live with a finding until a day. */
export interface Ignore {
  readonly rule: string;
  readonly subject: string;
  /** The one finding that is meant; without it all of the rule in the subject. */
  readonly fingerprint?: string;
  readonly reason: string;
  /** The last day on which it holds, `2027-01-31`. */
  readonly until: string;
  readonly place: Place;
}

/** What holds without a `gate.yaml`. */
export const GATE_DEFAULTS: GateSettings = { base: undefined, rules: new Map(), ignores: [] };

/** Reads `gate.yaml`. What is wrong in it counts as not written; throws for nothing. */
export function readGateSettings(
  dir: string,
  files: Files = DISK,
): { settings: GateSettings; problems: readonly CatalogProblem[] } {
  const file = join(dir, GATE_FILE);
  let text: string;
  try {
    if (files.list(dir)?.some(({ name }) => name === GATE_FILE) !== true) {
      return { settings: GATE_DEFAULTS, problems: [] };
    }
    if (files.size(file) > FILE_BYTES_MAX) throw new RangeError(`more than ${FILE_BYTES_MAX} bytes`);
    text = new TextDecoder("utf-8", { fatal: true }).decode(files.read(file));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { settings: GATE_DEFAULTS, problems: [{ file, line: 1, column: 1, message: `can't be read: ${message}` }] };
  }
  return parseGateSettings(text, file);
}

/** Every setting of `gate.yaml`: how it is read, and what it is for. */
const SETTINGS = {
  base: {
    example: "`base: trunk`",
    help: "The default branch, where it is neither `origin/HEAD` nor `main` or `master`. In a pull request its target counts.",
  },
  rules: {
    example: "`rules: { TS_ENUM_SYMBOL_ADDED: error }`",
    help: "What a rule's findings are: `error` (or `on`), `warning`, `info`, or `off`.",
  },
  ignore: {
    example: "`ignore: [ … ]`",
    help: "Findings to live with, each with `rule`, `subject`, `reason`, `until` (a date; it holds on that day too) and, where one finding of several is meant, its `fingerprint`.",
  },
} as const;

/** The settings as the README's table. */
export function gateSettingsTable(): string {
  const rows = Object.entries(SETTINGS).map(([name, { example, help }]) => `| \`${name}\` | ${example} | ${help} |`);
  return ["| setting | example | what it is |", "|---|---|---|", ...rows].join("\n");
}

type Wrong = (offset: number, message: string) => void;

function parseGateSettings(
  text: string,
  file: string,
): { settings: GateSettings; problems: readonly CatalogProblem[] } {
  const problems: CatalogProblem[] = [];
  const wrong: Wrong = (offset, message) => problems.push({ file, ...lineOf(text, offset), message });
  const written = yamlOf(text, file, problems);
  if (written === undefined) return { settings: GATE_DEFAULTS, problems };
  for (const offset of repeatedSettings(text)) wrong(offset, "this setting is here twice");
  unknownNames(written, SETTINGS, { what: "setting", at: (name) => offsetOf(text, name), wrong });
  const settings: GateSettings = {
    base: baseOf(written.base, (message) => wrong(offsetOf(text, "base"), message)),
    rules: rulesOf(written.rules, text, wrong),
    ignores: ignoresOf(written.ignore, { text, file, wrong }),
  };
  problems.sort((a, b) => a.line - b.line || a.column - b.column);
  return { settings, problems };
}

function yamlOf(text: string, file: string, problems: CatalogProblem[]): Record<string, unknown> | undefined {
  const conflict = conflictIn(text);
  if (conflict !== undefined) {
    problems.push({ file, line: conflict.lines.first, column: 1, message: conflictText(conflict) });
    return undefined;
  }
  let written: unknown;
  try {
    written = Bun.YAML.parse(text);
  } catch (error) {
    // Bun's message says what, but not where.
    const message = error instanceof Error ? error.message.replace(/^YAML Parse error: /, "") : String(error);
    problems.push({ file, line: brokenLine(text), column: 1, message: `syntax: ${message}` });
    return undefined;
  }
  if (written === null || written === undefined) return {}; // Nothing but comments.
  if (isMapping(written)) return written;
  problems.push({
    file,
    line: 1,
    column: 1,
    message: `expected ${Object.keys(SETTINGS).join(", ")}, each with a colon`,
  });
  return undefined;
}

function baseOf(given: unknown, wrong: (message: string) => void): string | undefined {
  if (given === undefined || given === null) return undefined;
  // A name that begins with "-" would be an option to git.
  if (typeof given === "string" && /^[^\s-][^\s]*$/.test(given) && given.length <= 250) return given;
  wrong(`base: expected the name of a branch, found ${shown(given)}`);
  return undefined;
}

const ON_AND_OFF = new Map<unknown, RuleLevel>([
  [false, "off"],
  [true, "error"],
  ["on", "error"],
]);

const RULE_LEVELS: readonly RuleLevel[] = ["error", "warning", "info", "off"];

function rulesOf(given: unknown, text: string, wrong: Wrong): ReadonlyMap<string, RuleLevel> {
  const levels = new Map<string, RuleLevel>();
  if (given === undefined || given === null) return levels;
  if (!isMapping(given)) {
    wrong(offsetOf(text, "rules"), `rules: expected rules with their levels, found ${shown(given)}`);
    return levels;
  }
  for (const [rule, level] of Object.entries(given)) {
    const at = offsetOf(text, rule);
    // YAML 1.1 takes `off` for false and `on` for true, and so may whoever wrote it.
    const found = ON_AND_OFF.get(level) ?? RULE_LEVELS.find((one) => one === level);
    if (!isRule(rule)) wrong(at, unknownRule(rule));
    else if (found === undefined) {
      wrong(at, `${rule}: expected on, ${RULE_LEVELS.slice(0, -1).join(", ")} or off, found ${shown(level)}`);
    } else levels.set(rule, found);
  }
  return levels;
}

/** What an entry of `ignore` may say. */
const ENTRY = { rule: true, subject: true, fingerprint: true, reason: true, until: true };

interface Context {
  readonly text: string;
  readonly file: string;
  readonly wrong: Wrong;
}

function ignoresOf(given: unknown, { text, file, wrong }: Context): readonly Ignore[] {
  if (given === undefined || given === null) return [];
  const at = offsetOf(text, "ignore");
  if (!Array.isArray(given)) {
    wrong(at, `ignore: expected a list, each entry with ${Object.keys(ENTRY).join(", ")}`);
    return [];
  }
  if (given.length > IGNORES_MAX) wrong(at, `ignore: ${given.length} entries; the limit is ${IGNORES_MAX}`);
  const slices = entriesOf(text, at);
  return given.slice(0, IGNORES_MAX).flatMap((entry: unknown, index) => {
    const slice = slices[index] ?? { offset: at, text: "" };
    return ignoreOf(entry, slice, { text, file, wrong }) ?? [];
  });
}

function ignoreOf(
  entry: unknown,
  slice: { readonly offset: number; readonly text: string },
  { text, file, wrong }: Context,
): Ignore | undefined {
  const say = (name: string, message: string) => {
    wrong(slice.offset + offsetOf(slice.text, name), message);
    return undefined;
  };
  if (!isMapping(entry))
    return say("", `expected an entry with rule, subject, reason and until, found ${shown(entry)}`);
  unknownNames(entry, ENTRY, { what: "setting", at: (name) => slice.offset + offsetOf(slice.text, name), wrong });
  const { rule, subject, reason, until } = entry;
  // YAML takes digits for a number, and 12e456789012 for an endless one: the text says what was meant.
  const fingerprint = /\bfingerprint["']?[ \t]*:[ \t]*["']?([^\s"',}]*)/.exec(slice.text)?.[1];
  const before = problemsOf({ rule, subject, reason, until, fingerprint }, "fingerprint" in entry);
  for (const [name, message] of before) say(name, message);
  if (before.length > 0) return undefined;
  return {
    rule: String(rule),
    subject: String(subject),
    reason: String(reason),
    until: String(until),
    ...("fingerprint" in entry && fingerprint !== undefined && { fingerprint }),
    place: placeIn(text, file, slice.offset),
  };
}

function problemsOf(
  { rule, subject, reason, until, fingerprint }: Readonly<Record<string, unknown>>,
  hasFingerprint: boolean,
): [name: string, message: string][] {
  const found: [string, string][] = [];
  if (typeof rule !== "string") found.push(["rule", "rule is missing: the id that the finding shows"]);
  else if (!isRule(rule)) found.push(["rule", unknownRule(rule)]);
  if (typeof subject !== "string" || subject === "") {
    found.push(["subject", "subject is missing: `orders.order.created.v1-value`, or the name of a shared type"]);
  }
  if (typeof reason !== "string" || reason.trim() === "") {
    found.push(["reason", "reason is missing: who reads this in half a year wants to know why"]);
  } else if (reason.length > REASON_LENGTH_MAX) {
    found.push(["reason", `reason: ${reason.length} characters; the limit is ${REASON_LENGTH_MAX}`]);
  }
  if (until === undefined || until === null) found.push(["until", "until is missing: a date, as in 2027-01-31"]);
  else if (!isDate(until)) found.push(["until", `until: expected a date, as in 2027-01-31, found ${shown(until)}`]);
  if (hasFingerprint && !/^[0-9a-f]{12}$/.test(String(fingerprint))) {
    found.push(["fingerprint", `fingerprint: expected twelve hexadecimal digits, found ${shown(fingerprint)}`]);
  }
  return found;
}

/** A day of the calendar: 2027-02-30 is none. */
function isDate(given: unknown): given is string {
  if (typeof given !== "string" || !/^\d{4}-\d\d-\d\d$/.test(given)) return false;
  const time = Date.parse(`${given}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(given);
}

const isRule = (id: string): boolean => RULES.some((rule) => rule.id === id);

function unknownRule(id: string): string {
  const near = nearest(
    id,
    RULES.map((rule) => rule.id),
  );
  return `unknown rule ${id}${near === undefined ? "; `sluice explain` lists them" : `; did you mean ${near}?`}`;
}

function unknownNames(
  written: Readonly<Record<string, unknown>>,
  known: object,
  { what, at, wrong }: { what: string; at: (name: string) => number; wrong: Wrong },
): void {
  const names = Object.keys(known);
  for (const name of Object.keys(written).filter((one) => !names.includes(one))) {
    const near = nearest(name, names);
    wrong(
      at(name),
      `unknown ${what} ${name}; ${near === undefined ? `there are ${names.join(", ")}` : `did you mean ${near}?`}`,
    );
  }
}

function isMapping(given: unknown): given is Record<string, unknown> {
  return typeof given === "object" && given !== null && !Array.isArray(given);
}

function shown(given: unknown): string {
  // Not JSON.stringify: a YAML alias can hold itself.
  return Bun.inspect(given, { depth: 1 }).slice(0, 60);
}
