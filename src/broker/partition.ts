import type { PartitionLog } from "./log/index.ts";
import type { ErrorName } from "./protocol/index.ts";
import type { Topic } from "./topics.ts";

/** One partition: its log, and who leads it. */
export interface Partition {
  readonly topic: Topic;
  readonly index: number;
  readonly log: PartitionLog;
  /** Id of the node that leads it; requests to another node are answered NOT_LEADER_OR_FOLLOWER. */
  readonly leaderId: number;
  /** Raised whenever the leader changes. */
  readonly leaderEpoch: number;
  /** The nodes that clients are told hold it, the leader first. There is one log. */
  readonly replicas: readonly number[];
  /** Makes another node its leader, under the next epoch. */
  moveTo(nodeId: number): void;
}

/** The partition for a request that this node got, or why it is not to be answered here. */
export function ledHere(
  topic: Topic | undefined,
  index: number,
  { nodeId, currentLeaderEpoch = -1 }: { readonly nodeId: number; readonly currentLeaderEpoch?: number },
): Partition | ErrorName {
  const partition = topic?.partitions[index];
  if (!partition) return "UNKNOWN_TOPIC_OR_PARTITION";
  if (currentLeaderEpoch >= 0 && currentLeaderEpoch < partition.leaderEpoch) return "FENCED_LEADER_EPOCH";
  if (currentLeaderEpoch > partition.leaderEpoch) return "UNKNOWN_LEADER_EPOCH";
  return partition.leaderId === nodeId ? partition : "NOT_LEADER_OR_FOLLOWER";
}

/** What of a partition is kept beside its log. */
export interface StoredPartition {
  readonly replicas: readonly number[];
  readonly leaderEpoch: number;
}

interface PartitionOptions extends StoredPartition {
  readonly topic: Topic;
  readonly index: number;
  readonly log: PartitionLog;
  readonly nodeIds: readonly number[];
  /** Stores what has changed. */
  readonly store: () => void;
  /** Tells who waits for what another node leads now. */
  readonly moved: () => void;
}

export class PartitionState implements Partition {
  readonly topic: Topic;
  readonly index: number;
  readonly log: PartitionLog;
  readonly #nodeIds: readonly number[];
  readonly #store: () => void;
  readonly #moved: () => void;
  replicas: readonly number[];
  leaderEpoch: number;

  constructor({ topic, index, log, replicas, leaderEpoch, nodeIds, store, moved }: PartitionOptions) {
    this.topic = topic;
    this.index = index;
    this.log = log;
    this.#nodeIds = nodeIds;
    this.#store = store;
    this.#moved = moved;
    // The broker may have been started with fewer nodes than last time.
    const known = replicas.filter((id) => nodeIds.includes(id));
    this.replicas = known.length > 0 ? known : nodeIds.slice(0, 1);
    this.leaderEpoch = this.leaderId === replicas[0] ? leaderEpoch : leaderEpoch + 1;
    log.beginEpoch(this.leaderEpoch);
  }

  get leaderId(): number {
    return this.replicas[0] ?? 0;
  }

  moveTo(nodeId: number): void {
    if (!this.#nodeIds.includes(nodeId)) throw new RangeError(`there is no node ${nodeId}`);
    if (nodeId === this.leaderId) return;
    const before = this.replicas;
    this.replicas = [nodeId, ...before.filter((id) => id !== nodeId)].slice(0, before.length);
    this.leaderEpoch += 1;
    try {
      this.#store();
    } catch (error) {
      this.replicas = before;
      this.leaderEpoch -= 1;
      throw error;
    }
    this.log.beginEpoch(this.leaderEpoch);
    this.#moved();
  }
}
