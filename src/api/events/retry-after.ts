import type { ProducerStats } from "../../kafka/index.ts";

/** Knows when it is worth to come again. */
export interface RetryAfter {
  /** To be told of every stored event. */
  stored(events: number): void;
  /** To be told that Kafka could not be reached. Answers the seconds to wait. */
  away(): number;
  /** Seconds until the queue has drained at the rate of the last seconds. */
  full(stats: ProducerStats): number;
}

const SECONDS_MAX = 30;
const SAMPLE_MS = 2_000;

/** `now` in milliseconds. */
export function createRetryAfter(now: () => number = performance.now.bind(performance)): RetryAfter {
  let awaySince: number | undefined;
  let sample = { from: now(), events: 0 };
  let perSecond = 0;
  return {
    stored(events) {
      awaySince = undefined;
      sample.events += events;
      const tookMs = now() - sample.from;
      if (tookMs < SAMPLE_MS) return;
      perSecond = (sample.events * 1_000) / tookMs;
      sample = { from: now(), events: 0 };
    },
    away() {
      awaySince ??= now();
      // As long again as it has been away: callers come back seldom during a long outage, and soon after a short one.
      return bounded((now() - awaySince) / 1_000);
    },
    full({ queuedRecords }) {
      // Nothing was stored for a while: the last rate says nothing about the next seconds.
      const stale = now() - sample.from > 2 * SAMPLE_MS || perSecond === 0;
      return stale ? bounded(SAMPLE_MS / 1_000) : bounded(queuedRecords / perSecond);
    },
  };
}

function bounded(seconds: number): number {
  return Math.min(SECONDS_MAX, Math.max(1, Math.ceil(seconds)));
}
