import type { DoorProblem, Failure, Receipt } from "./door.ts";

interface ErrorSpec {
  /** Whether the event is in Kafka. */
  readonly stored: "no" | "unknown" | "some";
  readonly when: string;
  readonly todo: string;
}

/** Every error that `send` and `sendAll` reject with; the README's table is printed from it. */
export const SEND_ERRORS = {
  EventRefused: {
    stored: "no",
    when: "the door, or what stands before it, refused the event or the request",
    todo: "mend it: `problem.errors` has everything that is wrong with the event",
  },
  DoorUnavailable: {
    stored: "no",
    when: "the door could not be reached or could not take it, as often as it was tried",
    todo: "send it again later",
  },
  OutcomeUnknown: {
    stored: "unknown",
    when: "no answer came, or the door itself does not know",
    todo: "send it again with the same `id`: workers that use their transaction handle it once",
  },
  BatchNotStored: {
    stored: "some",
    when: "`sendAll` could not store every event",
    todo: "`results` has a receipt or one of the errors above for each event, in their order",
  },
} as const satisfies Record<string, ErrorSpec>;

export interface SendErrorDetail {
  readonly topic: string;
  /** The event's id, with which it may be sent again; undefined in a batch, where events carry their own. */
  readonly id: string | undefined;
  /** How often it was tried. */
  readonly attempts: number;
}

/** An event has no receipt. `instanceof` one of the classes below says what that means. */
export abstract class SendError extends Error {
  readonly topic: string;
  readonly id: string | undefined;
  readonly attempts: number;
  /** What the door said, with all problems; undefined where it said nothing. */
  readonly problem: DoorProblem | undefined;
  /** The status of the last answer. */
  readonly status: number | undefined;

  constructor(failure: Failure, { topic, id, attempts }: SendErrorDetail) {
    super(failure.message, failure.cause === undefined ? undefined : { cause: failure.cause });
    this.topic = topic;
    this.id = id;
    this.attempts = attempts;
    this.problem = failure.problem;
    this.status = failure.status;
  }
}

/** It is not stored, and as it is it never will be. */
export class EventRefused extends SendError {
  override readonly name = "EventRefused";
  readonly stored = "no";
}

/** It is certainly not stored; later it may be. */
export class DoorUnavailable extends SendError {
  override readonly name = "DoorUnavailable";
  readonly stored = "no";
}

/** It may or may not be stored. */
export class OutcomeUnknown extends SendError {
  override readonly name = "OutcomeUnknown";
  readonly stored = "unknown";
}

/** What became of the events of a batch of which not all are stored. */
export class BatchNotStored extends Error {
  override readonly name = "BatchNotStored";
  readonly topic: string;
  /** A receipt or an error for each event, in the order in which they were given. */
  readonly results: readonly (Receipt | SendError)[];
  /** How many events are stored. */
  readonly stored: number;
  /** How many are certainly not. */
  readonly failed: number;
  /** How many may or may not be. */
  readonly unknown: number;

  constructor(topic: string, results: readonly (Receipt | SendError)[]) {
    const errors = results.filter((one) => one instanceof SendError);
    const unknown = errors.filter((one) => one instanceof OutcomeUnknown).length;
    const index = results.findIndex((one) => one instanceof SendError);
    const doubt = unknown === 0 ? "" : `, ${unknown} of them perhaps`;
    super(
      `${topic}: ${errors.length} of ${results.length} events are not stored${doubt}; [${index}]: ${errors[0]?.message}`,
      {
        cause: errors[0],
      },
    );
    this.topic = topic;
    this.results = results;
    this.stored = results.length - errors.length;
    this.failed = errors.length - unknown;
    this.unknown = unknown;
  }
}

/** The error that says what a failure means. */
export function sendErrorOf(failure: Failure, detail: SendErrorDetail): SendError {
  if (failure.stored === "unknown") return new OutcomeUnknown(failure, detail);
  return failure.retryable ? new DoorUnavailable(failure, detail) : new EventRefused(failure, detail);
}

/** The errors as the README's table. */
export function sendErrorTable(): string {
  const rows = Object.entries(SEND_ERRORS).map(
    ([name, { stored, when, todo }]) => `| \`${name}\` | ${stored} | ${when} | ${todo} |`,
  );
  return ["| error | stored | when | what to do |", "|---|---|---|---|", ...rows].join("\n");
}
