import type { PartitionLog } from "./log/index.ts";

/** One partition: its log, and who leads it. */
export interface Partition {
  readonly topic: Topic;
  readonly index: number;
  readonly log: PartitionLog;
  /** Id of the node that leads it; requests to another node are answered NOT_LEADER_OR_FOLLOWER. */
  readonly leaderId: number;
  /** Raised whenever the leader changes. */
  readonly leaderEpoch: number;
  /** Makes another node its leader, under the next epoch. */
  moveTo(nodeId: number): void;
}

export interface Topic {
  readonly name: string;
  /** 22 characters of URL-safe base64, as in the protocol. */
  readonly id: string;
  readonly partitions: readonly Partition[];
  readonly internal: boolean;
  /** Settings that were given for this topic; the others have the broker's default. */
  readonly configs: ReadonlyMap<string, string>;
}

export interface NewTopic {
  readonly name: string;
  readonly partitions?: number;
  readonly configs?: Readonly<Record<string, string>>;
}

/** All topics. What changes is on disk when the call returns. Each throws a KafkaFault with Kafka's own error. */
export interface Topics {
  readonly all: ReadonlyMap<string, Topic>;
  get(name: string): Topic | undefined;
  byId(id: string): Topic | undefined;
  partition(name: string, index: number): Partition | undefined;
  /** INVALID_TOPIC_EXCEPTION, TOPIC_ALREADY_EXISTS, INVALID_PARTITIONS, INVALID_CONFIG, POLICY_VIOLATION (a limit). */
  create(topic: NewTopic): Topic;
  /** Says what `create` would throw, without creating. */
  assertCreatable(topic: NewTopic): void;
  /** UNKNOWN_TOPIC_OR_PARTITION. */
  delete(name: string): void;
  /** INVALID_PARTITIONS, UNKNOWN_TOPIC_OR_PARTITION. */
  addPartitions(name: string, total: number): void;
  /** Replaces the settings given for a topic, and tells its logs. INVALID_CONFIG. */
  configure(name: string, configs: ReadonlyMap<string, string>): void;
  /** Called whenever a partition gets a new leader, or a topic comes or goes. Returns how to stop. */
  onChange(listener: () => void): () => void;
}
