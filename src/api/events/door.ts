import type { Emit } from "../../events.ts";
import type { Producer } from "../../kafka/index.ts";
import type { Limits } from "../limits.ts";
import type { Tallies } from "../metrics/tallies.ts";
import { Problem } from "../problems.ts";
import type { Refusal } from "../refusal.ts";
import type { ServedTopics } from "../served-topic.ts";
import { createAnswer } from "./answer.ts";
import { createAvroCheck, type WriterSchemas } from "./avro.ts";
import { createDeadlines } from "./deadlines.ts";
import { createOutcomes } from "./outcome.ts";
import { createRetryAfter } from "./retry-after.ts";
import { createStore } from "./store.ts";
import { createTraceparents } from "./trace.ts";

export interface DoorParts {
  readonly topics: ServedTopics;
  readonly producer: Producer;
  readonly registry: WriterSchemas;
  readonly tallies: Tallies;
  readonly limits: Limits;
  readonly refuse: Refusal;
  readonly emit: Emit;
}

/** Where events come in. */
export interface Door {
  /** Answers a request with events. Never rejects. */
  post(request: Request, topicName: string): Promise<Response>;
  /** Requests that are not answered yet. */
  inFlight(): number;
  /** Whether it has begun to close. */
  closing(): boolean;
  /** Refuses new requests, and waits for those under way, at most `timeoutMs`. Answers how many are left. */
  close(options: { timeoutMs: number }): Promise<number>;
}

/** Builds the door. It waits for nothing but the bodies of requests and the answers of Kafka and the registry. */
export function createDoor({ topics, producer, registry, tallies, limits, refuse, emit }: DoorParts): Door {
  const retryAfter = createRetryAfter();
  const outcomes = createOutcomes({ producer, retryAfter });
  const deadlines = createDeadlines(limits.bodyTimeoutMs);
  const answer = createAnswer({
    producer,
    tallies,
    limits,
    deadlines,
    outcomes,
    store: createStore({ producer, tallies, outcomes, retryAfter, emit }),
    avro: createAvroCheck(registry),
    newTraceparent: createTraceparents(),
    follow,
  });
  let inFlight = 0;
  let closing = false;
  let onIdle = () => {};

  return {
    inFlight: () => inFlight,
    closing: () => closing,
    async post(request, topicName) {
      inFlight++;
      try {
        if (closing) throw stopping();
        return await answer(request, topics.get(topicName));
      } catch (error) {
        return refuse(error, request);
      } finally {
        leave();
      }
    },
    close({ timeoutMs }) {
      closing = true;
      return new Promise((resolve) => {
        const end = () => {
          clearTimeout(timer);
          deadlines[Symbol.dispose]();
          resolve(inFlight);
        };
        const timer = setTimeout(end, timeoutMs);
        onIdle = end;
        if (inFlight === 0) end();
      });
    },
  };

  /** A streamed answer is under way until its work is done. */
  function follow(work: Promise<void>): void {
    inFlight++;
    void work.catch((error: unknown) => emit("api.failed", { error })).finally(leave);
  }

  function leave(): void {
    inFlight--;
    if (inFlight === 0) onIdle();
  }
}

function stopping(): Problem {
  return new Problem("STOPPING", "this process takes no more events; another one may", {
    members: { retryAfter: 1 },
    headers: { "retry-after": "1", connection: "close" },
  });
}
