/** Thrown by a handler: this event will never succeed. It goes to the dead-letter topic without another attempt. */
export class Rejected extends Error {
  override readonly name: string = "Rejected";
}

/** Nothing can read these bytes as an event of their topic: it goes to the dead-letter topic and no handler sees it. */
export class Undecodable extends Rejected {
  override readonly name = "Undecodable";
}

/**
 * Thrown by a handler: the event is fine, and something it needs is away. It waits and runs again until that is back,
 * without spending attempts; the other events of the partition wait as well.
 */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
}

/** An attempt took longer than the worker allows. */
export class TimedOut extends Error {
  override readonly name = "TimedOut";
}

/** The worker stops, or the partition is no longer its own, while an event waits: it is left for whoever reads it next. */
export class Abandoned extends Error {
  override readonly name = "Abandoned";
}

/** A worker that may not start, with every reason. */
export class WorkerRefused extends Error {
  override readonly name = "WorkerRefused";
  readonly problems: readonly string[];

  constructor(group: string, problems: readonly string[], options?: ErrorOptions) {
    super([`worker ${group} may not start:`, ...problems.map((problem) => `  ${problem}`)].join("\n"), options);
    this.problems = problems;
  }
}
