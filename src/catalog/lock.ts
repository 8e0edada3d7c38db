import { type CompatibilityLevel, isCompatibilityLevel } from "../avro/index.ts";
import { conflictIn } from "./conflict.ts";
import { type CatalogProblem, problemText } from "./problems.ts";
import { parseLocated, problemAt, type Source, sourceOf } from "./source.ts";

/** The lock's name, in the folder of schemas. */
export const LOCK_FILE = "schemas.lock.json";
/** The schemas of ten thousand subjects fit; more is no lock. */
export const LOCK_BYTES_MAX = 256 * 1024 * 1024;

/** What a registry holds of a folder of schemas, written down beside them. */
export interface Lock {
  readonly subjects: ReadonlyMap<string, LockedSubject>;
}

export interface LockedSubject {
  /** The subject's own; undefined where the registry's general one holds. */
  readonly level?: CompatibilityLevel;
  /** Oldest first. */
  readonly versions: readonly LockedVersion[];
}

export interface LockedVersion {
  readonly version: number;
  readonly id: number;
  /** `lockFingerprint` of the text. */
  readonly fingerprint: string;
  /** As it is registered: it names what the references define. */
  readonly text: string;
  readonly references: readonly LockedReference[];
}

export interface LockedReference {
  readonly name: string;
  readonly subject: string;
  readonly version: number;
}

/** Everything that is wrong with a lock, all of it at once. */
export class LockError extends Error {
  override readonly name = "LockError";
  readonly problems: readonly CatalogProblem[];

  constructor(problems: readonly CatalogProblem[]) {
    super(problems.map(problemText).join("\n"));
    this.problems = problems;
  }
}

/** SHA-256 of a schema's text, in hexadecimal digits. */
export function lockFingerprint(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex");
}

/**
 * Reads a lock.
 * @throws LockError with every problem, at its line.
 */
export function parseLock(text: string, file: string = LOCK_FILE): Lock {
  const source = sourceOf(file, text.startsWith("\uFEFF") ? text.slice(1) : text);
  const draft = draftOf(jsonOf(source));
  // As we have written it, it is right; otherwise names may be there twice, of which JSON.parse says nothing.
  const isOurs = draft.problems.length === 0 && textOf(draft) === source.text.replaceAll("\r\n", "\n");
  if (!isOurs) {
    const problems: CatalogProblem[] = [];
    const located = parseLocated(source, problems);
    // Where a name is there twice, the rest of what is wrong comes from that.
    const others = problems.length > 0 ? [] : draft.problems.slice(0, PROBLEMS_MAX);
    problems.push(...others.map(([pointer, message]) => located.problem(pointer, message)));
    if (problems.length > 0) throw new LockError(problems);
  }
  return draft.lock;
}

/** The lock as its file has it. Equal locks have equal texts; a schema is one line, so that a change of it is one. */
export function lockText(lock: Lock): string {
  return textOf({ lock });
}

/** `compact` are the fingerprints of texts that are known to be their own JSON. */
function textOf({ lock: { subjects }, compact }: Pick<Draft, "lock"> & Partial<Draft>): string {
  const texts = new Map<string, string>();
  const blocks = sorted(subjects).map(([subject, { level, versions }]) => {
    const lines = versions.map(({ version, id, fingerprint, text, references }) => {
      texts.set(fingerprint, text);
      const uses = references.length === 0 ? "" : `, "references": [${references.map(referenceText).join(", ")}]`;
      return `        { "version": ${version}, "id": ${id}, "schema": "${fingerprint}"${uses} }`;
    });
    const levelLine = level === undefined ? "" : `      "level": "${level}",\n`;
    return `    ${JSON.stringify(subject)}: {\n${levelLine}      "versions": [\n${lines.join(",\n")}\n      ]\n    }`;
  });
  const schemas = sorted(texts).map(
    ([fingerprint, text]) => `    "${fingerprint}": ${compact?.has(fingerprint) ? text : embedded(text)}`,
  );
  return `{\n  "lock": ${FORMAT},\n  "subjects": ${inBraces(blocks)},\n  "schemas": ${inBraces(schemas)}\n}\n`;
}

/** Raised when an older Sluice can't read what a newer one writes. */
const FORMAT = 1;
const PROBLEMS_MAX = 20;

const EXPECTED_LOCK = `expected a lock of format ${FORMAT}: { "lock": ${FORMAT}, "subjects": { … }, "schemas": { … } }`;
const MENDED_BY_APPLY = "take the file as the default branch has it; or delete it, and `sluice apply` writes it anew";

/** The file's JSON. One slip is told once. */
function jsonOf(source: Source): unknown {
  if (source.text.length > LOCK_BYTES_MAX) {
    const message = `${source.text.length} characters; the limit of a lock is ${LOCK_BYTES_MAX}`;
    throw new LockError([problemAt(source, 0, message)]);
  }
  try {
    return JSON.parse(source.text);
  } catch {
    // JSON.parse does not say where.
    const problems: CatalogProblem[] = [];
    parseLocated(source, problems);
    const conflict = conflictIn(source.text);
    if (conflict === undefined) throw new LockError(problems.slice(0, 1));
    const message = `a merge conflict that is not resolved: ${MENDED_BY_APPLY}`;
    throw new LockError([problemAt(source, conflict.offset, message)]);
  }
}

/** A problem at a JSON pointer. */
type PointedProblem = readonly [pointer: string, message: string];

interface Draft {
  readonly lock: Lock;
  readonly problems: readonly PointedProblem[];
  /** Fingerprints of the schemas that the file has as objects. */
  readonly compact: ReadonlySet<string>;
}

function draftOf(json: unknown): Draft {
  const problems: PointedProblem[] = [];
  const wrong = (pointer: string, message: string): void => {
    problems.push([pointer, message]);
  };
  const { lock, subjects: givenSubjects, schemas } = isObject(json) ? json : {};
  if (lock !== FORMAT || !isObject(givenSubjects) || !isObject(schemas)) {
    const newer = typeof lock === "number" && lock > FORMAT ? ", written by a newer Sluice" : "";
    wrong(lock === FORMAT ? "" : "/lock", `${EXPECTED_LOCK}${newer}`);
    return { lock: { subjects: new Map() }, problems, compact: new Set() };
  }
  const texts = textsOf(schemas, wrong);
  const compact = new Set(Object.keys(schemas).filter((fingerprint) => typeof schemas[fingerprint] !== "string"));
  const subjects = new Map<string, LockedSubject>();
  for (const [subject, given] of Object.entries(givenSubjects)) {
    subjects.set(subject, subjectOf(given, { at: `/subjects/${escaped(subject)}`, texts, wrong }));
  }
  for (const [subject, { versions }] of subjects) {
    for (const [index, one] of versions.entries()) {
      const at = `/subjects/${escaped(subject)}/versions/${index}/references`;
      for (const missing of one.references.filter((reference) => !isThere(subjects, reference))) {
        wrong(at, `the lock has no version ${missing.version} of ${missing.subject}; ${MENDED_BY_APPLY}`);
      }
    }
  }
  return { lock: { subjects }, problems, compact };
}

type Wrong = (pointer: string, message: string) => void;

/** The texts by their fingerprints: an object is its own compact text, and a string holds what is written otherwise. */
function textsOf(schemas: object, wrong: Wrong): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [fingerprint, given] of Object.entries(schemas)) {
    const text = typeof given === "string" ? given : JSON.stringify(given);
    texts.set(fingerprint, text);
    if (lockFingerprint(text) !== fingerprint) {
      const at = `/schemas/${escaped(fingerprint)}`;
      wrong(at, `this schema is not the one of its fingerprint: the file was edited by hand; ${MENDED_BY_APPLY}`);
    }
  }
  return texts;
}

interface Surroundings {
  readonly at: string;
  readonly texts: ReadonlyMap<string, string>;
  readonly wrong: Wrong;
}

function subjectOf(given: unknown, { at, texts, wrong }: Surroundings): LockedSubject {
  const { level, versions: list } = isObject(given) ? given : {};
  if (!Array.isArray(list) || list.length === 0) wrong(at, 'expected { "versions": [ … ] } with one version at least');
  if (level !== undefined && !isCompatibilityLevel(level)) wrong(`${at}/level`, "no level of compatibility");
  const versions: LockedVersion[] = [];
  for (const [index, one] of (Array.isArray(list) ? list : []).entries()) {
    const here = `${at}/versions/${index}`;
    const read = versionOf(one, { at: here, texts, wrong });
    const before = versions.at(-1);
    if (read !== undefined && before !== undefined && before.version >= read.version) {
      wrong(here, `version ${read.version} comes after version ${before.version}`);
    }
    if (read !== undefined) versions.push(read);
  }
  return { ...(isCompatibilityLevel(level) && { level }), versions };
}

function versionOf(given: unknown, { at, texts, wrong }: Surroundings): LockedVersion | undefined {
  const { version, id, schema, references = [] } = isObject(given) ? given : {};
  if (!isNumber(version) || version === 0 || !isNumber(id) || typeof schema !== "string") {
    wrong(at, 'expected { "version": 1, "id": 1, "schema": "<fingerprint>" }');
    return undefined;
  }
  const uses = Array.isArray(references) ? references.map(referenceOf) : [undefined];
  const known = uses.filter((one) => one !== undefined);
  if (known.length < uses.length) wrong(at, 'expected references as { "name": "…", "subject": "…", "version": 1 }');
  const text = texts.get(schema);
  if (text === undefined) wrong(`${at}/schema`, `there is no schema of this fingerprint below; ${MENDED_BY_APPLY}`);
  return { version, id, fingerprint: schema, text: text ?? "", references: known };
}

function referenceOf(given: unknown): LockedReference | undefined {
  const { name, subject, version } = isObject(given) ? given : {};
  if (typeof name !== "string" || typeof subject !== "string" || !isNumber(version)) return undefined;
  return { name, subject, version };
}

function isThere(subjects: Lock["subjects"], { subject, version }: LockedReference): boolean {
  return subjects.get(subject)?.versions.some((one) => one.version === version) ?? false;
}

/** An object where that is the very text, which reads better in a diff; the text as a string otherwise. */
function embedded(text: string): string {
  return isCompactObject(text) ? text : JSON.stringify(text);
}

function isCompactObject(text: string): boolean {
  if (!/^[{[]/.test(text)) return false;
  try {
    return JSON.stringify(JSON.parse(text)) === text;
  } catch {
    return false; // What is no JSON is kept as it is.
  }
}

function referenceText({ name, subject, version }: LockedReference): string {
  return `{ "name": ${JSON.stringify(name)}, "subject": ${JSON.stringify(subject)}, "version": ${version} }`;
}

function inBraces(members: readonly string[]): string {
  return members.length === 0 ? "{}" : `{\n${members.join(",\n")}\n  }`;
}

/** By name, in an order that no machine's language changes. */
function sorted<Value>(entries: ReadonlyMap<string, Value>): [string, Value][] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** Any object but an array; its members are looked at one by one. */
function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** RFC 6901. */
function escaped(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
