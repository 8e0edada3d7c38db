import type { ErrorName } from "../protocol/index.ts";
import {
  type Identity,
  isPrepared,
  moved,
  refused,
  type Step,
  type TopicPartitions,
  type Transaction,
  UNCHANGED,
} from "./state.ts";

/** Makes partitions part of the transaction, and begins one where none is under way. */
export function addPartitions(
  transaction: Transaction,
  producer: Identity,
  partitions: TopicPartitions,
  now: number,
): Step {
  const error = mayAdd(transaction, producer);
  if (error !== "NONE") return refused(error);
  if (transaction.state === "Ongoing" && hasAll(transaction, partitions)) return UNCHANGED;
  return { kind: "moved", to: begun(transaction, { partitions: union(transaction.partitions, partitions) }, now) };
}

/** Whether batches of this producer may be appended to a partition that is in its transaction already. */
export function verifyPartition(
  transaction: Transaction,
  producer: Identity,
  topic: string,
  partition: number,
): ErrorName {
  const error = mayAdd(transaction, producer);
  if (error !== "NONE") return error;
  return hasPartition(transaction.partitions, topic, partition) ? "NONE" : "TRANSACTION_ABORTABLE";
}

/** The checks come in Kafka's order; a client sees only the first that fails. */
export function mayAdd(transaction: Transaction, { producerId, producerEpoch }: Identity): ErrorName {
  if (transaction.producerId !== producerId) return "INVALID_PRODUCER_ID_MAPPING";
  if (transaction.producerEpoch !== producerEpoch) return "PRODUCER_FENCED";
  return isPrepared(transaction) ? "CONCURRENT_TRANSACTIONS" : "NONE";
}

/** The transaction with something more in it. */
export const begun = (transaction: Transaction, changes: Partial<Transaction>, now: number): Transaction =>
  moved(transaction, "Ongoing", transaction.state === "Ongoing" ? changes : { ...changes, startedAt: now }, now);

const hasPartition = (partitions: TopicPartitions, topic: string, partition: number): boolean =>
  partitions.get(topic)?.includes(partition) ?? false;

const hasAll = (transaction: Transaction, partitions: TopicPartitions): boolean =>
  [...partitions].every(([topic, indexes]) =>
    indexes.every((index) => hasPartition(transaction.partitions, topic, index)),
  );

function union(one: TopicPartitions, other: TopicPartitions): TopicPartitions {
  const all = new Map(one);
  for (const [topic, indexes] of other) all.set(topic, [...new Set([...(all.get(topic) ?? []), ...indexes])]);
  return all;
}
