import { Counter, collectDefaultMetrics, Gauge, type Metric, Registry } from "prom-client";
import type { Producer } from "../../kafka/index.ts";
import type { Histogram } from "./histogram.ts";
import { RESULTS, type Result, type Tallies } from "./tallies.ts";

/** Every metric of the API. The README's table is printed from it. */
export const METRICS = {
  events: { name: "sluice_api_events_total", help: "Events by topic and result." },
  duration: { name: "sluice_api_request_duration_seconds", help: "From a request's arrival to its answer, by topic." },
  batch: { name: "sluice_api_request_events", help: "Events in one request, by topic." },
  problems: { name: "sluice_api_problems_total", help: "Answers that were problems, by kind." },
  inFlight: { name: "sluice_api_requests_in_flight", help: "Requests with events that are not answered yet." },
  queuedRecords: { name: "sluice_producer_queued_records", help: "Records that wait for Kafka or are on their way." },
  queuedBytes: { name: "sluice_producer_queued_bytes", help: "The same in bytes." },
  produceRequests: { name: "sluice_producer_requests_in_flight", help: "Produce requests that are not answered yet." },
  produced: { name: "sluice_producer_request_records", help: "Records in one produce request." },
  available: { name: "sluice_kafka_available", help: "1 while Kafka answers." },
} as const;

export interface MetricsParts {
  readonly tallies: Tallies;
  readonly producer: Producer;
  readonly requestsInFlight: () => number;
}

/** Builds the registry of everything that `/metrics` prints. Numbers are gathered when they are asked for. */
export function createMetrics({ tallies, producer, requestsInFlight }: MetricsParts): Registry {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  countEvents(registry, tallies);
  histogram(registry, METRICS.duration, () => byTopic(tallies, "durations"));
  histogram(registry, METRICS.batch, () => byTopic(tallies, "batches"));
  histogram(registry, METRICS.produced, () => [{ labels: {}, histogram: tallies.produced }]);
  new Counter({
    ...METRICS.problems,
    labelNames: ["problem"],
    registers,
    collect() {
      this.reset();
      for (const [problem, count] of tallies.problems) this.inc({ problem }, count);
    },
  });
  gauge(registry, METRICS.inFlight, requestsInFlight);
  gauge(registry, METRICS.queuedRecords, () => producer.stats().queuedRecords);
  gauge(registry, METRICS.queuedBytes, () => producer.stats().queuedBytes);
  gauge(registry, METRICS.produceRequests, () => producer.stats().inFlightRequests);
  gauge(registry, METRICS.available, () => Number(producer.available()));
  return registry;
}

/** The metrics as the README's table. */
export function metricsTable(): string {
  const rows = Object.values(METRICS).map(({ name, help }) => `| \`${name}\` | ${help} |`);
  return ["| metric | what it says |", "|---|---|", ...rows].join("\n");
}

/** What `result` may be, as the README's table. */
export function resultsTable(): string {
  const rows = Object.entries(RESULTS).map(([result, meaning]) => `| \`${result}\` | ${meaning} |`);
  return ["| result | the event |", "|---|---|", ...rows].join("\n");
}

function countEvents(registry: Registry, tallies: Tallies): void {
  // Object.keys forgets that its names are the table's own.
  const results = Object.keys(RESULTS) as Result[];
  new Counter({
    ...METRICS.events,
    labelNames: ["topic", "result"],
    registers: [registry],
    collect() {
      this.reset();
      for (const [topic, tally] of tallies.topics) {
        for (const result of results) this.inc({ topic, result }, tally[result]);
      }
    },
  });
}

function gauge(registry: Registry, metric: { name: string; help: string }, value: () => number): void {
  new Gauge({
    ...metric,
    registers: [registry],
    collect() {
      this.set(value());
    },
  });
}

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly histogram: Histogram;
}

function byTopic({ topics }: Tallies, which: "durations" | "batches"): Series[] {
  return [...topics].map(([topic, tally]) => ({ labels: { topic }, histogram: tally[which] }));
}

function histogram(registry: Registry, { name, help }: { name: string; help: string }, all: () => Series[]): void {
  const described = { name, help, type: "histogram", aggregator: "sum" };
  const metric = {
    ...described,
    get: async () => ({ ...described, values: all().flatMap((series) => valuesOf(name, series)) }),
    reset: () => {},
  };
  // A registry asks a metric for its name and its values; the rest of prom-client's class is about counting.
  registry.registerMetric(metric as unknown as Metric);
}

function valuesOf(name: string, { labels, histogram }: Series) {
  const buckets = histogram
    .cumulative()
    .map(([le, value]) => ({ metricName: `${name}_bucket`, labels: { ...labels, le }, value }));
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: histogram.sum },
    { metricName: `${name}_count`, labels, value: histogram.count },
  ];
}
