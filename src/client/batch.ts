import { type Answer, type Door, type Failure, isReceipt, type Outcome, type Receipt } from "./door.ts";
import { BatchNotStored, type SendError, sendErrorOf } from "./errors.ts";
import { jsonOf } from "./json.ts";
import { delayAfter, type RetryPolicy, wait } from "./retry.ts";

/** Events of one request: the door takes ten thousand, and a failure should concern fewer. */
const EVENTS_MAX = 1_000;
/** Characters of one request, each of which is three bytes at most: the door takes four MiB. */
const CHARACTERS_MAX = 1_000_000;

interface Batch {
  readonly topic: string;
  readonly events: readonly unknown[];
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;
}

interface Pending {
  readonly event: unknown;
  readonly json: string;
  /** How often it was sent. */
  attempts: number;
  outcome: Outcome | undefined;
  /** An attempt of which nobody knows whether it stored the event. */
  unknown: boolean;
}

/** Builds the function that sends many events: in requests of a bearable size, one after the other, in order. */
export function createSendAll({ door, retry }: { readonly door: Door; readonly retry: RetryPolicy }) {
  const idPointers = new Map<string, string | undefined>();

  return async function sendAll({ events, ...batch }: Batch): Promise<readonly Receipt[]> {
    const pending = events.map((event): Pending => {
      return { event, json: jsonOf(event), attempts: 0, outcome: undefined, unknown: false };
    });
    for (const chunk of chunksOf(pending)) {
      await sendChunk(chunk, batch);
      // A door that could not be reached in all the attempts is not there for the next events either.
      if (chunk.every(({ outcome }) => outcome !== undefined && !isReceipt(outcome) && outcome.retryable)) break;
    }
    return receiptsOf(pending, batch.topic);
  };

  async function sendChunk(chunk: readonly Pending[], batch: Omit<Batch, "events">): Promise<void> {
    let rest = chunk;
    for (let attempt = 1; rest.length > 0; attempt++) {
      const body = `[${rest.map(({ json }) => json).join(",")}]`;
      const answer = await door.post({ ...batch, body });
      if (isTooMuch(answer) && rest.length > 1) {
        const half = Math.ceil(rest.length / 2);
        await sendChunk(rest.slice(0, half), batch);
        return sendChunk(rest.slice(half), batch);
      }
      note(rest, answer);
      const again: Pending[] = [];
      let retryAfterMs = 0;
      for (const one of rest) {
        const { outcome } = one;
        if (outcome === undefined || isReceipt(outcome) || !(await mayRepeat(one, outcome, batch))) continue;
        again.push(one);
        retryAfterMs = Math.max(retryAfterMs, outcome.retryAfterMs ?? 0);
      }
      const delayMs = again.length === 0 ? undefined : delayAfter(attempt, { retryAfterMs }, retry);
      if (delayMs === undefined) return;
      await wait(delayMs, batch.signal);
      rest = again;
    }
  }

  /** What may be stored already is sent again only with an id of its own, by which it counts once. */
  async function mayRepeat(
    { event }: Pending,
    { stored, retryable }: Failure,
    { topic, signal }: Omit<Batch, "events">,
  ) {
    if (!retryable) return false;
    if (stored === "no") return true;
    if (!idPointers.has(topic)) {
      const pointer = await door.idPointer(topic, signal);
      if (pointer === undefined) return false;
      idPointers.set(topic, pointer);
    }
    return hasValueAt(event, idPointers.get(topic) ?? "");
  }
}

function* chunksOf(pending: readonly Pending[]): Generator<readonly Pending[]> {
  let chunk: Pending[] = [];
  let characters = 0;
  for (const one of pending) {
    const full = chunk.length === EVENTS_MAX || characters + one.json.length > CHARACTERS_MAX;
    if (full && chunk.length > 0) {
      yield chunk;
      chunk = [];
      characters = 0;
    }
    chunk.push(one);
    characters += one.json.length;
  }
  if (chunk.length > 0) yield chunk;
}

const TOO_MUCH = new Set(["urn:sluice:problem:too-many-events", "urn:sluice:problem:body-too-large"]);

/** The door is set to take less; nothing of the request was stored. */
function isTooMuch(answer: Answer): boolean {
  if (!("result" in answer) || isReceipt(answer.result)) return false;
  return TOO_MUCH.has(answer.result.problem?.type ?? "");
}

function note(sent: readonly Pending[], answer: Answer): void {
  const outcomes = "results" in answer ? answer.results : sent.map(() => ofEach(answer.result));
  for (const [index, one] of sent.entries()) {
    const outcome = outcomes[index] ?? NOT_TOLD;
    one.attempts++;
    one.outcome = outcome;
    if (!isReceipt(outcome) && outcome.stored === "unknown") one.unknown = true;
  }
}

/** Why all of them failed; one receipt is not one for each. */
const ofEach = (result: Outcome): Outcome => (isReceipt(result) ? NOT_TOLD : result);

const NOT_TOLD: Failure = { stored: "unknown", retryable: false, message: "the answer says nothing of this event" };
const NOT_SENT: Failure = { stored: "no", retryable: true, message: "not sent: the events before it could not be" };

function receiptsOf(pending: readonly Pending[], topic: string): readonly Receipt[] {
  const results = pending.map(({ outcome = NOT_SENT, attempts, unknown }): Receipt | SendError => {
    if (isReceipt(outcome)) return outcome;
    return sendErrorOf({ ...outcome, stored: unknown ? "unknown" : "no" }, { topic, id: undefined, attempts });
  });
  const receipts = results.filter((one): one is Receipt => !(one instanceof Error));
  if (receipts.length < results.length) throw new BatchNotStored(topic, results);
  return receipts;
}

/** Whether the event has something at the place; the door's pointers lead through names of fields. */
function hasValueAt(event: unknown, pointer: string): boolean {
  let value = event;
  for (const name of pointer.split("/").slice(1)) {
    if (typeof value !== "object" || value === null) return false;
    value = new Map(Object.entries(value)).get(name);
  }
  return value !== undefined && value !== null;
}
