import type { Reference } from "../model.ts";

/** A schema that somebody wants to know about before it is registered. */
export interface SchemaCheck {
  readonly subject: string;
  /** As it was sent; what was sent as JSON is written with two spaces, which is what places are counted in. */
  readonly text: string;
  readonly references: readonly Reference[];
  /** With which versions it is compared: those that the level and stored data ask for, or one. */
  readonly against: "all" | "latest" | number;
}

/** One thing wrong with a request. */
export interface AskedProblem {
  /** JSON pointer into the body (RFC 6901). */
  readonly pointer: string;
  readonly expected: string;
  readonly found: string;
  readonly detail: string;
}

/** A request that asks for no check, with everything that is wrong with it. */
export class NotAsked extends Error {
  override readonly name = "NotAsked";
  readonly problems: readonly AskedProblem[];

  constructor(problems: readonly AskedProblem[]) {
    super(problems.map(({ pointer, detail }) => `${pointer || "the body"}: ${detail}`).join("; "));
    this.problems = problems;
  }
}

/** As in the folder of schemas. */
const DEPTH_MAX = 200;
/** More is an accident: the registry's own limit is a thousand with all that they lead to. */
const REFERENCES_MAX = 100;
const SUBJECT_LENGTH_MAX = 1_024;
const MEMBERS = ["topic", "subject", "schema", "references", "against"] as const;

/**
 * What a body asks for: `{"topic" or "subject", "schema", "references"?, "against"?}`.
 * @throws NotAsked with all that is wrong.
 */
export function schemaCheckIn(body: unknown): SchemaCheck {
  const problems: AskedProblem[] = [];
  const wrong: Wrong = (pointer, expected, found) => {
    problems.push({ pointer, expected, found: shown(found), detail: `expected ${expected}, found ${shown(found)}` });
  };
  if (!isObject(body)) {
    wrong("", "an object with a schema and its topic or subject", body);
    throw new NotAsked(problems);
  }
  for (const name of Object.keys(body).filter((one) => !MEMBERS.some((member) => member === one))) {
    wrong(`/${escaped(name)}`, `one of ${MEMBERS.join(", ")}`, name);
  }
  const asked: SchemaCheck = {
    subject: subjectIn(body, wrong),
    text: textIn(body.schema, wrong),
    references: referencesIn(body.references, wrong),
    against: againstIn(body.against, wrong),
  };
  if (problems.length > 0) throw new NotAsked(problems);
  return asked;
}

type Wrong = (pointer: string, expected: string, found: unknown) => void;
type Members = Readonly<Record<string, unknown>>;

function subjectIn({ topic, subject }: Members, wrong: Wrong): string {
  const named = [nameIn("topic", topic, wrong), nameIn("subject", subject, wrong)];
  if (topic === undefined && subject === undefined) wrong("", "a topic or a subject", undefined);
  const [ofTopic, name] = [named[0] === undefined ? undefined : `${named[0]}-value`, named[1]];
  if (ofTopic !== undefined && name !== undefined && ofTopic !== name)
    wrong("/subject", `${ofTopic}, or no topic`, name);
  return name ?? ofTopic ?? "";
}

function nameIn(member: string, given: unknown, wrong: Wrong): string | undefined {
  if (given === undefined) return undefined;
  // Java's ISO control characters, which no registry takes.
  const isName = typeof given === "string" && given !== "" && given.isWellFormed() && !/\p{Cc}/u.test(given);
  if (isName && given.length <= SUBJECT_LENGTH_MAX) return given;
  wrong(`/${member}`, `a name of up to ${SUBJECT_LENGTH_MAX} characters`, given);
  return undefined;
}

function textIn(schema: unknown, wrong: Wrong): string {
  if (typeof schema === "string") return schema;
  if (isObject(schema) || Array.isArray(schema)) {
    // Each level makes each line longer.
    if (!isDeeper(schema, DEPTH_MAX)) return JSON.stringify(schema, null, 2);
    wrong("/schema", `a schema nested no deeper than ${DEPTH_MAX} levels`, schema);
    return "";
  }
  wrong("/schema", "an Avro schema, as JSON or as its text", schema);
  return "";
}

/** Level by level: a walk into the depth could exhaust the stack. */
function isDeeper(value: object, max: number): boolean {
  let level: readonly object[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > max) return true;
    level = level.flatMap((one) => Object.values(one).filter((inner) => typeof inner === "object" && inner !== null));
  }
  return false;
}

function referencesIn(given: unknown, wrong: Wrong): Reference[] {
  if (given === undefined) return [];
  if (!Array.isArray(given) || given.length > REFERENCES_MAX) {
    wrong("/references", `a list of up to ${REFERENCES_MAX} references`, given);
    return [];
  }
  return given.flatMap((one, index) => {
    const { name, subject, version } = isObject(one) ? one : {};
    if (typeof name === "string" && typeof subject === "string" && isVersion(version)) {
      return [{ name, subject, version }];
    }
    wrong(`/references/${index}`, '{"name": "…", "subject": "…", "version": 1}', one);
    return [];
  });
}

function againstIn(given: unknown, wrong: Wrong): SchemaCheck["against"] {
  if (given === undefined) return "all";
  if (given === "all" || given === "latest" || isVersion(given)) return given;
  wrong("/against", '"all", "latest" or the number of a version', given);
  return "all";
}

const isVersion = (given: unknown): given is number =>
  typeof given === "number" && Number.isInteger(given) && given >= 1 && given < 2 ** 31;

/** Any object but an array; its members are looked at one by one. */
function isObject(given: unknown): given is Members {
  return typeof given === "object" && given !== null && !Array.isArray(given);
}

const SHOWN_LENGTH_MAX = 100;

function shown(given: unknown): string {
  if (given === undefined) return "nothing";
  if (Array.isArray(given)) return `a list of ${given.length}`;
  const text = isObject(given) ? "an object" : JSON.stringify(given);
  return text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text;
}

/** RFC 6901. */
const escaped = (name: string): string => name.slice(0, SHOWN_LENGTH_MAX).replaceAll("~", "~0").replaceAll("/", "~1");
