import { describe, expect, test } from "bun:test";
import { KafkaError } from "../../../src/kafka/index.ts";
import { bodyOf, ORDER, openApi } from "../open-api.ts";

const order = (number: number) => ({ ...ORDER, order_id: `ord-${number}` });
const orders = (count: number) => Array.from({ length: count }, (_, number) => order(number));

describe("a batch", () => {
  test("is answered with a receipt for each event, in their order", async () => {
    const api = await openApi();
    const response = await api.post(JSON.stringify(orders(3)));
    expect(response.status).toBe(200);
    expect(await bodyOf(response)).toMatchObject({
      stored: 3,
      failed: 0,
      results: [{ offset: "0" }, { offset: "1" }, { offset: "2" }],
    });
    expect(api.producer.records.map(({ key }) => key)).toEqual(["ord-0", "ord-1", "ord-2"]);
  });

  test("of 10,000 with 3 wrong is answered 207 with exactly these 3", async () => {
    const api = await openApi();
    const wrong = [17, 5_000, 9_999];
    const events = orders(10_000).map((one, index) => (wrong.includes(index) ? { ...one, total_cents: "much" } : one));
    const response = await api.post(JSON.stringify(events));
    expect(response.status).toBe(207);
    const { stored, failed, results } = await bodyOf(response);
    expect({ stored, failed }).toEqual({ stored: 9_997, failed: 3 });
    expect(Array.isArray(results) && results.length).toBe(10_000);
    const problems = (results as Record<string, unknown>[]).filter((result) => "type" in result); // an array: asserted above
    expect(problems).toMatchObject(
      wrong.map((index) => ({
        index,
        type: "urn:sluice:problem:invalid-event",
        status: 422,
        retryable: false,
        errors: [{ pointer: "/total_cents" }],
      })),
    );
    expect(api.producer.records).toHaveLength(9_997);
  });

  test("of which all are wrong is refused as a whole, with each reason", async () => {
    const api = await openApi();
    const response = await api.post(JSON.stringify([{}, 1, null, []]));
    expect(response.status).toBe(422);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await bodyOf(response)).toMatchObject({
      type: "urn:sluice:problem:invalid-batch",
      stored: 0,
      failed: 4,
      results: [{ index: 0 }, { index: 1 }, { index: 2 }, { index: 3 }],
    });
  });

  test("lists the errors of its first 1,000 wrong events; the others keep their detail", async () => {
    const api = await openApi();
    const response = await api.post(JSON.stringify([order(0), ...Array(9_999).fill({ total_cents: "much" })]));
    expect(response.status).toBe(207);
    const text = await response.text();
    // Without the limit it would be 17 MB.
    expect(text.length).toBeLessThan(8_000_000);
    const { failed, results } = JSON.parse(text);
    expect(failed).toBe(9_999);
    expect(results.map((result: { index?: number }) => result.index ?? 0)).toEqual([...Array(10_000).keys()]);
    const listed = results.flatMap((result: { errors?: unknown }, index: number) =>
      "errors" in result ? [index] : [],
    );
    expect(listed).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1));
    expect(results[9_999].detail).toBe(results[1].detail);
  });

  test("of nothing stores nothing", async () => {
    const api = await openApi();
    const response = await api.post("[]");
    expect(response.status).toBe(200);
    expect(await bodyOf(response)).toEqual({ stored: 0, failed: 0, results: [] });
  });

  test("with more events than the limit is refused before any is stored", async () => {
    const api = await openApi({ limits: { batchEventsMax: 2 } });
    const response = await api.post(JSON.stringify(orders(3)));
    expect(response.status).toBe(413);
    expect((await bodyOf(response)).type).toBe("urn:sluice:problem:too-many-events");
    expect(api.producer.records).toBeEmpty();
  });

  test("of more than one event where one is the limit is told so in the singular", async () => {
    const api = await openApi({ limits: { batchEventsMax: 1 } });
    expect((await bodyOf(await api.post(JSON.stringify(orders(2))))).detail).toStartWith(
      "a request has 1 event at most",
    );
  });

  test("tells of each event what became of it, and whether to send it again", async () => {
    const api = await openApi();
    api.producer.fate = ({ key }) => {
      if (key === "ord-1") return { status: "unknown", error: new KafkaError("OUTCOME_UNKNOWN", "late") };
      if (key === "ord-2") return { status: "failed", retryable: true, error: new KafkaError("UNAVAILABLE", "away") };
      if (key === "ord-3") {
        return { status: "failed", retryable: false, error: new KafkaError("TOPIC_AUTHORIZATION_FAILED", "no") };
      }
      return undefined;
    };
    const response = await api.post(JSON.stringify(orders(4)));
    expect(response.status).toBe(207);
    expect(await bodyOf(response)).toMatchObject({
      stored: 1,
      failed: 3,
      results: [
        { offset: "0" },
        { index: 1, status: 504, retryable: true },
        { index: 2, status: 503, retryable: true, retryAfter: 1 },
        { index: 3, status: 502, retryable: false },
      ],
    });
  });

  test("of which nothing is stored, for reasons with different statuses, is answered 207", async () => {
    const api = await openApi();
    api.producer.fate = () => ({ status: "unknown", error: new KafkaError("OUTCOME_UNKNOWN", "late") });
    const response = await api.post(JSON.stringify([order(1), {}]));
    expect(response.status).toBe(207);
    expect(await bodyOf(response)).toMatchObject({ stored: 0, failed: 2 });
  });

  test("is answered 503 with Retry-After while Kafka is away", async () => {
    const api = await openApi();
    api.producer.reachable = false;
    const response = await api.post(JSON.stringify(orders(2)));
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("1");
    expect(api.producer.records).toBeEmpty();
  });
});
