import { InvalidValue } from "../../avro/index.ts";
import { type Header, type OutgoingRecord, type PreparedHeaders, prepareHeaders } from "../../kafka/index.ts";
import { ISO_MS_MAX, iso } from "../iso.ts";
import { type EventError, Problem } from "../problems.ts";
import { type ServedTopic, sharedHeaders } from "../served-topic.ts";
import type { CheckedAvro } from "./avro.ts";
import { validTraceparent } from "./trace.ts";

/** What a request says about all its events. */
export interface RequestContext {
  /** Milliseconds since 1970. */
  readonly arrivedAt: number;
  /** CloudEvents id; only a request with a single event may name one. */
  readonly ceId: string | undefined;
  readonly prepared: PreparedHeaders;
  /** The request's own trace, or a new one that its events share. */
  readonly traceparent: Header;
}

/** An event that was checked, on its way to Kafka. */
export interface CheckedEvent {
  readonly id: string;
  /** The record's timestamp, as RFC 3339. */
  readonly time: string;
  readonly schemaId: number;
  readonly record: OutgoingRecord;
}

/** Reads the headers that say something about the events. */
export function contextOf(headers: Headers, topic: ServedTopic, newTraceparent: () => string): RequestContext {
  const source = headers.get("ce-source");
  const ceId = headers.get("ce-id");
  return {
    arrivedAt: Date.now(),
    ceId: ceId === null ? undefined : ceText("ce-id", ceId),
    prepared:
      source === null
        ? topic.prepared
        : prepareHeaders(sharedHeaders(topic.declared.eventType, ceText("ce-source", source))),
    traceparent: ["traceparent", validTraceparent(headers.get("traceparent")) ?? newTraceparent()],
  };
}

/**
 * Checks an event and makes a Kafka record of it.
 * @throws Problem INVALID_EVENT with all errors.
 */
export function eventOfJson(topic: ServedTopic, value: unknown, context: RequestContext): CheckedEvent {
  return eventOf(topic, { value, frame: encoded(topic, value), schemaId: topic.schemaId }, context);
}

/**
 * Makes a Kafka record of an event that was encoded, or decoded, already.
 * @throws Problem INVALID_EVENT where it names an id or a time that cannot be.
 */
export function eventOf(
  topic: ServedTopic,
  { value, frame, schemaId }: CheckedAvro,
  { ceId, arrivedAt, prepared, traceparent }: RequestContext,
): CheckedEvent {
  const envelope = topic.envelope(value);
  const id = envelope.id ?? ceId ?? Bun.randomUUIDv7();
  const timestamp = envelope.time ?? arrivedAt;
  if (id === "") throw invalidId(topic);
  if (!(timestamp >= 0 && timestamp <= ISO_MS_MAX && timestamp <= arrivedAt + topic.futureMsMax)) {
    throw invalidTime(topic, timestamp, arrivedAt);
  }
  const time = iso(timestamp);
  const headers: Header[] = [["ce_id", id], ["ce_time", time], traceparent];
  return {
    id,
    time,
    schemaId,
    record: { topic: topic.name, key: envelope.key, value: frame, prepared, headers, timestamp },
  };
}

function encoded(topic: ServedTopic, value: unknown): Buffer {
  try {
    return topic.codec.encode(value, topic.schemaId);
  } catch (error) {
    if (error instanceof InvalidValue) throw invalidEvent(topic, error);
    // Only a schema that contains itself lets a value nest so deep.
    if (error instanceof RangeError)
      throw new Problem("INVALID_EVENT", "the event is nested too deeply", { cause: error });
    throw error;
  }
}

/** Errors told in `detail`; `errors` has all of them. */
const ERRORS_IN_DETAIL_MAX = 3;

function invalidEvent(topic: ServedTopic, { problems, more, cause }: InvalidValue): Problem {
  const errors: EventError[] = problems.map(({ pointer, expected, found, message }) => ({
    pointer,
    expected,
    found,
    detail: message,
  }));
  const told = errors
    .slice(0, ERRORS_IN_DETAIL_MAX)
    .map(({ pointer, detail }) => `${pointer || "the event"}: ${detail}`);
  const rest = errors.length > told.length || more ? "; and more" : "";
  return new Problem("INVALID_EVENT", `${topic.name}: ${told.join("; ")}${rest}`, { members: { errors }, cause });
}

function invalidId(topic: ServedTopic): Problem {
  const error = { expected: "a text that is not empty", found: '""', detail: "an event's id must not be empty" };
  return atPath(topic, topic.declared.idPath, error);
}

/** Kafka would refuse the whole batch that such a record travels in, with the events of other requests. */
function invalidTime(topic: ServedTopic, timestamp: number, arrivedAt: number): Problem {
  const latest = iso(Math.min(ISO_MS_MAX, arrivedAt + topic.futureMsMax));
  const found = Math.abs(timestamp) <= ISO_MS_MAX ? iso(timestamp) : String(timestamp);
  const range = `from 1970-01-01T00:00:00Z to ${latest}`;
  return atPath(topic, topic.declared.timePath, {
    expected: `a time ${range}`,
    found,
    detail: `${found} is not a time at which the event can have happened: ${range}`,
  });
}

function atPath(topic: ServedTopic, path: readonly string[] | undefined, error: Omit<EventError, "pointer">): Problem {
  const pointer = (path ?? []).map((name) => `/${name}`).join("");
  const errors: EventError[] = [{ pointer, ...error }];
  return new Problem("INVALID_EVENT", `${topic.name}: ${pointer || "the event"}: ${error.detail}`, {
    members: { errors },
  });
}

const CE_TEXT_LENGTH_MAX = 1_024;

/** CloudEvents HTTP binding, 3.1.3.2: header values are percent-encoded. */
function ceText(name: string, value: string): string {
  const text = decoded(value);
  if (text === undefined || text === "" || text.length > CE_TEXT_LENGTH_MAX) {
    throw new Problem("INVALID_HEADER", `${name}: 1 to ${CE_TEXT_LENGTH_MAX} characters, percent-encoded UTF-8`);
  }
  return text;
}

function decoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    // Not percent-encoded UTF-8; the caller says what is expected.
    return undefined;
  }
}
