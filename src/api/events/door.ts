import type { Emit } from "../../events.ts";
import type { Producer } from "../../kafka/index.ts";
import type { Limits } from "../limits.ts";
import type { Tallies } from "../metrics/tallies.ts";
import { Problem, problemResponse } from "../problems.ts";
import type { ServedTopic, ServedTopics } from "../served-topic.ts";
import { createAvroCheck, type WriterSchemas } from "./avro.ts";
import { bodyPieces, readBody } from "./body.ts";
import { createDeadlines } from "./deadlines.ts";
import { type CheckedEvent, contextOf, eventOf, eventOfJson, type RequestContext } from "./event.ts";
import { parseJson, textOf } from "./json.ts";
import { formOf } from "./media-type.ts";
import { type Checked, readLines, tooMany } from "./ndjson.ts";
import { createOutcomes } from "./outcome.ts";
import { ACCEPTED_HEADERS, BatchResults, JSON_HEADERS, resultOf } from "./results.ts";
import { createRetryAfter } from "./retry-after.ts";
import { createStore } from "./store.ts";
import { StreamedResults } from "./streamed-results.ts";
import { createTraceparents } from "./trace.ts";

export interface DoorParts {
  readonly topics: ServedTopics;
  readonly producer: Producer;
  readonly registry: WriterSchemas;
  readonly tallies: Tallies;
  readonly limits: Limits;
  readonly emit: Emit;
}

/** Where events come in. */
export interface Door {
  /** Answers a request with events. Never rejects. */
  post(request: Request, topicName: string | null): Promise<Response>;
  /** Requests that are not answered yet. */
  inFlight(): number;
  /** Whether it has begun to close. */
  closing(): boolean;
  /** Refuses new requests, and waits for those under way, at most `timeoutMs`. Answers how many are left. */
  close(options: { timeoutMs: number }): Promise<number>;
}

/** Builds the door. It waits for nothing but the bodies of requests and the answers of Kafka and the registry. */
export function createDoor({ topics, producer, registry, tallies, limits, emit }: DoorParts): Door {
  const retryAfter = createRetryAfter();
  const outcomes = createOutcomes({ producer, retryAfter });
  const store = createStore({ producer, tallies, outcomes, retryAfter, emit });
  const newTraceparent = createTraceparents();
  const avro = createAvroCheck(registry);
  const deadlines = createDeadlines(limits.bodyTimeoutMs);
  const body = { bytesMax: limits.bodyBytesMax, deadlines };
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
        return refuse(error);
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

  async function answer(request: Request, topic: ServedTopic): Promise<Response> {
    const { headers } = request;
    const startedAt = performance.now();
    const context = contextOf(headers, topic, newTraceparent);
    const waited = !prefersAsync(headers.get("prefer"));
    try {
      switch (formOf(headers.get("content-type"))) {
        case "json": {
          const value = parseJson(textOf(await readBody(request, body)));
          if (Array.isArray(value)) return await batch(topic, value, context, waited);
          return await single(topic, eventOfJson(topic, value, context), waited);
        }
        case "avro": {
          const checked = await avro.check(topic, await readBody(request, body), headers.get("schema-id"));
          return await single(topic, eventOf(topic, checked, context), waited);
        }
        case "ndjson":
          return await lines(request, topic, context, waited);
      }
    } catch (error) {
      if (error instanceof Problem) tallies.topic(topic.name)[resultOf(error)]++;
      throw error;
    } finally {
      tallies.topic(topic.name).durations.observe((performance.now() - startedAt) / 1_000);
    }
  }

  async function single(topic: ServedTopic, event: CheckedEvent, waited: boolean): Promise<Response> {
    if (!producer.available()) throw outcomes.unavailable();
    tallies.topic(topic.name).batches.observe(1);
    return waited
      ? new Response(await store.one(event), JSON_HEADERS)
      : new Response(await store.oneUnwaited(event), ACCEPTED_HEADERS);
  }

  async function batch(topic: ServedTopic, values: readonly unknown[], context: RequestContext, waited: boolean) {
    assertNoId(context);
    if (values.length > limits.batchEventsMax) throw tooMany(limits.batchEventsMax);
    const tally = tallies.topic(topic.name);
    tally.batches.observe(values.length);
    const results = new BatchResults(tally, { waited });
    const checked = values.map((value) => check(() => eventOfJson(topic, value, context)));
    await sender(waited, results)(checked)();
    return results.response();
  }

  async function lines(request: Request, topic: ServedTopic, context: RequestContext, waited: boolean) {
    assertNoId(context);
    if (!producer.available()) throw outcomes.unavailable();
    const tally = tallies.topic(topic.name);
    const streamed = request.headers.get("accept")?.includes("ndjson") ?? false;
    const results = streamed ? new StreamedResults(tally, { waited }) : new BatchResults(tally, { waited });
    const reading = readLines({
      pieces: bodyPieces(request, deadlines),
      lineBytesMax: limits.bodyBytesMax,
      eventsMax: streamed ? Number.POSITIVE_INFINITY : limits.batchEventsMax,
      inFlightMax: limits.linesInFlightMax,
      check: (line) => check(() => eventOfJson(topic, parseJson(textOf(line)), context)),
      send: sender(waited, results),
      results,
    });
    if (results instanceof BatchResults) {
      await reading;
      tally.batches.observe(results.length);
      return results.response();
    }
    inFlight++;
    void reading
      .catch((error: unknown) => emit("api.failed", { error }))
      .finally(() => {
        results.end();
        tally.batches.observe(results.length);
        leave();
      });
    // The answer begins before the outcome of any event is known.
    return new Response(results.body, { status: 207, headers: { "content-type": "application/x-ndjson" } });
  }

  /** Once Kafka is known to be away, nothing waits for it. */
  function sender(waited: boolean, results: BatchResults | StreamedResults) {
    return (checked: readonly Checked[]) => {
      const sent = producer.available()
        ? checked
        : checked.map((one) => (one instanceof Problem ? one : outcomes.unavailable()));
      return waited ? store.all(sent, results) : store.allUnwaited(sent, results);
    };
  }

  function refuse(error: unknown): Response {
    if (!(error instanceof Problem)) emit("api.failed", { error });
    const problem =
      error instanceof Problem ? error : new Problem("INTERNAL", "the API's log says more", { cause: error });
    tallies.problem(problem.kind);
    return problemResponse(problem);
  }

  function leave(): void {
    inFlight--;
    if (inFlight === 0) onIdle();
  }
}

/** The event, or what is wrong with it: others of its batch go on. */
function check(make: () => CheckedEvent): Checked {
  try {
    return make();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

/** RFC 7240; any other preference is ignored, as it asks. */
function prefersAsync(prefer: string | null): boolean {
  return prefer !== null && /(^|,)\s*respond-async\s*($|[,;])/i.test(prefer);
}

function assertNoId({ ceId }: RequestContext): void {
  if (ceId === undefined) return;
  throw new Problem("INVALID_HEADER", "ce-id names one event, and this request has a batch");
}

function stopping(): Problem {
  return new Problem("STOPPING", "this process takes no more events; another one may", {
    members: { retryAfter: 1 },
    headers: { "retry-after": "1", connection: "close" },
  });
}
