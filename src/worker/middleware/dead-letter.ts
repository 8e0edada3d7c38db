import type { Delivery, OutgoingRecord } from "../../kafka/index.ts";
import type { EventContext } from "../context.ts";
import { deadLetterTopic } from "../dead-letter-topic.ts";
import { Abandoned } from "../errors.ts";
import type { ConsumedEvent } from "../event.ts";
import type { Middleware } from "../handle.ts";
import { backoffMs, wait as realWait, type Wait } from "../wait.ts";

export interface DeadLetterOptions {
  readonly send: (record: OutgoingRecord) => Promise<Delivery>;
  readonly wait?: Wait;
  readonly random?: () => number;
  readonly now?: () => number;
}

/** How much of an error's text goes along. */
export const ERROR_BYTES_MAX = 2_048;

const RETRY = { delayMs: 200, maxDelayMs: 15_000 };

/** The headers that we add. */
const OURS = [
  "x-original-topic",
  "x-original-partition",
  "x-original-offset",
  "x-original-timestamp",
  "x-group",
  "x-error",
  "x-attempts",
] as const;

/**
 * Stores what the inner middlewares give up on in the group's dead-letter topic, as it was, with the reason in its
 * headers. The event counts as handled once that is stored, and not before: while it cannot be stored, the partition waits.
 */
export const deadLetter = (options: DeadLetterOptions): Middleware => {
  return (next) => (event, context) => {
    try {
      return next(event, context)?.catch((error: unknown) => bury(options, event, context, error));
    } catch (error) {
      return bury(options, event, context, error);
    }
  };
};

async function bury(
  { send, wait = realWait, random = Math.random, now = Date.now }: DeadLetterOptions,
  event: ConsumedEvent,
  context: EventContext,
  error: unknown,
): Promise<void> {
  if (error instanceof Abandoned) throw error;
  const { batch } = context;
  const attempts = batch.current?.attempt ?? context.attempt;
  const record = deadLetterRecord(event, { group: batch.group, error, attempts, now: now() });
  for (let failures = 1; ; failures++) {
    const delivery = await send(record);
    if (delivery.status === "stored") break;
    // After an unknown outcome it may end up there twice. Twice is better than not at all.
    const delayMs = backoffMs(failures, RETRY, random);
    batch.emit("worker.deadLetter.failed", { ...context.where, to: record.topic, delayMs, error: delivery.error });
    await wait(delayMs, batch.closing);
    batch.progress();
  }
  batch.emit("worker.event.dead", { ...context.where, to: record.topic, attempts, error });
}

/** The record for the dead-letter topic: key, value and headers byte for byte, and where they came from and why. */
export function deadLetterRecord(
  event: ConsumedEvent,
  { group, error, attempts, now }: { group: string; error: unknown; attempts: number; now: number },
): OutgoingRecord {
  const { topic, partition, offset, timestamp, key, value } = event.record;
  const ours: Record<(typeof OURS)[number], string> = {
    "x-original-topic": topic,
    "x-original-partition": String(partition),
    "x-original-offset": String(offset),
    "x-original-timestamp": String(timestamp),
    "x-group": group,
    "x-error": errorText(error),
    "x-attempts": String(attempts),
  };
  // Of an event that was dead before and sent again, the headers of then would hide those of now.
  const kept = event.record.headers().filter(([name]) => !Object.hasOwn(ours, name));
  return {
    topic: deadLetterTopic(topic, group),
    key,
    value,
    headers: [...kept, ...Object.entries(ours)],
    timestamp: now,
  };
}

/** Name and message of the error and of its causes, cut where it gets long. */
function errorText(error: unknown): string {
  const parts: string[] = [];
  for (let cause = error, depth = 0; cause !== undefined && depth < 5; depth++) {
    parts.push(cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  const bytes = Buffer.from(parts.join("; because of "));
  if (bytes.length <= ERROR_BYTES_MAX) return bytes.toString();
  // Decoding drops nothing but may end in half a character, which becomes one replacement character.
  return `${bytes.subarray(0, ERROR_BYTES_MAX - 6).toString()}…`;
}
