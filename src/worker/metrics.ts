import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { Emit, Events } from "../events.ts";
import type { PartitionLag } from "../kafka/index.ts";
import { createDurationsMetric, Durations } from "./durations.ts";

/** What has happened to the events of one topic. Plain numbers: they are added to far more often than asked for. */
export interface TopicCounts {
  readonly durations: Durations;
  failed: number;
  retried: number;
  dead: number;
  repeated: number;
}

export interface WorkerMetrics {
  topic(name: string): TopicCounts;
  /** The Prometheus text. */
  text(): Promise<string>;
  readonly contentType: string;
  /** Counts what passes through on its way to `emit`. */
  listen(emit: Emit): Emit;
}

/** Every metric of a worker apart from the durations. The README's table is printed from it. */
export const WORKER_METRICS = {
  handled: { name: "sluice_worker_handled_total", help: "Events that are through: handled or dead-lettered." },
  failed: { name: "sluice_worker_failed_total", help: "Attempts that failed." },
  retried: { name: "sluice_worker_retried_total", help: "Attempts after the first." },
  dead: { name: "sluice_worker_dead_lettered_total", help: "Events stored in the dead-letter topic." },
  repeated: {
    name: "sluice_worker_repeated_total",
    help: "Events that came again after their transaction was committed.",
  },
  duration: {
    name: "sluice_worker_duration_seconds",
    help: "From an event's turn until it is through, retries included.",
  },
  lag: { name: "sluice_worker_lag", help: "Records behind the end of the partition." },
  assigned: { name: "sluice_worker_assigned_partitions", help: "Partitions that this process has." },
} as const;

/** Builds a worker's metrics. `lag` is asked when they are read. */
export function createWorkerMetrics(group: string, topics: readonly string[], lag: () => readonly PartitionLag[]) {
  const registry = new Registry();
  registry.setDefaultLabels({ group });
  collectDefaultMetrics({ register: registry });
  // All topics from the start: a counter that appears with its first failure hides that failure from rate().
  const counts = new Map<string, TopicCounts>(topics.map((topic) => [topic, noCounts()]));
  const registers = [registry];

  for (const kind of ["failed", "retried", "dead", "repeated"] as const) {
    new Counter({
      ...WORKER_METRICS[kind],
      labelNames: ["topic"],
      registers,
      collect() {
        this.reset();
        for (const [topic, count] of counts) this.inc({ topic }, count[kind]);
      },
    });
  }
  new Counter({
    ...WORKER_METRICS.handled,
    labelNames: ["topic"],
    registers,
    collect() {
      this.reset();
      for (const [topic, { durations }] of counts) this.inc({ topic }, durations.count);
    },
  });
  createDurationsMetric(registry, WORKER_METRICS.duration, () =>
    [...counts].map(([topic, { durations }]) => ({ topic, durations })),
  );
  new Gauge({
    ...WORKER_METRICS.lag,
    labelNames: ["topic", "partition"],
    registers,
    collect() {
      this.reset();
      for (const { topic, partition, lag: behind } of lag()) {
        // Not known yet is not 0.
        if (behind !== undefined) this.set({ topic, partition }, Number(behind));
      }
    },
  });
  new Gauge({
    ...WORKER_METRICS.assigned,
    registers,
    collect() {
      this.set(lag().length);
    },
  });

  const topic = (name: string): TopicCounts => {
    const known = counts.get(name) ?? noCounts();
    counts.set(name, known);
    return known;
  };
  return {
    topic,
    text: () => registry.metrics(),
    contentType: registry.contentType,
    listen:
      (emit: Emit): Emit =>
      (name, detail) => {
        count(topic, name, detail);
        emit(name, detail);
      },
  } satisfies WorkerMetrics;
}

function count<Name extends keyof Events>(topic: WorkerMetrics["topic"], name: Name, detail: Events[Name]): void {
  if (!("topic" in detail)) return;
  const counts = topic(detail.topic);
  if (name === "worker.event.failed") {
    counts.failed++;
    counts.retried++;
  } else if (name === "worker.event.dead") {
    if ("attempts" in detail && detail.attempts > 0) counts.failed++;
    counts.dead++;
  } else if (name === "worker.event.repeated") {
    counts.repeated++;
  }
}

function noCounts(): TopicCounts {
  return { durations: new Durations(), failed: 0, retried: 0, dead: 0, repeated: 0 };
}
