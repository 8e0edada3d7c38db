import type { ErrorName } from "../protocol/index.ts";
import { begun, mayAdd } from "./add-partitions.ts";
import { type Identity, refused, type Step, type Transaction, UNCHANGED } from "./state.ts";

/** A transaction is stored whole with each group that comes; who reads for one group needs one. */
export const GROUPS_MAX = 1000;

/** Makes a group's offsets part of the transaction, and begins one where none is under way. */
export function addOffsets(transaction: Transaction, producer: Identity, groupId: string, now: number): Step {
  const error = mayAdd(transaction, producer);
  if (error !== "NONE") return refused(error);
  const { state, groups } = transaction;
  if (state === "Ongoing" && groups.includes(groupId)) return UNCHANGED;
  if (groups.length >= GROUPS_MAX) return refused("POLICY_VIOLATION");
  return { kind: "moved", to: begun(transaction, { groups: [...groups, groupId] }, now) };
}

/** Whether offsets of a group may be stored that is in the transaction already. */
export function verifyOffsets(transaction: Transaction, producer: Identity, groupId: string): ErrorName {
  const error = mayAdd(transaction, producer);
  if (error !== "NONE") return error;
  return transaction.groups.includes(groupId) ? "NONE" : "TRANSACTION_ABORTABLE";
}
