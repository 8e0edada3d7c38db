import type { Emit, Events } from "../events.ts";
import type { PartitionLag } from "../kafka/index.ts";
import { Durations } from "./durations.ts";
import type { Exposition } from "./exposition.ts";

/** What has happened to the events of one topic. Plain numbers: they are added to far more often than asked for. */
export interface TopicCounts {
  readonly durations: Durations;
  failed: number;
  retried: number;
  dead: number;
  repeated: number;
  missed: number;
}

export interface WorkerMetrics {
  topic(name: string): TopicCounts;
  /** What Prometheus scrapes. */
  exposition(): Promise<Exposition>;
  /** Counts what passes through on its way to `emit`. */
  listen(emit: Emit): Emit;
}

/** Every metric of a worker apart from the durations. The README's table is printed from it. */
export const WORKER_METRICS = {
  handled: {
    name: "sluice_worker_handled_total",
    labels: ["topic"],
    help: "Events that are through: handled or dead-lettered.",
  },
  failed: { name: "sluice_worker_failed_total", labels: ["topic"], help: "Attempts that failed." },
  retried: { name: "sluice_worker_retried_total", labels: ["topic"], help: "Attempts after the first." },
  dead: {
    name: "sluice_worker_dead_lettered_total",
    labels: ["topic"],
    help: "Events stored in the dead-letter topic.",
  },
  repeated: {
    name: "sluice_worker_repeated_total",
    labels: ["topic"],
    help: "Events that came again after their transaction was committed.",
  },
  missed: {
    name: "sluice_worker_missed_total",
    labels: ["topic"],
    help: "Records that Kafka deleted before the group had read them.",
  },
  duration: {
    name: "sluice_worker_duration_seconds",
    labels: ["topic"],
    help: "Histogram: from an event's turn until it is through, retries included.",
  },
  lag: { name: "sluice_worker_lag", labels: ["topic", "partition"], help: "Records behind the end of the partition." },
  assigned: { name: "sluice_worker_assigned_partitions", labels: [], help: "Partitions that this process has." },
} as const;

/** The metrics as the README's table. */
export function metricsTable(): string {
  const rows = Object.values(WORKER_METRICS).map(
    ({ name, labels, help }) => `| \`${name}\` | ${labels.join(", ")} | ${help} |`,
  );
  return ["| metric | labels | what it is |", "|---|---|---|", ...rows].join("\n");
}

/** Builds a worker's metrics. `lag` is asked when they are read. */
export function createWorkerMetrics(
  group: string,
  topics: readonly string[],
  lag: () => readonly PartitionLag[],
): WorkerMetrics {
  // All topics from the start: a counter that appears with its first failure hides that failure from rate().
  const counts = new Map<string, TopicCounts>(topics.map((name) => [name, noCounts()]));
  const topic = (name: string): TopicCounts => {
    const known = counts.get(name) ?? noCounts();
    counts.set(name, known);
    return known;
  };
  let exposing: Promise<() => Promise<Exposition>> | undefined;
  return {
    topic,
    async exposition() {
      // Prometheus's client takes longer to load than the rest of a worker, and many a worker is never scraped.
      exposing ??= import("./exposition.ts").then(({ exposeMetrics }) => exposeMetrics(group, counts, lag));
      return (await exposing)();
    },
    listen: (emit) => (name, detail) => {
      if ("topic" in detail) COUNTED[name]?.(topic(detail.topic), detail);
      emit(name, detail);
    },
  };
}

/** What each event of the log adds. */
const COUNTED: { readonly [Name in keyof Events]?: (counts: TopicCounts, detail: Events[Name]) => void } = {
  "worker.event.failed": (counts) => {
    counts.failed++;
    counts.retried++;
  },
  "worker.event.dead": (counts, { attempts }) => {
    // The last attempt; what no handler has seen had none.
    if (attempts > 0) counts.failed++;
    counts.dead++;
  },
  "worker.event.repeated": (counts) => {
    counts.repeated++;
  },
  "consumer.data_gap": (counts, { missing }) => {
    counts.missed += Number(missing);
  },
};

function noCounts(): TopicCounts {
  return { durations: new Durations(), failed: 0, retried: 0, dead: 0, repeated: 0, missed: 0 };
}
