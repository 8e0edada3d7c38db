import { describe, expect, test } from "bun:test";
import { createRetryAfter } from "../../../src/api/events/retry-after.ts";
import { type Delivery, KafkaError, type KafkaErrorKind } from "../../../src/kafka/index.ts";
import { until } from "../../support/until.ts";
import { bodyOf, ORDER, ORDERS, openApi } from "../open-api.ts";

const failed = (kind: KafkaErrorKind, retryable: boolean): Delivery => ({
  status: "failed",
  retryable,
  error: new KafkaError(kind, "told by Kafka"),
});
const unknown: Delivery = { status: "unknown", error: new KafkaError("OUTCOME_UNKNOWN", "told by Kafka") };

describe("an event that is not stored", () => {
  test.each([
    ["UNAVAILABLE", 503, "kafka-unavailable", true],
    ["DELIVERY_TIMEOUT", 503, "kafka-unavailable", true],
    ["NOT_ENOUGH_REPLICAS", 503, "kafka-unavailable", true],
    ["QUEUE_FULL", 503, "queue-full", true],
    ["CLOSED", 503, "stopping", true],
    ["MESSAGE_TOO_LARGE", 413, "event-too-large", false],
    ["TOPIC_AUTHORIZATION_FAILED", 502, "kafka-refused", false],
  ] as const)("for %s is answered %i %s", async (kind, status, type, retryable) => {
    const api = await openApi();
    api.producer.fate = () => failed(kind, retryable);
    const response = await api.post(JSON.stringify(ORDER));
    expect(response.status).toBe(status);
    const problem = await bodyOf(response);
    expect(problem).toMatchObject({ type: `urn:sluice:problem:${type}`, status, retryable });
    expect(problem.detail).toContain("told by Kafka");
  });

  test("and may be stored all the same is answered 504, which says so", async () => {
    const api = await openApi();
    api.producer.fate = () => unknown;
    const response = await api.post(JSON.stringify(ORDER));
    expect(response.status).toBe(504);
    expect(await bodyOf(response)).toMatchObject({
      type: "urn:sluice:problem:outcome-unknown",
      title: expect.stringContaining("may or may not be stored"),
      retryable: true,
    });
  });

  test("is refused at once while Kafka is away", async () => {
    const api = await openApi();
    api.producer.reachable = false;
    const response = await api.post(JSON.stringify(ORDER));
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("1");
    expect((await bodyOf(response)).retryAfter).toBe(1);
  });

  test("because the producer broke its promise is answered 500, and told to the operator", async () => {
    const api = await openApi();
    api.producer.fate = () => {
      throw new Error("a secret of the inside");
    };
    const response = await api.post(JSON.stringify(ORDER));
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("secret");
    expect(api.told).toMatchObject([{ name: "api.failed" }]);
  });
});

describe("Prefer: respond-async", () => {
  const prefer = { prefer: "respond-async" };

  test("answers 202 before Kafka does, without a partition or an offset", async () => {
    const api = await openApi();
    const { promise, resolve } = Promise.withResolvers<Delivery>();
    api.producer.fate = () => promise;
    const response = await api.post(JSON.stringify(ORDER), prefer);
    expect(response.status).toBe(202);
    expect(response.headers.get("preference-applied")).toBe("respond-async");
    expect(await bodyOf(response)).toEqual({
      id: ORDER.event_id,
      topic: ORDERS,
      schemaId: 7,
      timestamp: ORDER.occurred_at,
    });
    resolve(unknown);
  });

  test("still checks the event", async () => {
    const api = await openApi();
    expect((await api.post("{}", prefer)).status).toBe(422);
  });

  test("still tells what is known at once", async () => {
    const api = await openApi();
    api.producer.fate = () => failed("QUEUE_FULL", true);
    expect((await api.post(JSON.stringify(ORDER), prefer)).status).toBe(503);
  });

  test("tells the operator of an event that was lost after its answer", async () => {
    const api = await openApi();
    const { promise, resolve } = Promise.withResolvers<Delivery>();
    api.producer.fate = () => promise;
    await api.post(JSON.stringify(ORDER), prefer);
    resolve(failed("DELIVERY_TIMEOUT", true));
    await until("the loss is told", () => api.told.length > 0);
    expect(api.told).toMatchObject([
      { name: "api.event.lost", detail: { topic: ORDERS, id: ORDER.event_id, outcome: "failed" } },
    ]);
  });

  test("counts accepted events of a batch instead of stored ones", async () => {
    const api = await openApi();
    const response = await api.post(JSON.stringify([ORDER, {}]), { prefer: "wait=10, Respond-Async" });
    expect(response.status).toBe(207);
    expect(await bodyOf(response)).toMatchObject({ accepted: 1, failed: 1, results: [{ schemaId: 7 }, { index: 1 }] });
    expect((await api.post(JSON.stringify([ORDER]), prefer)).status).toBe(202);
  });

  test.each([["respond-asynchronously"], ["handling=lenient"]])("%s is another preference", async (other) => {
    const api = await openApi();
    expect((await api.post(JSON.stringify(ORDER), { prefer: other })).status).toBe(200);
  });
});

describe("Retry-After", () => {
  test("grows with the time that Kafka is away, up to half a minute, and starts anew afterwards", () => {
    let now = 0;
    const retryAfter = createRetryAfter(() => now);
    const at = (ms: number) => {
      now = ms;
      return retryAfter.away();
    };
    expect([at(0), at(3_500), at(12_000), at(600_000)]).toEqual([1, 4, 12, 30]);
    retryAfter.stored(1);
    expect(at(700_000)).toBe(1);
  });

  test("of a full queue is the time in which it drains", () => {
    let now = 0;
    const retryAfter = createRetryAfter(() => now);
    for (; now <= 2_000; now += 100) retryAfter.stored(50);
    const stats = { queuedRecords: 5_000, queuedBytes: 0, inFlightRequests: 1 };
    expect(retryAfter.full(stats)).toBe(10);
    now += 60_000;
    expect(retryAfter.full(stats)).toBe(2);
  });
});
