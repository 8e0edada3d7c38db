import { KafkaError, type KafkaErrorKind } from "../errors.ts";

const RETRY_MS = 100;
const RETRY_MS_MAX = 1_000;

/**
 * Does the work again after errors that pass by themselves, until the time is over. `except` names those that are an
 * answer here.
 */
export async function retried<T>(
  work: () => Promise<T>,
  { timeoutMs, except = [] }: { readonly timeoutMs: number; readonly except?: readonly KafkaErrorKind[] },
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (let waitMs = RETRY_MS; ; waitMs = Math.min(2 * waitMs, RETRY_MS_MAX)) {
    try {
      return await work();
    } catch (error) {
      const passing = error instanceof KafkaError && error.retriable && error.kind !== "CLOSED";
      if (!passing || except.includes(error.kind) || performance.now() + waitMs > deadline) throw error;
      await Bun.sleep(waitMs);
    }
  }
}
