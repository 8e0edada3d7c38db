import { Abandoned } from "./errors.ts";

/** Waits; rejects with Abandoned as soon as the signal is aborted. Handed in, so that tests need no time. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>;

export const wait: Wait = (ms, signal) =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new Abandoned("stopped before waiting"));
    const stop = () => {
      clearTimeout(timer);
      reject(new Abandoned("stopped while waiting"));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
  });

/** How long to wait after the n-th failure, 1 for the first: any time up to a bound that doubles ("full jitter"). */
export function backoffMs(
  failures: number,
  { delayMs, maxDelayMs }: { delayMs: number; maxDelayMs: number },
  random: () => number,
): number {
  return random() * Math.min(maxDelayMs, delayMs * 2 ** (failures - 1));
}
