/** What the door answers for a stored event. 64-bit numbers are text. */
export interface Receipt {
  readonly id: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly schemaId: number;
  /** The Kafka record's, as RFC 3339. */
  readonly timestamp: string;
}

/** One thing wrong with an event. */
export interface EventError {
  /** JSON pointer into the event. */
  readonly pointer: string;
  readonly expected: string;
  readonly found: string;
  readonly detail: string;
}

/** The door's problem document (RFC 9457). */
export interface DoorProblem {
  /** `urn:sluice:problem:invalid-event` and the like; it never changes. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** Everything that is wrong with the event. */
  readonly errors?: readonly EventError[];
  readonly [member: string]: unknown;
}

/** Why an event has no receipt. */
export interface Failure {
  readonly stored: "no" | "unknown";
  /** Whether the same may succeed later. */
  readonly retryable: boolean;
  readonly message: string;
  readonly retryAfterMs?: number | undefined;
  readonly problem?: DoorProblem | undefined;
  readonly status?: number | undefined;
  readonly cause?: unknown;
}

export type Outcome = Receipt | Failure;

/** What came back of a request: what it says of each of several events, or of all it carried. */
export type Answer = { readonly results: readonly Outcome[] } | { readonly result: Outcome };

export interface DoorOptions {
  /** Where the door is; it may have a path. */
  readonly url: string | URL;
  readonly token?: string | (() => string | Promise<string>) | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly timeoutMs: number;
  readonly fetch: (request: Request) => Promise<Response>;
}

export interface DoorRequest {
  readonly topic: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;
}

export function isReceipt(outcome: Outcome): outcome is Receipt {
  return "offset" in outcome;
}

/** One request at a time, and what its answer means. */
export function createDoor({ url, token, headers, timeoutMs, fetch }: DoorOptions) {
  const base = String(url).replace(/\/+$/, "");
  return { post, idPointer };

  /** @throws the signal's reason where it aborts */
  async function post({ topic, body, headers: own, signal }: DoorRequest): Promise<Answer> {
    const init = { method: "POST", body, headers: { "content-type": "application/json", ...own } };
    const asked = await ask(`/topics/${encodeURIComponent(topic)}/events`, init, signal);
    return "failure" in asked ? { result: asked.failure } : answerOf(asked.response, asked.text);
  }

  /** Where in its events a topic has their id, as a JSON pointer; undefined where it has none, or nobody says. */
  async function idPointer(topic: string, signal: AbortSignal | undefined): Promise<string | undefined> {
    const asked = await ask(`/topics/${encodeURIComponent(topic)}`, { method: "GET", headers: {} }, signal);
    const document = "text" in asked ? parsed(asked.text) : undefined;
    return typeof document?.id === "string" ? document.id : undefined;
  }

  async function ask(
    path: string,
    init: { method: string; body?: string; headers: object },
    signal: AbortSignal | undefined,
  ): Promise<Asked> {
    signal?.throwIfAborted();
    let bearer: string | undefined;
    try {
      bearer = typeof token === "function" ? await token() : token;
    } catch (cause) {
      signal?.throwIfAborted();
      return { failure: notSent(`there is no token: ${reasonOf(cause).text}`, { retryable: true, cause }) };
    }
    const timeout = AbortSignal.timeout(timeoutMs);
    let request: Request;
    try {
      request = new Request(`${base}${path}`, {
        ...init,
        headers: { ...headers, ...init.headers, ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }) },
        // A POST that is led elsewhere would arrive there as a GET.
        redirect: "manual",
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      });
    } catch (cause) {
      return { failure: notSent(`there is no such request: ${reasonOf(cause).text}`, { retryable: false, cause }) };
    }
    try {
      const response = await fetch(request);
      return { response, text: await response.text() };
    } catch (error) {
      signal?.throwIfAborted();
      return { failure: unanswered(error, base, timeout.aborted ? timeoutMs : undefined) };
    }
  }
}

export type Door = ReturnType<typeof createDoor>;

type Asked = { readonly response: Response; readonly text: string } | { readonly failure: Failure };

/** Errors of `fetch` that come before anything was sent; Bun's and Node's names for them. */
const NOT_SENT = new Set(["ConnectionRefused", "ECONNREFUSED", "FailedToOpenSocket", "ENOTFOUND", "EAI_AGAIN"]);

const notSent = (message: string, rest: Pick<Failure, "retryable" | "cause">): Failure => ({
  stored: "no",
  message,
  ...rest,
});

function unanswered(cause: unknown, url: string, timeoutMs: number | undefined): Failure {
  const door = `the door at ${withoutLogin(url)}`;
  if (timeoutMs !== undefined) {
    return { stored: "unknown", retryable: true, message: `${door} did not answer in ${timeoutMs} ms`, cause };
  }
  const reason = reasonOf(cause);
  if (reason.codes.some((code) => NOT_SENT.has(code))) {
    return { stored: "no", retryable: true, message: `${door} cannot be reached: ${reason.text}`, cause };
  }
  return { stored: "unknown", retryable: true, message: `no answer came from ${door}: ${reason.text}`, cause };
}

/** Messages end up in logs, where a password must not. */
const withoutLogin = (url: string): string => url.replace(/\/\/[^/]*@/, "//");

/** Node tells the reason in the error's cause. */
function reasonOf(error: unknown): { readonly codes: readonly string[]; readonly text: string } {
  if (!(error instanceof Error)) return { codes: [], text: String(error) };
  const inner = error.cause instanceof Error ? reasonOf(error.cause) : { codes: [], text: error.message };
  return "code" in error ? { codes: [String(error.code), ...inner.codes], text: inner.text } : inner;
}

function answerOf(response: Response, text: string): Answer {
  const document = parsed(text);
  const retryAfterMs = secondsOf(response.headers.get("retry-after"));
  if (Array.isArray(document?.results)) {
    return { results: document.results.map((one: unknown) => outcomeOf(one, response.status, retryAfterMs)) };
  }
  return { result: outcomeOf(document, response.status, retryAfterMs) };
}

function outcomeOf(document: unknown, status: number, retryAfterMs: number | undefined): Outcome {
  if (looksLikeReceipt(document)) return document;
  if (looksLikeProblem(document)) return failureOf(document, retryAfterMs);
  const ok = status >= 200 && status < 300;
  // Something between us and the door has answered. What it says of the door's own work is not known to it either.
  const refused = status >= 300 && status < 500 && status !== 408 && status !== 429;
  return {
    stored: refused ? "no" : "unknown",
    retryable: !refused && !ok,
    message: `${status} came back, and no ${ok ? "receipt" : "problem of the door's"}: is the url the door's?`,
    retryAfterMs,
    status,
  };
}

/** The door itself does not know. All its other problems mean that nothing was stored. */
const UNKNOWN = new Set(["urn:sluice:problem:outcome-unknown", "urn:sluice:problem:internal"]);

function failureOf(problem: DoorProblem, retryAfterMs: number | undefined): Failure {
  const { type, retryable, status, retryAfter } = problem;
  return {
    stored: UNKNOWN.has(type) ? "unknown" : "no",
    retryable,
    message: problem.detail,
    retryAfterMs: typeof retryAfter === "number" ? retryAfter * 1_000 : retryAfterMs,
    problem,
    status,
  };
}

/** In seconds, as the door says it; a date, as others may, is too far away to wait for blindly. */
function secondsOf(header: string | null): number | undefined {
  return header !== null && /^\d+$/.test(header) ? Number(header) * 1_000 : undefined;
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    // What is an object may be asked for its members.
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // Not the door's: whatever it is, it is no JSON.
  }
}

function looksLikeReceipt(value: unknown): value is Receipt {
  return typeof value === "object" && value !== null && "offset" in value && "partition" in value && "id" in value;
}

function looksLikeProblem(value: unknown): value is DoorProblem {
  if (typeof value !== "object" || value === null || !("type" in value) || !("retryable" in value)) return false;
  return typeof value.type === "string" && value.type.startsWith("urn:sluice:problem:");
}
