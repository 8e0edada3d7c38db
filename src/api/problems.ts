interface ProblemSpec {
  readonly status: number;
  readonly title: string;
  /** Whether the very same request, or the same event again, may succeed later. */
  readonly retryable: boolean;
}

/**
 * Everything but success that the API answers, RFC 9457: `type` is `urn:sluice:problem:` and the name in kebab case.
 * The README's table is printed from it.
 */
export const PROBLEMS = {
  MALFORMED_JSON: no(400, "The body, or a line of it, is not JSON"),
  MALFORMED_AVRO: no(400, "The body is not Avro of the schema that it names"),
  INVALID_ENCODING: no(400, "The bytes are not what their encoding says"),
  EMPTY_BODY: no(400, "There is no body"),
  INVALID_HEADER: no(400, "A request header is not usable"),
  INCOMPLETE_BODY: again(400, "The body broke off"),
  UNKNOWN_TOPIC: no(404, "There is no such topic"),
  UNKNOWN_ROUTE: no(404, "There is nothing at this path"),
  METHOD_NOT_ALLOWED: no(405, "The path does not take this method"),
  BODY_TIMEOUT: again(408, "The body did not arrive in time"),
  BODY_TOO_LARGE: no(413, "The body, or a line of it, is larger than the limit"),
  TOO_MANY_EVENTS: no(413, "More events than one request may carry"),
  EVENT_TOO_LARGE: no(413, "The event is larger than the topic takes"),
  UNSUPPORTED_MEDIA_TYPE: no(415, "Events do not come in this media type"),
  UNSUPPORTED_CONTENT_ENCODING: no(415, "Bodies do not come in this content encoding"),
  INVALID_EVENT: no(422, "The event does not fit the schema of its topic"),
  INVALID_BATCH: no(422, "No event of the batch was stored"),
  INVALID_CHECK: no(422, "The body does not ask for a check of a schema"),
  UNKNOWN_SCHEMA: no(422, "The schema is not registered for the topic"),
  UNREADABLE_SCHEMA: no(422, "Readers of the topic cannot read what this schema writes"),
  INTERNAL: again(500, "The API met what it does not expect"),
  KAFKA_REFUSED: no(502, "Kafka refused the event"),
  KAFKA_UNAVAILABLE: again(503, "Kafka cannot be reached"),
  QUEUE_FULL: again(503, "Too many events are waiting for Kafka"),
  CHECKS_FULL: again(503, "Too many schemas are waiting to be checked"),
  REGISTRY_UNAVAILABLE: again(503, "The schema registry cannot be reached"),
  NOT_READY: again(503, "The API cannot do its work now"),
  STOPPING: again(503, "The API is stopping"),
  OUTCOME_UNKNOWN: again(504, "Kafka did not answer in time: the event may or may not be stored"),
} as const satisfies Record<string, ProblemSpec>;

export type ProblemKind = keyof typeof PROBLEMS;

/** One thing wrong with an event. */
export interface EventError {
  /** JSON pointer into the event (RFC 6901). */
  readonly pointer: string;
  readonly expected: string;
  readonly found: string;
  readonly detail: string;
}

interface ProblemOptions {
  /** Members of the problem beyond RFC 9457's: `errors`, `nearest`, `accepted`. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** A request, or one event of a batch, that is not answered with success. Thrown to end a request. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly kind: ProblemKind;
  readonly members: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(kind: ProblemKind, detail: string, { members = {}, headers = {}, cause }: ProblemOptions = {}) {
    super(detail, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.members = members;
    this.headers = headers;
  }

  get status(): number {
    return PROBLEMS[this.kind].status;
  }
}

export const PROBLEM_TYPE = "application/problem+json";

/** The URN that names a kind of problem. It never changes. */
export const problemUrn = (kind: ProblemKind): string =>
  `urn:sluice:problem:${kind.toLowerCase().replaceAll("_", "-")}`;

/** The problem as RFC 9457 has it, with what goes before the other members of ours. */
export function problemBody({ kind, message, members }: Problem): Record<string, unknown> {
  const { title, status, retryable } = PROBLEMS[kind];
  return { type: problemUrn(kind), title, status, detail: message, retryable, ...members };
}

export function problemResponse(problem: Problem): Response {
  return new Response(JSON.stringify(problemBody(problem)), {
    status: problem.status,
    headers: { "content-type": PROBLEM_TYPE, ...problem.headers },
  });
}

/** The problems as the README's table. */
export function problemTable(): string {
  const rows = Object.entries(PROBLEMS).map(
    // Object.entries forgets that its names are the table's own.
    ([kind, { status, title, retryable }]) =>
      `| ${status} | \`${problemUrn(kind as ProblemKind)}\` | ${title} | ${retryable ? "yes" : "no"} |`,
  );
  return ["| status | type | title | retryable |", "|---|---|---|---|", ...rows].join("\n");
}

function no(status: number, title: string): ProblemSpec {
  return { status, title, retryable: false };
}

function again(status: number, title: string): ProblemSpec {
  return { status, title, retryable: true };
}
