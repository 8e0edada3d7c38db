import { TimedOut } from "../errors.ts";
import type { Middleware } from "../handle.ts";

export interface TimeoutOptions {
  readonly ms: number;
  /** Calls back after the time; answers how to call it off. */
  readonly after?: (ms: number, call: () => void) => () => void;
}

/**
 * Ends an attempt that takes too long: its signal is aborted, and it counts as failed. A handler that returns without a
 * promise is through before any clock could be read, so it gets no timer.
 */
export const timeout =
  ({ ms, after = timer }: TimeoutOptions): Middleware =>
  (next) =>
  (event, context) => {
    const pending = next(event, context);
    if (pending === undefined) return undefined;
    return new Promise((resolve, reject) => {
      const callOff = after(ms, () => {
        const error = new TimedOut(`not done after ${ms} ms`);
        context.abort(error);
        reject(error);
      });
      pending.then(resolve, reject).finally(callOff);
    });
  };

function timer(ms: number, call: () => void): () => void {
  const id = setTimeout(call, ms);
  return () => clearTimeout(id);
}
