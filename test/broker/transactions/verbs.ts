import { addPartitions } from "../../../src/broker/transactions/add-partitions.ts";
import { completed, end } from "../../../src/broker/transactions/end.ts";
import {
  newTransaction,
  type Step,
  type Transaction,
  type TransactionState,
  type Turn,
} from "../../../src/broker/transactions/state.ts";

export const NOW = 1_000_000;
export const PARTITIONS = new Map([["orders", [0, 1]]]);

/** Producer ids count from 100; the transaction that the verbs begin with has 7. */
export function turn(now = NOW): Turn {
  let next = 100n;
  return { now, newProducerId: () => next++ };
}

/** A transaction that has come to a state in the way that producers take, at epoch 5. */
export function transactionIn(state: TransactionState, changes: Partial<Transaction> = {}): Transaction {
  const made = newTransaction("id", 60_000, { now: NOW, newProducerId: () => 7n });
  const empty: Transaction = { ...made, producerEpoch: 5, ...changes };
  if (state === "Empty") return empty;
  const ongoing = toOf(addPartitions(empty, empty, PARTITIONS, NOW));
  if (state === "Ongoing") return ongoing;
  const committed = state.endsWith("Commit");
  const prepared = toOf(end(ongoing, { ...ongoing, committed, bumpsEpoch: false }, turn()));
  return state.startsWith("Prepare") ? prepared : completed(prepared, NOW);
}

/** What a verb has moved to; throws where it has not. */
export function toOf(step: Step): Transaction {
  if (step.kind !== "moved") throw new Error(`the verb has not moved: ${outcome(step)}`);
  return step.to;
}

/** A step in one word. */
export function outcome(step: Step): string {
  if (step.kind === "refused") return step.error;
  return step.kind === "moved" ? `${step.to.state} ${step.to.producerId}/${step.to.producerEpoch}` : "unchanged";
}
