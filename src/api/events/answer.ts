import type { Producer } from "../../kafka/index.ts";
import type { Limits } from "../limits.ts";
import type { Tallies } from "../metrics/tallies.ts";
import { Problem } from "../problems.ts";
import type { ServedTopic } from "../served-topic.ts";
import type { AvroCheck } from "./avro.ts";
import { bodyPieces, readBody } from "./body.ts";
import type { Deadlines } from "./deadlines.ts";
import { type CheckedEvent, contextOf, eventOf, eventOfJson, type RequestContext } from "./event.ts";
import { parseJson, textOf } from "./json.ts";
import { formOf } from "./media-type.ts";
import { type Checked, readLines, tooMany } from "./ndjson.ts";
import type { Outcomes } from "./outcome.ts";
import { ACCEPTED_HEADERS, BatchResults, JSON_HEADERS, type Results, resultOf } from "./results.ts";
import type { EventStore } from "./store.ts";
import { StreamedResults } from "./streamed-results.ts";

export interface AnswerParts {
  readonly producer: Producer;
  readonly tallies: Tallies;
  readonly limits: Limits;
  readonly deadlines: Deadlines;
  readonly outcomes: Outcomes;
  readonly store: EventStore;
  readonly avro: AvroCheck;
  readonly newTraceparent: () => string;
  /** Takes work that goes on after the answer has begun. */
  readonly follow: (work: Promise<void>) => void;
}

/** A request with events, read as far as its headers. */
interface Asked {
  readonly request: Request;
  readonly topic: ServedTopic;
  readonly context: RequestContext;
  /** Whether the answer waits for Kafka. */
  readonly waited: boolean;
}

/**
 * Builds the function that answers requests with events: reads, checks, stores, and tells what became of each.
 * It throws Problem where the request as a whole is refused.
 */
export function createAnswer(parts: AnswerParts): (request: Request, topic: ServedTopic) => Promise<Response> {
  const { producer, tallies, limits, deadlines, outcomes, store, avro } = parts;
  const body = { bytesMax: limits.bodyBytesMax, deadlines };

  return async (request, topic) => {
    const startedAt = performance.now();
    const tally = tallies.topic(topic.name);
    try {
      const context = contextOf(request.headers, topic, parts.newTraceparent);
      return await answer({ request, topic, context, waited: !prefersAsync(request.headers.get("prefer")) });
    } catch (error) {
      if (error instanceof Problem) tally[resultOf(error)]++;
      throw error;
    } finally {
      tally.durations.observe((performance.now() - startedAt) / 1_000);
    }
  };

  async function answer(asked: Asked): Promise<Response> {
    const { request, topic, context } = asked;
    switch (formOf(request.headers.get("content-type"))) {
      case "json": {
        const value = parseJson(textOf(await readBody(request, body)));
        return Array.isArray(value)
          ? await batch(asked, value)
          : await single(asked, eventOfJson(topic, value, context));
      }
      case "avro": {
        const checked = await avro.check(topic, await readBody(request, body), request.headers.get("schema-id"));
        return await single(asked, eventOf(topic, checked, context));
      }
      case "ndjson":
        return await lines(asked);
    }
  }

  async function single({ topic, waited }: Asked, event: CheckedEvent): Promise<Response> {
    if (!producer.available()) throw outcomes.unavailable();
    tallies.topic(topic.name).batches.observe(1);
    return waited
      ? new Response(await store.one(event), JSON_HEADERS)
      : new Response(await store.oneUnwaited(event), ACCEPTED_HEADERS);
  }

  async function batch({ topic, context, waited }: Asked, values: readonly unknown[]): Promise<Response> {
    assertNoId(context);
    if (values.length > limits.batchEventsMax) throw tooMany(limits.batchEventsMax);
    const tally = tallies.topic(topic.name);
    tally.batches.observe(values.length);
    const results = new BatchResults(tally, { waited });
    const finish = send(
      values.map((value) => check(() => eventOfJson(topic, value, context))),
      waited,
      results,
    );
    await finish();
    return results.response();
  }

  async function lines(asked: Asked): Promise<Response> {
    assertNoId(asked.context);
    if (!producer.available()) throw outcomes.unavailable();
    const tally = tallies.topic(asked.topic.name);
    if (asked.request.headers.get("accept")?.includes("ndjson")) {
      const results = new StreamedResults(tally, asked);
      const reading = read(asked, results, Number.POSITIVE_INFINITY).finally(() => {
        results.end();
        tally.batches.observe(results.length);
      });
      parts.follow(reading);
      // The answer begins before the outcome of any event is known.
      return new Response(results.body, { status: 207, headers: { "content-type": "application/x-ndjson" } });
    }
    const results = new BatchResults(tally, asked);
    await read(asked, results, limits.batchEventsMax);
    tally.batches.observe(results.length);
    return results.response();
  }

  function read({ request, topic, context, waited }: Asked, results: Results, eventsMax: number): Promise<void> {
    return readLines({
      pieces: bodyPieces(request, deadlines),
      lineBytesMax: limits.bodyBytesMax,
      eventsMax,
      inFlightMax: limits.linesInFlightMax,
      check: (line) => check(() => eventOfJson(topic, parseJson(textOf(line, "line"), "line"), context)),
      send: (checked) => send(checked, waited, results),
      results,
    });
  }

  /** Sends what can be sent; what it returns adds the results. Once Kafka is known to be away, nothing waits for it. */
  function send(checked: readonly Checked[], waited: boolean, results: Results): () => Promise<void> {
    const sent = producer.available()
      ? checked
      : checked.map((one) => (one instanceof Problem ? one : outcomes.unavailable()));
    return waited ? store.all(sent, results) : store.allUnwaited(sent, results);
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
