import type { KafkaError } from "../errors.ts";
import type { IncomingRecord } from "../records/decode.ts";

/** What a topic is to be. */
export interface TopicSpec {
  readonly topic: string;
  readonly partitions: number;
  readonly replication: number;
  /** Settings of the topic by Kafka's names; what is not named is left as it is. */
  readonly config: Readonly<Record<string, string>>;
}

/** One thing that applying a plan does. */
export type TopicStep =
  | { readonly action: "create"; readonly topic: string; readonly spec: TopicSpec }
  | { readonly action: "add-partitions"; readonly topic: string; readonly from: number; readonly to: number }
  | {
      readonly action: "set-config";
      readonly topic: string;
      readonly name: string;
      /** Null where the topic says nothing itself and Kafka has no default. */
      readonly from: string | null;
      readonly to: string;
    };

/** A difference that a plan reports and never removes. */
export interface TopicDifference {
  readonly topic: string;
  readonly what: "partitions" | "replication";
  readonly declared: number;
  readonly actual: number;
  readonly message: string;
}

/** What Kafka would refuse. */
export interface TopicProblem {
  readonly topic: string;
  readonly message: string;
}

/** What it takes to make the cluster as declared. Topics are never deleted, and partitions never taken away. */
export interface TopicPlan {
  readonly steps: readonly TopicStep[];
  readonly differences: readonly TopicDifference[];
  /** A plan with problems cannot be applied. */
  readonly problems: readonly TopicProblem[];
}

export interface TopicOutcome {
  readonly step: TopicStep;
  /** Undefined where the step is done. */
  readonly error: KafkaError | undefined;
}

export interface TopicDescription {
  readonly topic: string;
  readonly partitions: number;
  /** Replicas of the partition that has fewest. */
  readonly replication: number;
  /** Partitions that have a leader now. */
  readonly led: number;
}

export interface GroupDescription {
  readonly group: string;
  /** Kafka's names: Stable, PreparingRebalance, CompletingRebalance, Empty, and Dead where there is no such group. */
  readonly state: string;
  /** How partitions are divided, roundrobin or range for example. */
  readonly protocol: string;
  readonly members: readonly GroupMember[];
}

export interface GroupMember {
  readonly memberId: string;
  readonly clientId: string;
  readonly host: string;
  readonly assignment: readonly { readonly topic: string; readonly partition: number }[];
}

export interface GroupLag {
  readonly topic: string;
  readonly partition: number;
  /** Undefined where the group has committed nothing. */
  readonly committed: bigint | undefined;
  /** The first offset that is in the log, and the one after the last; undefined while the partition has no leader. */
  readonly earliest: bigint | undefined;
  readonly end: bigint | undefined;
  /** Records to be handled yet; a group without a commit has all of them. */
  readonly lag: bigint | undefined;
}

export interface TopicOffsets {
  readonly topic: string;
  readonly partition: number;
  readonly earliest: bigint | undefined;
  readonly end: bigint | undefined;
}

/** Looks after topics and groups. Every call rejects with a KafkaError. */
export interface Admin {
  /** Resolves when a broker answers. */
  ping(): Promise<void>;
  /** Those of the topics that exist; all of the cluster's where none are named. */
  topics(names?: readonly string[]): Promise<readonly TopicDescription[]>;
  planTopics(specs: readonly TopicSpec[]): Promise<TopicPlan>;
  /**
   * Takes the steps in order and goes on after one that fails; created topics have leaders when it resolves.
   * `onStep` is told of each when it is over.
   */
  applyTopics(plan: TopicPlan, onStep?: (outcome: TopicOutcome) => void): Promise<readonly TopicOutcome[]>;
  groups(): Promise<readonly string[]>;
  describeGroup(group: string): Promise<GroupDescription>;
  /** Where the group stands on all it has committed, and on all of `topics`. */
  lag(group: string, topics?: readonly string[]): Promise<readonly GroupLag[]>;
  topicOffsets(topics: readonly string[]): Promise<readonly TopicOffsets[]>;
  /**
   * The newest records of a topic by their timestamps, oldest first: up to `count`, which is also how many of each
   * partition are read. Empty for a topic that is not there.
   */
  lastRecords(topic: string, count: number): Promise<readonly IncomingRecord[]>;
  close(): Promise<void>;
}
