import type { ErrorName } from "../protocol/index.ts";
import { begun, mayAdd } from "./add-partitions.ts";
import { type Identity, refused, type Step, type Transaction, UNCHANGED } from "./state.ts";

/** Makes a group's offsets part of the transaction, and begins one where none is under way. */
export function addOffsets(transaction: Transaction, producer: Identity, groupId: string, now: number): Step {
  const error = mayAdd(transaction, producer);
  if (error !== "NONE") return refused(error);
  const { state, groups } = transaction;
  if (state === "Ongoing" && groups.includes(groupId)) return UNCHANGED;
  return { kind: "moved", to: begun(transaction, { groups: [...groups, groupId] }, now) };
}

/** Whether offsets of a group may be stored that is in the transaction already. */
export function verifyOffsets(transaction: Transaction, producer: Identity, groupId: string): ErrorName {
  const error = mayAdd(transaction, producer);
  if (error !== "NONE") return error;
  return transaction.groups.includes(groupId) ? "NONE" : "TRANSACTION_ABORTABLE";
}
