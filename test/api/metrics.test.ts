import { describe, expect, test } from "bun:test";
import { Histogram } from "../../src/api/metrics/histogram.ts";
import { KafkaError } from "../../src/kafka/index.ts";
import { ORDER, ORDERS, openApi } from "./open-api.ts";

const sampleOf = (text: string, series: string) =>
  Number(
    text
      .split("\n")
      .find((line) => line.startsWith(`${series} `))
      ?.slice(series.length + 1),
  );

describe("metrics", () => {
  test("count events by topic and result", async () => {
    const api = await openApi();
    await api.post(JSON.stringify([ORDER, ORDER, {}]));
    await api.post(JSON.stringify(ORDER));
    await api.post("{");
    await api.post(JSON.stringify(ORDER), { prefer: "respond-async" });
    api.producer.fate = () => ({ status: "unknown", error: new KafkaError("OUTCOME_UNKNOWN", "late") });
    await api.post(JSON.stringify(ORDER));
    api.producer.reachable = false;
    await api.post(JSON.stringify([ORDER, ORDER]));
    const text = await (await api.ask("/metrics")).text();
    const events = (result: string) => sampleOf(text, `sluice_api_events_total{topic="${ORDERS}",result="${result}"}`);
    expect([events("stored"), events("accepted"), events("invalid"), events("unknown"), events("failed")]).toEqual([
      4, 1, 2, 1, 2,
    ]);
  });

  test("show latency and batch sizes for each topic", async () => {
    const api = await openApi();
    await api.post(JSON.stringify([ORDER, ORDER, ORDER]));
    const text = await (await api.ask("/metrics")).text();
    expect(sampleOf(text, `sluice_api_request_duration_seconds_count{topic="${ORDERS}"}`)).toBe(1);
    expect(sampleOf(text, `sluice_api_request_events_bucket{topic="${ORDERS}",le="2"}`)).toBe(0);
    expect(sampleOf(text, `sluice_api_request_events_bucket{topic="${ORDERS}",le="5"}`)).toBe(1);
    expect(sampleOf(text, `sluice_api_request_events_sum{topic="${ORDERS}"}`)).toBe(3);
  });

  test("show the producer's queue, whether Kafka answers, the problems, and the process", async () => {
    const api = await openApi();
    api.producer.queued = { queuedRecords: 12, queuedBytes: 3_400, inFlightRequests: 1 };
    await api.post("{");
    const text = await (await api.ask("/metrics")).text();
    expect(sampleOf(text, "sluice_producer_queued_records")).toBe(12);
    expect(sampleOf(text, "sluice_producer_queued_bytes")).toBe(3_400);
    expect(sampleOf(text, "sluice_kafka_available")).toBe(1);
    expect(sampleOf(text, 'sluice_api_problems_total{problem="MALFORMED_JSON"}')).toBe(1);
    expect(sampleOf(text, "process_resident_memory_bytes")).toBeGreaterThan(10_000_000);
  });

  test("are there at 0 before the first event", async () => {
    const text = await (await (await openApi()).ask("/metrics")).text();
    expect(sampleOf(text, `sluice_api_events_total{topic="${ORDERS}",result="failed"}`)).toBe(0);
  });
});

test("a histogram counts a value at a bound under that bound, and each value under all larger ones", () => {
  const histogram = new Histogram([1, 2]);
  for (const value of [0.5, 1, 1.5, 2, 3]) histogram.observe(value);
  expect(histogram.cumulative()).toEqual([
    [1, 2],
    [2, 4],
    ["+Inf", 5],
  ]);
  expect(histogram).toMatchObject({ count: 5, sum: 8 });
});
