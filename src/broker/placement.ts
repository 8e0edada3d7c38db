import type { StoredPartition } from "./partition.ts";
import { KafkaFault } from "./protocol/index.ts";
import type { NewTopic } from "./topics.ts";

/** Says in Apache Kafka's words why partitions cannot be placed so: INVALID_PARTITIONS, INVALID_REPLICATION_FACTOR, … */
export function assertPlaced(
  { partitions = 1, replicas = 1, assignments }: NewTopic,
  nodeIds: readonly number[],
): void {
  if (assignments) {
    assertAssigned(assignments, nodeIds);
    return;
  }
  if (!Number.isInteger(partitions) || partitions < 1) {
    throw new KafkaFault("INVALID_PARTITIONS", "Number of partitions was set to an invalid non-positive value.");
  }
  if (replicas < 1) {
    throw new KafkaFault(
      "INVALID_REPLICATION_FACTOR",
      "Replication factor must be larger than 0, or -1 to use the default value.",
    );
  }
  if (replicas > nodeIds.length) {
    throw new KafkaFault(
      "INVALID_REPLICATION_FACTOR",
      `Unable to replicate the partition ${replicas} time(s): The target replication factor of ${replicas} cannot be reached because only ${nodeIds.length} broker(s) are registered.`,
    );
  }
}

function assertAssigned(assignments: readonly (readonly number[])[], nodeIds: readonly number[]): void {
  const refuse = (why: string) => {
    throw new KafkaFault("INVALID_REPLICA_ASSIGNMENT", `The manual partition assignment includes ${why}.`);
  };
  for (const replicas of assignments) {
    if (replicas.length === 0) refuse("an empty replica list");
    for (const [at, id] of replicas.entries()) {
      if (replicas.indexOf(id) < at) refuse(`the broker ${id} more than once`);
      if (!nodeIds.includes(id)) refuse(`broker ${id}, but no such broker is registered`);
    }
  }
}

/** Where the partitions of a new topic go: the nodes in turn, beginning with another one for each topic. */
export function placed(
  { partitions = 1, replicas = 1, assignments }: NewTopic,
  nodeIds: readonly number[],
  turn: number,
): StoredPartition[] {
  const lists =
    assignments ?? Array.from({ length: partitions }, (_, index) => inTurn(nodeIds, turn + index, replicas));
  return lists.map((list) => ({ replicas: list, leaderEpoch: 0 }));
}

/** So many nodes, one after the other. */
export const inTurn = (nodeIds: readonly number[], first: number, count: number): number[] =>
  Array.from({ length: count }, (_, next) => nodeIds[(first + next) % nodeIds.length] ?? 0);
