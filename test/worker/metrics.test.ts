import { expect, test } from "bun:test";
import { createWorkerMetrics, metricsTable, WORKER_METRICS } from "../../src/worker/metrics.ts";
import { expectPrinted } from "../support/page.ts";

const where = { group: "g", topic: "t", partition: 0, offset: 1n };

test("durations are printed as a Prometheus histogram: cumulative buckets, sum and count", async () => {
  const metrics = createWorkerMetrics("g", ["t"], () => []);
  for (const ms of [0.05, 0.1, 3, 70_000.85]) metrics.topic("t").durations.observe(ms);
  const { text } = await metrics.exposition();
  const bucket = (le: string) => new RegExp(`_bucket\\{topic="t",le="${le}",group="g"\\} (\\d+)`).exec(text)?.[1];
  expect(["0.0001", "0.0025", "0.005", "60", "\\+Inf"].map(bucket)).toEqual(["2", "2", "3", "3", "4"]);
  expect(text).toContain(`${WORKER_METRICS.duration.name}_sum{topic="t",group="g"} 70.004`);
  expect(text).toContain(`${WORKER_METRICS.duration.name}_count{topic="t",group="g"} 4`);
  expect(text).toContain(`# TYPE ${WORKER_METRICS.duration.name} histogram`);
});

test("what is told is counted, and told on", async () => {
  const told: string[] = [];
  const metrics = createWorkerMetrics("g", ["t", "quiet"], () => [
    { topic: "t", partition: 4, position: 1n, committed: 1n, highWatermark: 8n, lag: 7n, paused: false },
    { topic: "t", partition: 5, position: 1n, committed: 1n, highWatermark: undefined, lag: undefined, paused: false },
  ]);
  const emit = metrics.listen((name) => told.push(name));
  const error = new Error("no");
  emit("worker.event.failed", { ...where, attempt: 1, outage: false, delayMs: 1, error });
  emit("worker.event.failed", { ...where, attempt: 2, outage: false, delayMs: 1, error });
  emit("worker.event.dead", { ...where, to: "dlt", attempts: 3, error });
  emit("worker.event.dead", { ...where, to: "dlt", attempts: 0, error });
  emit("worker.event.repeated", { ...where, id: "1" });
  emit("consumer.data_gap", {
    group: "g",
    topic: "t",
    partition: 0,
    expected: 1n,
    earliest: 6n,
    latest: 9n,
    missing: 5n,
  });
  expect(told).toHaveLength(6);
  const { text } = await metrics.exposition();
  for (const line of [
    `failed_total{topic="t",group="g"} 3`,
    `retried_total{topic="t",group="g"} 2`,
    `dead_lettered_total{topic="t",group="g"} 2`,
    `repeated_total{topic="t",group="g"} 1`,
    `missed_total{topic="t",group="g"} 5`,
    `failed_total{topic="quiet",group="g"} 0`,
    `lag{topic="t",partition="4",group="g"} 7`,
    `assigned_partitions{group="g"} 2`,
  ]) {
    expect(text).toContain(`sluice_worker_${line}`);
  }
  expect(text).not.toContain(`partition="5"`);
});

test("the README lists exactly the metrics there are", async () => {
  await expectPrinted("src/worker/README.md", "metrics", metricsTable());
  const { text } = await createWorkerMetrics("g", ["t"], () => []).exposition();
  const printed = new Set([...text.matchAll(/^# TYPE (sluice_\S+)/gm)].map(([, name]) => name));
  expect(printed).toEqual(new Set(Object.values(WORKER_METRICS).map(({ name }) => name)));
});
