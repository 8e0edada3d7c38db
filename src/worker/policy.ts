import type { DecoderCache } from "../avro/index.ts";
import type { CatalogTopic } from "../catalog/index.ts";
import type { Registry } from "../registry/index.ts";
import type { Worker } from "./define-worker.ts";
import { Unavailable } from "./errors.ts";
import { compose, type Handle } from "./handle.ts";
import { type DeadLetterOptions, deadLetter } from "./middleware/dead-letter.ts";
import { decode, type TopicDecoders } from "./middleware/decode.ts";
import { retry } from "./middleware/retry.ts";
import { timeout } from "./middleware/timeout.ts";
import { createTopicDecoders } from "./topic-decoders.ts";
import type { Wait } from "./wait.ts";

export interface PolicyParts {
  readonly topics: readonly CatalogTopic[];
  readonly registry: Pick<Registry, "schemaById">;
  readonly cache: DecoderCache;
  readonly send: DeadLetterOptions["send"];
  /** Whether the error says that the database is away. */
  readonly isOutage: (error: unknown) => boolean;
  readonly wait?: Wait;
  readonly random?: () => number;
}

/** What happens to each event of a worker, outermost first. */
export function policyOf(worker: Worker, { topics, registry, cache, send, isOutage, ...time }: PolicyParts): Handle {
  const decoders = new Map(
    topics.map(({ topic, schema }) => [topic, createTopicDecoders({ registry, cache, reader: schema, ...time })]),
  );
  return compose(
    [
      deadLetter({ send, ...time }),
      decode({ decoders: (topic) => found(decoders, topic), tombstones: worker.tombstones }),
      retry({ ...worker.retry, isOutage: (error) => causes(error).some((cause) => outage(cause, isOutage)), ...time }),
      timeout({ ms: worker.timeoutMs }),
    ],
    (event, context) => {
      const pending = worker.handle(event, context);
      // Also a promise of another library, which `instanceof` would miss.
      return typeof pending?.then === "function" ? Promise.resolve(pending) : undefined;
    },
  );
}

function outage(error: unknown, isOutage: (error: unknown) => boolean): boolean {
  return error instanceof Unavailable || isOutage(error);
}

/** The error and what it says it comes from: handlers wrap errors to say what they were doing. */
function causes(error: unknown): unknown[] {
  const found: unknown[] = [];
  for (let cause = error; cause !== undefined && found.length < 5; ) {
    found.push(cause);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return found;
}

function found(decoders: ReadonlyMap<string, TopicDecoders>, topic: string): TopicDecoders {
  const one = decoders.get(topic);
  if (one === undefined) throw new Error(`an event of ${topic}, which the worker does not read`);
  return one;
}
