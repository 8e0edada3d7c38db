/** Counts values in buckets. prom-client's own looks its labels up for each value, which an event per 30 µs notices. */
export class Histogram {
  readonly bounds: readonly number[];
  readonly #counts: Float64Array;
  count = 0;
  sum = 0;

  /** Bounds are upper ones, included, ascending. */
  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    let bucket = 0;
    while (bucket < this.bounds.length && value > (this.bounds[bucket] ?? 0)) bucket++;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.count++;
    this.sum += value;
  }

  /** How many values are at or under each bound, as Prometheus has it; the last entry is `+Inf`. */
  cumulative(): [le: number | "+Inf", count: number][] {
    let below = 0;
    return [...this.bounds, "+Inf" as const].map((le, bucket) => {
      below += this.#counts[bucket] ?? 0;
      return [le, below];
    });
  }
}
