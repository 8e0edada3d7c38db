/** Resolves after the time, or as soon as the signal aborts; then at once. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted || ms <= 0) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = ms === Number.POSITIVE_INFINITY ? undefined : setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}

/** Waits for the work, but not beyond the time, and not beyond the signal where one is given. Never rejects for either. */
export async function within(work: Promise<unknown>, ms: number, signal?: AbortSignal): Promise<void> {
  const over = new AbortController();
  const either = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
  try {
    await Promise.race([work, pause(ms, either)]);
  } finally {
    over.abort();
  }
}
