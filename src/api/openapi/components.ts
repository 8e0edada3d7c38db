import { PROBLEM_TYPE, PROBLEMS, type ProblemKind, problemUrn } from "../problems.ts";

const text = (description: string) => ({ type: "string", description });
const whole = (description: string) => ({ type: "integer", description });

const RECEIPT_MEMBERS = {
  id: text("The event's id."),
  topic: text("The topic it is stored in."),
  partition: whole("The partition it is stored in."),
  offset: { ...text("Its position in the partition; 64 bits, so a string."), pattern: "^[0-9]+$" },
  schemaId: whole("The registry's id of the schema it is written with."),
  timestamp: { ...text("The record's time."), format: "date-time" },
};

const { partition: _partition, offset: _offset, ...ACCEPTANCE_MEMBERS } = RECEIPT_MEMBERS;

/** Schemas of what the API answers, for `components.schemas`. */
export const ANSWERS = {
  Receipt: {
    type: "object",
    description: "Kafka has acknowledged the event, on all replicas in sync.",
    required: Object.keys(RECEIPT_MEMBERS),
    properties: RECEIPT_MEMBERS,
    example: {
      id: "0194f7c2-1a2b-7c3d-8e4f-000000000001",
      topic: "orders.order.created.v1",
      partition: 2,
      offset: "1041",
      schemaId: 7,
      timestamp: "2026-01-31T13:45:30.123Z",
    },
  },
  Acceptance: {
    type: "object",
    description: "The event was checked and waits for Kafka. Nobody tells when it is stored.",
    required: Object.keys(ACCEPTANCE_MEMBERS),
    properties: ACCEPTANCE_MEMBERS,
  },
  BatchAnswer: batchOf("stored", "Receipt"),
  BatchAcceptance: batchOf("accepted", "Acceptance"),
  Problem: {
    type: "object",
    description: "RFC 9457.",
    required: ["type", "title", "status", "detail", "retryable"],
    properties: {
      type: { ...text("Names the kind of problem."), format: "uri" },
      title: text("The kind of problem in words."),
      status: whole("The HTTP status."),
      detail: text("What is wrong with this request."),
      retryable: { type: "boolean", description: "Whether the same request may succeed later." },
      retryAfter: whole("Seconds after which it is worth to come again."),
      nearest: { type: "array", items: { type: "string" }, description: "Topics that may have been meant." },
      line: whole("Where JSON ends to be JSON."),
      column: whole("Where JSON ends to be JSON."),
      errors: {
        type: "array",
        description: "Everything that is wrong with the event. In a batch, the first 1,000 failed events have it.",
        items: { $ref: "#/components/schemas/EventError" },
      },
    },
  },
  ProblemItem: {
    description: "A problem in the place of a receipt.",
    allOf: [
      { $ref: "#/components/schemas/Problem" },
      {
        type: "object",
        required: ["index"],
        properties: { index: whole("The event's place in the batch, from 0.") },
      },
    ],
  },
  EventError: {
    type: "object",
    required: ["pointer", "expected", "found", "detail"],
    properties: {
      pointer: text("JSON pointer into the event (RFC 6901)."),
      expected: text("What the schema asks for."),
      found: text("What was there."),
      detail: text("Both, as a sentence."),
    },
  },
};

/** Some problems by status, as OpenAPI responses. */
export function responsesFor(kinds: readonly ProblemKind[]): Record<string, object> {
  const byStatus = Map.groupBy(kinds, (kind) => PROBLEMS[kind].status);
  return Object.fromEntries([...byStatus].map(([status, some]) => [String(status), problemResponse(some)]));
}

/** The problems that a request with events may be answered with, by status, as OpenAPI responses. */
export function problemResponses(): Record<string, object> {
  const byStatus = new Map<number, ProblemKind[]>();
  // Object.keys forgets that its names are the table's own.
  for (const kind of Object.keys(PROBLEMS) as ProblemKind[]) {
    if (NOT_OF_EVENTS.has(kind)) continue;
    const { status } = PROBLEMS[kind];
    byStatus.set(status, [...(byStatus.get(status) ?? []), kind]);
  }
  return Object.fromEntries([...byStatus].map(([status, kinds]) => [String(status), problemResponse(kinds)]));
}

const NOT_OF_EVENTS: ReadonlySet<ProblemKind> = new Set([
  "UNKNOWN_TOPIC",
  "UNKNOWN_ROUTE",
  "METHOD_NOT_ALLOWED",
  "NOT_READY",
  "INVALID_CHECK",
  "CHECKS_FULL",
]);

function problemResponse(kinds: readonly ProblemKind[]): object {
  const examples = kinds.map((kind) => {
    const { title, status, retryable } = PROBLEMS[kind];
    return [kind, { summary: title, value: { type: problemUrn(kind), title, status, detail: "…", retryable } }];
  });
  const again = kinds.some((kind) => PROBLEMS[kind].status === 503);
  return {
    description: kinds.map((kind) => PROBLEMS[kind].title).join(" · "),
    ...(again && { headers: { "Retry-After": { description: "Seconds.", schema: { type: "integer" } } } }),
    content: {
      [PROBLEM_TYPE]: { schema: { $ref: "#/components/schemas/Problem" }, examples: Object.fromEntries(examples) },
    },
  };
}

function batchOf(count: "stored" | "accepted", item: "Receipt" | "Acceptance"): object {
  return {
    type: "object",
    description: "The answers to the events of a batch, in their order.",
    required: [count, "failed", "results"],
    properties: {
      [count]: whole(`How many are ${count}.`),
      failed: whole("How many are not, or may not be."),
      results: {
        type: "array",
        items: {
          anyOf: [{ $ref: `#/components/schemas/${item}` }, { $ref: "#/components/schemas/ProblemItem" }],
        },
      },
    },
  };
}
