import type { Metric, Registry } from "prom-client";

/** Upper bounds of the buckets, in seconds. */
export const BUCKETS_SECONDS = [
  0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
] as const;

const BUCKETS_MS = BUCKETS_SECONDS.map((seconds) => seconds * 1_000);

/** A histogram of durations; prom-client's own looks its labels up for each value, which would be most of a fast event. */
export class Durations {
  readonly buckets = new Float64Array(BUCKETS_MS.length + 1);
  count = 0;
  sumMs = 0;

  observe(ms: number): void {
    let bucket = 0;
    while (bucket < BUCKETS_MS.length && ms > (BUCKETS_MS[bucket] ?? 0)) bucket++;
    this.buckets[bucket] = (this.buckets[bucket] ?? 0) + 1;
    this.count++;
    this.sumMs += ms;
  }
}

interface Value {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** Lets the registry print the durations as one histogram with a label `topic`. */
export function createDurationsMetric(
  registry: Registry,
  { name, help }: { name: string; help: string },
  all: () => readonly { topic: string; durations: Durations }[],
): void {
  const metric = {
    name,
    help,
    type: "histogram",
    aggregator: "sum",
    get: async () => ({
      name,
      help,
      type: "histogram",
      aggregator: "sum",
      values: all().flatMap((one) => values(name, one)),
    }),
    reset: () => {},
  };
  // A registry asks a metric for its name and its values; the rest of the class is about counting.
  registry.registerMetric(metric as unknown as Metric);
}

function values(name: string, { topic, durations }: { topic: string; durations: Durations }): Value[] {
  let sum = 0;
  const buckets = [...BUCKETS_SECONDS, "+Inf"].map((le, index) => {
    sum += durations.buckets[index] ?? 0;
    return { metricName: `${name}_bucket`, labels: { topic, le }, value: sum };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels: { topic }, value: durations.sumMs / 1_000 },
    { metricName: `${name}_count`, labels: { topic }, value: durations.count },
  ];
}
