import { Histogram } from "./histogram.ts";

/** What became of an event. */
export const RESULTS = {
  stored: "Kafka acknowledged it",
  accepted: "checked and answered with 202; counted again as what became of it",
  invalid: "refused: it does not fit its schema, or is not readable at all",
  failed: "certainly not stored",
  unknown: "may or may not be stored",
} as const;

export type Result = keyof typeof RESULTS;

/** What has happened to the events of one topic. Plain numbers: they are added to far more often than asked for. */
export interface TopicTally extends Record<Result, number> {
  /** Requests from their arrival to their answer, in seconds. */
  readonly durations: Histogram;
  /** Events in one request. */
  readonly batches: Histogram;
}

/** Everything the API counts by itself. */
export interface Tallies {
  topic(name: string): TopicTally;
  /** Counts for these topics too, from 0; what was counted stays. */
  serve(names: readonly string[]): void;
  readonly topics: ReadonlyMap<string, TopicTally>;
  /** Answers that were problems, by kind. */
  readonly problems: Map<string, number>;
  /** Records in one produce request. */
  readonly produced: Histogram;
  problem(kind: string): void;
}

export const DURATION_BUCKETS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
] as const;
export const SIZE_BUCKETS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000] as const;

/** All topics are there from the start: a counter that appears with its first failure hides that failure from rate(). */
export function createTallies(names: readonly string[]): Tallies {
  const topics = new Map(names.map((name) => [name, emptyTally()]));
  const problems = new Map<string, number>();
  return {
    topics,
    problems,
    produced: new Histogram(SIZE_BUCKETS),
    topic(name) {
      const tally = topics.get(name);
      if (tally === undefined) throw new TypeError(`${name} is not served`);
      return tally;
    },
    serve(names) {
      for (const name of names) if (!topics.has(name)) topics.set(name, emptyTally());
    },
    problem(kind) {
      problems.set(kind, (problems.get(kind) ?? 0) + 1);
    },
  };
}

function emptyTally(): TopicTally {
  return {
    stored: 0,
    accepted: 0,
    invalid: 0,
    failed: 0,
    unknown: 0,
    durations: new Histogram(DURATION_BUCKETS),
    batches: new Histogram(SIZE_BUCKETS),
  };
}
