import { Problem } from "../problems.ts";

/** Ends waits that take too long, with one timer for all of them: a timer per request would cost more than its event. */
export interface Deadlines extends Disposable {
  /** The promise's own outcome, or BODY_TIMEOUT after `timeoutMs`. */
  within<T>(promise: Promise<T>): Promise<T>;
}

interface Wait {
  readonly until: number;
  readonly give: (problem: Problem) => void;
}

const SWEEPS_PER_TIMEOUT = 20;

export function createDeadlines(timeoutMs: number): Deadlines {
  // In the order of their ends, since each has the same time: a sweep stops at the first that has some left.
  const waits = new Set<Wait>();
  let timer: Timer | undefined;

  const sweep = () => {
    const now = performance.now();
    for (const wait of waits) {
      if (wait.until > now) break;
      waits.delete(wait);
      wait.give(timedOut(timeoutMs));
    }
    if (waits.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };

  return {
    within<T>(promise: Promise<T>) {
      return new Promise<T>((resolve, reject) => {
        const wait: Wait = { until: performance.now() + timeoutMs, give: reject };
        waits.add(wait);
        timer ??= setInterval(sweep, Math.max(1, timeoutMs / SWEEPS_PER_TIMEOUT));
        promise.then(
          (value) => {
            waits.delete(wait);
            resolve(value);
          },
          (error: unknown) => {
            waits.delete(wait);
            reject(error);
          },
        );
      });
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      waits.clear();
    },
  };
}

function timedOut(timeoutMs: number): Problem {
  return new Problem("BODY_TIMEOUT", `the body, or its next piece, did not come within ${timeoutMs} ms`, {
    // What still comes would be read as the next request.
    headers: { connection: "close" },
  });
}
