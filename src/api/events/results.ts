import type { Delivery } from "../../kafka/index.ts";
import { iso } from "../iso.ts";
import type { Result, TopicTally } from "../metrics/tallies.ts";
import { PROBLEM_TYPE, Problem, problemBody } from "../problems.ts";
import type { CheckedEvent } from "./event.ts";

export type Stored = Extract<Delivery, { status: "stored" }>;

export const JSON_HEADERS = { headers: { "content-type": "application/json" } };
export const ACCEPTED_HEADERS = {
  status: 202,
  headers: { "content-type": "application/json", "preference-applied": "respond-async" },
};

/** The receipt of a stored event, as JSON. 64-bit numbers are strings. Written by hand: this is once per event. */
export function receiptOf(event: CheckedEvent, { partition, offset, timestamp }: Stored): string {
  const { id, schemaId, record } = event;
  // A topic may have the broker's own time instead.
  const time = timestamp === record.timestamp ? event.time : iso(timestamp);
  return `{"id":${JSON.stringify(id)},"topic":"${record.topic}","partition":${partition},"offset":"${offset}","schemaId":${schemaId},"timestamp":"${time}"}`;
}

/** What is known of an event that nobody waits for: it claims no storage. */
export function acceptanceOf({ id, time, schemaId, record }: CheckedEvent): string {
  return `{"id":${JSON.stringify(id)},"topic":"${record.topic}","schemaId":${schemaId},"timestamp":"${time}"}`;
}

/** A problem in the place of a receipt. */
export function problemItem(problem: Problem, index: number): string {
  return JSON.stringify({ index, ...problemBody(problem) });
}

/** Failed events of a batch whose `errors` are listed; with those of ten thousand an answer would be 17 MB. */
const ERRORS_LISTED_MAX = 1_000;

/** The same with `detail` alone, which tells the first few errors. */
function briefItem(problem: Problem, index: number): string {
  const { errors: _, ...body } = problemBody(problem);
  return JSON.stringify({ index, ...body });
}

/** How a problem counts. */
export function resultOf({ kind, status }: Problem): Result {
  if (kind === "OUTCOME_UNKNOWN") return "unknown";
  return status < 500 && kind !== "EVENT_TOO_LARGE" ? "invalid" : "failed";
}

/** The answers to the events of a request, in their order. */
export interface Results {
  /** Adds a receipt, or what stands for one. */
  add(item: string): void;
  addProblem(problem: Problem): void;
  /** Resolves when there is room for more. */
  taken(): Promise<void>;
}

/** Results that are answered together. */
export class BatchResults implements Results {
  readonly #waited: boolean;
  readonly #tally: TopicTally;
  readonly #items: string[] = [];
  readonly #problems: Problem[] = [];
  #good = 0;

  constructor(tally: TopicTally, { waited }: { waited: boolean }) {
    this.#tally = tally;
    this.#waited = waited;
  }

  get length(): number {
    return this.#items.length;
  }

  add(item: string): void {
    this.#good++;
    this.#items.push(item);
  }

  addProblem(problem: Problem): void {
    this.#tally[resultOf(problem)]++;
    const itemOf = this.#problems.length < ERRORS_LISTED_MAX ? problemItem : briefItem;
    this.#items.push(itemOf(problem, this.#items.length));
    this.#problems.push(problem);
  }

  async taken(): Promise<void> {
    // All of them are kept: the request has a limit of events.
  }

  /**
   * 200 where all are stored, 202 where nobody waits, 207 where some failed. A batch of which nothing was stored is
   * an error as a whole, with the status that its events share; where they share none, 207.
   */
  response(): Response {
    const body = `"${this.#waited ? "stored" : "accepted"}":${this.#good},"failed":${this.#problems.length},"results":[${this.#items.join(",")}]}`;
    const [first] = this.#problems;
    if (first === undefined) return new Response(`{${body}`, this.#waited ? JSON_HEADERS : ACCEPTED_HEADERS);
    if (this.#good === 0 && this.#problems.every(({ status }) => status === first.status)) return refused(first, body);
    return new Response(`{${body}`, { ...JSON_HEADERS, status: 207 });
  }
}

function refused(first: Problem, body: string): Response {
  const kind = first.kind === "INVALID_EVENT" ? "INVALID_BATCH" : first.kind;
  const members = problemBody(new Problem(kind, `no event was stored; the first: ${first.message}`));
  const text = `${JSON.stringify(members).slice(0, -1)},${body}`;
  return new Response(text, { status: first.status, headers: { "content-type": PROBLEM_TYPE, ...first.headers } });
}
