import type { Failure } from "./door.ts";

/** When what failed is sent again: after a random time up to `delayMs`, doubled each time, and not before the door says. */
export interface RetryPolicy {
  /** How often it is sent at most, the first time included. */
  readonly attempts: number;
  readonly delayMs: number;
  /** Where the door asks for longer, it is not sent again. */
  readonly maxDelayMs: number;
}

export const RETRY: RetryPolicy = { attempts: 5, delayMs: 200, maxDelayMs: 30_000 };

/** The milliseconds until it may be sent again; undefined where it may not be. `attempt` is the one that failed, from 1 on. */
export function delayAfter(attempt: number, { retryAfterMs = 0 }: Pick<Failure, "retryAfterMs">, policy: RetryPolicy) {
  if (attempt >= policy.attempts || retryAfterMs > policy.maxDelayMs) return undefined;
  const most = Math.min(policy.maxDelayMs, policy.delayMs * 2 ** (attempt - 1));
  return Math.min(policy.maxDelayMs, retryAfterMs + Math.random() * most);
}

/**
 * Waits.
 * @throws the signal's reason where it aborts
 */
export async function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const abort = () => reject(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}
