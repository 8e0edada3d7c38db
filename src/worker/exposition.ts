import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { PartitionLag } from "../kafka/index.ts";
import { createDurationsMetric } from "./durations.ts";
import { type TopicCounts, WORKER_METRICS } from "./metrics.ts";

/** The metrics as Prometheus reads them. */
export interface Exposition {
  readonly text: string;
  readonly contentType: string;
}

/** Puts a worker's counts into Prometheus's words. Numbers are gathered each time they are asked for. */
export function exposeMetrics(
  group: string,
  counts: ReadonlyMap<string, TopicCounts>,
  lag: () => readonly PartitionLag[],
): () => Promise<Exposition> {
  const registry = new Registry();
  registry.setDefaultLabels({ group });
  collectDefaultMetrics({ register: registry });
  registerCounters(registry, counts);
  registerGauges(registry, lag);
  return async () => ({ text: await registry.metrics(), contentType: registry.contentType });
}

function registerCounters(registry: Registry, counts: ReadonlyMap<string, TopicCounts>): void {
  const counter = (kind: keyof typeof WORKER_METRICS, countOf: (one: TopicCounts) => number) =>
    new Counter({
      ...described(kind),
      registers: [registry],
      collect() {
        this.reset();
        for (const [topic, one] of counts) this.inc({ topic }, countOf(one));
      },
    });
  counter("handled", ({ durations }) => durations.count);
  counter("failed", ({ failed }) => failed);
  counter("retried", ({ retried }) => retried);
  counter("dead", ({ dead }) => dead);
  counter("repeated", ({ repeated }) => repeated);
  counter("missed", ({ missed }) => missed);
  createDurationsMetric(registry, WORKER_METRICS.duration, () =>
    [...counts].map(([topic, { durations }]) => ({ topic, durations })),
  );
}

function registerGauges(registry: Registry, lag: () => readonly PartitionLag[]): void {
  new Gauge({
    ...described("lag"),
    registers: [registry],
    collect() {
      this.reset();
      for (const { topic, partition, lag: behind } of lag()) {
        // Not known yet is not 0.
        if (behind !== undefined) this.set({ topic, partition }, Number(behind));
      }
    },
  });
  new Gauge({
    ...described("assigned"),
    registers: [registry],
    collect() {
      this.set(lag().length);
    },
  });
}

function described(kind: keyof typeof WORKER_METRICS): { name: string; help: string; labelNames: string[] } {
  const { name, help, labels } = WORKER_METRICS[kind];
  return { name, help, labelNames: [...labels] };
}
