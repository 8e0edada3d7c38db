import { ERROR_CODES, MESSAGES } from "../protocol/index.ts";
import type { ApiName, Fault } from "./fault.ts";

/** Something wrong with a fault that came as JSON: where, and what is expected there. */
export interface Problem {
  /** A JSON pointer. */
  readonly pointer: string;
  readonly detail: string;
}

/** The longest that something may be delayed. */
const DELAY_MS_MAX = 3_600_000;
const NODES_MAX = 1_000;

const text = (value: unknown) => (typeof value === "string" && value !== "" ? undefined : "a text is expected");
const whole = (from: number, to: number) => (value: unknown) =>
  Number.isInteger(value) && Number(value) >= from && Number(value) <= to
    ? undefined
    : `a whole number from ${from} to ${to} is expected`;
const oneOf = (values: readonly string[]) => (value: unknown) =>
  values.some((one) => one === value) ? undefined : `one of ${values.join(", ")} is expected`;

/** What each field may be; the text says what is expected where it is something else. */
const FIELDS: Readonly<Record<string, (value: unknown) => string | undefined>> = {
  api(value) {
    const names: readonly unknown[] = Array.isArray(value) ? value : [value];
    const unknown = names.filter((name) => apiNamed(name) === undefined);
    if (names.length > 0 && unknown.length === 0) return undefined;
    return `a request, or a list of them, is expected: ${Object.keys(MESSAGES).join(", ")}`;
  },
  topic: text,
  partition: whole(0, 2 ** 31 - 1),
  clientId: text,
  node: whole(1, NODES_MAX),
  group: text,
  times: (value) =>
    value === "always" ? undefined : whole(1, 1_000_000)(value) && 'a number from 1, or "always", is expected',
  answer: (value) =>
    typeof value === "string" && value !== "NONE" && Object.hasOwn(ERROR_CODES, value)
      ? undefined
      : "one of Kafka's error names is expected, such as NOT_LEADER_OR_FOLLOWER",
  handled: (value) => (typeof value === "boolean" ? undefined : "true or false is expected"),
  omit: (value) => (value === true ? undefined : "true is expected"),
  drop: oneOf(["request", "answer"]),
  delay: oneOf(["request", "answer"]),
  ms: whole(0, DELAY_MS_MAX),
};

const EFFECTS = ["answer", "omit", "drop", "delay"] as const;

/** Reads a fault that came as JSON, and finds everything that is wrong with it. */
export function parseFault(json: unknown): { readonly fault: Fault } | { readonly problems: readonly Problem[] } {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    return { problems: [{ pointer: "", detail: "an object is expected" }] };
  }
  const given = new Map(Object.entries(json));
  const problems = [...fieldProblems(given), ...effectProblems(given)];
  if (problems.length > 0) return { problems };
  const { api } = Object.fromEntries(given);
  if (api !== undefined) given.set("api", [api].flat().map(apiNamed));
  // Every field has been looked at above.
  return { fault: Object.fromEntries(given) as unknown as Fault };
}

function* fieldProblems(given: ReadonlyMap<string, unknown>): Generator<Problem> {
  for (const [name, value] of given) {
    const pointer = `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
    const detail = field ? field(value) : `there is no such field; there are ${Object.keys(FIELDS).join(", ")}`;
    if (detail !== undefined) yield { pointer, detail };
  }
}

function* effectProblems(given: ReadonlyMap<string, unknown>): Generator<Problem> {
  const effects = EFFECTS.filter((name) => given.has(name));
  if (effects.length !== 1) yield { pointer: "", detail: `exactly one of ${EFFECTS.join(", ")} is expected` };
  if (given.has("partition") && !given.has("topic"))
    yield { pointer: "/topic", detail: "a partition is one of a topic" };
  if (given.has("omit") && !given.has("topic")) yield { pointer: "/topic", detail: "omit needs what to leave out" };
  if (given.has("delay") !== given.has("ms")) yield { pointer: "/ms", detail: "delay and ms go together" };
  if (given.has("handled") && !given.has("answer")) yield { pointer: "/handled", detail: "it goes with answer alone" };
}

/** Kafka writes its requests with a capital, which is taken too. */
function apiNamed(name: unknown): ApiName | undefined {
  if (typeof name !== "string") return undefined;
  const found = Object.keys(MESSAGES).find((one) => one.toLowerCase() === name.toLowerCase());
  // A key of the list itself.
  return found as ApiName | undefined;
}
