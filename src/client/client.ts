import type { InputOf, TopicName } from "../catalog/event-types.ts";
import { createSendAll } from "./batch.ts";
import { createDoor, type Failure, isReceipt, type Receipt } from "./door.ts";
import { sendErrorOf } from "./errors.ts";
import { newEventId } from "./event-id.ts";
import { jsonOf } from "./json.ts";
import { delayAfter, RETRY, type RetryPolicy, wait } from "./retry.ts";

export interface ClientOptions {
  /** Where the door is, such as `http://127.0.0.1:3000`; it may have a path. */
  readonly url: string | URL;
  /** Sent as `authorization: Bearer …`, for what stands before the door. A function is asked before each request. */
  readonly token?: string | (() => string | Promise<string>);
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How long one request may take. Default: 15 s, longer than the door waits for Kafka. */
  readonly timeoutMs?: number;
  /** Default: 5 attempts, 200 ms, 30 s at most; `{ attempts: 1 }` never sends anything twice. */
  readonly retry?: Partial<RetryPolicy>;
  /** Default: the global one. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

export interface SendAllOptions {
  /** CloudEvents source of the events. */
  readonly source?: string;
  /** W3C Trace Context. */
  readonly traceparent?: string;
  /** Ends the waiting, and rejects with the signal's reason: what was under way may or may not be stored then. */
  readonly signal?: AbortSignal;
}

export interface SendOptions extends SendAllOptions {
  /** The event's id, where the event does not carry its own. Default: a new UUIDv7, the same for each attempt. */
  readonly id?: string;
}

/** Sends events to the door. It holds no connection of its own: there is nothing to close. */
export interface Client {
  /**
   * Resolves with the receipt once Kafka has the event.
   * @throws EventRefused, DoorUnavailable, OutcomeUnknown
   */
  send<Name extends TopicName>(topic: Name, event: InputOf<Name>, options?: SendOptions): Promise<Receipt>;
  /**
   * Resolves with the receipts, in the order of the events, once Kafka has all of them.
   * @throws BatchNotStored with a receipt or an error for each event
   */
  sendAll<Name extends TopicName>(
    topic: Name,
    events: readonly InputOf<Name>[],
    options?: SendAllOptions,
  ): Promise<readonly Receipt[]>;
}

/** Longer than the door itself waits for Kafka, so that it is the door who says what became of an event. */
const TIMEOUT_MS = 15_000;

/** Builds a client of the door, typed by `schemas/types.ts`. */
export function createClient(options: ClientOptions): Client {
  const { url, token, headers, timeoutMs = TIMEOUT_MS, fetch = globalThis.fetch } = options;
  const retry = { ...RETRY, ...options.retry };
  const door = createDoor({ url, token, headers, timeoutMs, fetch });
  const sendAll = createSendAll({ door, retry });

  return {
    async send(topic, event, { id = newEventId(), signal, ...context } = {}) {
      const body = jsonOf(event);
      const own = { ...headersOf(context), "ce-id": encodeURIComponent(id) };
      let unknown: Failure | undefined;
      for (let attempt = 1; ; attempt++) {
        const answer = await door.post({ topic, body, headers: own, signal });
        const outcome = "result" in answer ? answer.result : notOne();
        if (isReceipt(outcome)) return outcome;
        // What is refused now may have been stored by the attempt before it, of which nobody knows.
        if (outcome.stored === "unknown") unknown = outcome;
        const delayMs = outcome.retryable ? delayAfter(attempt, outcome, retry) : undefined;
        if (delayMs === undefined) {
          const earlier = unknown !== undefined && outcome.stored === "no";
          const message = earlier ? `${outcome.message}; an attempt before may have stored it` : outcome.message;
          const failure = { ...outcome, message, stored: unknown?.stored ?? "no" };
          throw sendErrorOf(failure, { topic, id, attempts: attempt });
        }
        await wait(delayMs, signal);
      }
    },
    sendAll: (topic, events, { signal, ...context } = {}) =>
      sendAll({ topic, events, headers: headersOf(context), signal }),
  };
}

function headersOf({ source, traceparent }: Pick<SendAllOptions, "source" | "traceparent">): Record<string, string> {
  return {
    ...(source !== undefined && { "ce-source": encodeURIComponent(source) }),
    ...(traceparent !== undefined && { traceparent }),
  };
}

/** A single event was sent, and the answer is that to a batch: an array was given for an event. */
function notOne(): Failure {
  return {
    stored: "unknown",
    retryable: false,
    message: "the door took the event for a batch: `sendAll` sends several",
  };
}
