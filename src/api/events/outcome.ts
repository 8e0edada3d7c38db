import type { Delivery, KafkaErrorKind, Producer } from "../../kafka/index.ts";
import { Problem, type ProblemKind } from "../problems.ts";
import type { RetryAfter } from "./retry-after.ts";

/** What else than KAFKA_UNAVAILABLE or KAFKA_REFUSED a failed delivery means to who sent the event. */
const KINDS: Readonly<Partial<Record<KafkaErrorKind, ProblemKind>>> = {
  QUEUE_FULL: "QUEUE_FULL",
  CLOSED: "STOPPING",
  MESSAGE_TOO_LARGE: "EVENT_TOO_LARGE",
  RECORD_LIST_TOO_LARGE: "EVENT_TOO_LARGE",
};

/** Builds the function that says what a delivery without success means to who sent the event. */
export function createOutcomes({ producer, retryAfter }: { producer: Producer; retryAfter: RetryAfter }) {
  return { problemOf, unavailable };

  function problemOf(delivery: Exclude<Delivery, { status: "stored" }>): Problem {
    const { error } = delivery;
    if (delivery.status === "unknown") {
      return new Problem(
        "OUTCOME_UNKNOWN",
        `${error.message}; sent again with the same event id, it is handled once by workers that use their transaction`,
        { cause: error },
      );
    }
    const kind = KINDS[error.kind] ?? (delivery.retryable ? "KAFKA_UNAVAILABLE" : "KAFKA_REFUSED");
    if (kind === "KAFKA_UNAVAILABLE") return unavailable(error.message, error);
    if (kind !== "QUEUE_FULL") return new Problem(kind, error.message, { cause: error });
    return later(kind, error.message, retryAfter.full(producer.stats()), error);
  }

  function unavailable(detail = "Kafka does not answer", cause?: unknown): Problem {
    return later("KAFKA_UNAVAILABLE", detail, retryAfter.away(), cause);
  }
}

export type Outcomes = ReturnType<typeof createOutcomes>;

/** A problem that says after how many seconds it is worth to come again. */
export function later(kind: ProblemKind, detail: string, seconds: number, cause?: unknown): Problem {
  return new Problem(kind, detail, {
    members: { retryAfter: seconds },
    headers: { "retry-after": String(seconds) },
    ...(cause !== undefined && { cause }),
  });
}
