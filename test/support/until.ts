/**
 * Waits until the condition holds, asking again every few milliseconds, and returns what it returned.
 * Throws after `timeoutMs` with `what`, and with the last error where the condition threw.
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  { timeoutMs = 10_000, everyMs = 20 }: { timeoutMs?: number; everyMs?: number } = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  while (performance.now() < deadline) {
    try {
      const answer = await condition();
      // Narrowing a generic by truthiness is beyond the compiler; the check beside it is what the type says.
      if (answer) return answer as NonNullable<Exclude<T, false>>;
    } catch (error) {
      cause = error;
    }
    await Bun.sleep(everyMs);
  }
  throw new Error(`not within ${timeoutMs} ms: ${what}`, { cause });
}
