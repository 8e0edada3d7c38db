import { fence } from "./end.ts";
import { moved, type Step, type Transaction, type Turn, UNCHANGED } from "./state.ts";

/** A transactional id that nobody uses for a week is forgotten: Apache Kafka's default. */
export const IDLE_MS_MAX = 7 * 24 * 60 * 60 * 1000;

/** Aborts a transaction that has taken longer than its producer allowed, and lets go of an id that nobody uses. */
export function expire(transaction: Transaction, turn: Turn): Step {
  if (expiresAt(transaction) > turn.now) return UNCHANGED;
  if (transaction.state === "Ongoing") return { kind: "moved", to: fence(transaction, turn) };
  return { kind: "moved", to: moved(transaction, "Dead", {}, turn.now) };
}

/** When `expire` has something to do; never where that waits for something else. */
export function expiresAt({ state, startedAt, timeoutMs, updatedAt }: Transaction): number {
  switch (state) {
    case "Ongoing":
      return startedAt + timeoutMs;
    case "Empty":
    case "CompleteCommit":
    case "CompleteAbort":
      return updatedAt + IDLE_MS_MAX;
    default:
      return Number.POSITIVE_INFINITY;
  }
}
