import type { LogSettings, PartitionLog, Table } from "./log/index.ts";
import { type Partition, PartitionState, type StoredPartition } from "./partition.ts";
import { KafkaFault } from "./protocol/index.ts";
import { assertTopicName, collidingName } from "./topic-name.ts";

export type { Partition } from "./partition.ts";

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
  /** 1 where left out. */
  readonly partitions?: number;
  /** How many nodes each partition names as its replicas, 1 where left out. One log is kept in any case. */
  readonly replicas?: number;
  /** Node ids of each partition's replicas, the leader first, instead of `partitions` and `replicas`. */
  readonly assignments?: readonly (readonly number[])[];
  readonly configs?: Readonly<Record<string, string>>;
}

/** All topics. What changes is on disk when the call returns. Each throws a KafkaFault with Kafka's own error. */
export interface Topics {
  readonly all: ReadonlyMap<string, Topic>;
  get(name: string): Topic | undefined;
  byId(id: string): Topic | undefined;
  partition(name: string, index: number): Partition | undefined;
  /**
   * INVALID_TOPIC_EXCEPTION, TOPIC_ALREADY_EXISTS, INVALID_PARTITIONS, INVALID_REPLICATION_FACTOR, INVALID_CONFIG,
   * POLICY_VIOLATION (a limit).
   */
  create(topic: NewTopic): Topic;
  /** Says what `create` would throw, without creating. */
  assertCreatable(topic: NewTopic): void;
  /** UNKNOWN_TOPIC_OR_PARTITION. */
  delete(name: string): void;
  /** INVALID_PARTITIONS, UNKNOWN_TOPIC_OR_PARTITION, POLICY_VIOLATION (a limit). */
  addPartitions(name: string, total: number, assignments?: NewTopic["assignments"]): void;
  /** Replaces the settings given for a topic, and tells its logs. INVALID_CONFIG. */
  configure(name: string, configs: ReadonlyMap<string, string>): void;
  /** Called whenever a partition gets a new leader, or a topic comes or goes. Returns how to stop. */
  onChange(listener: () => void): () => void;
  close(): void;
}

export interface TopicsOptions {
  /** Where topics are kept; it is closed with them. */
  readonly table: Table;
  readonly nodeIds: readonly number[];
  readonly topicsMax: number;
  readonly partitionsMax: number;
  /** Reads a topic's settings; throws INVALID_CONFIG. */
  settingsOf(configs: ReadonlyMap<string, string>): LogSettings;
  openLog(folder: string, settings: LogSettings): PartitionLog;
  /** Removes a folder of logs. */
  remove(folder: string): void;
  /** Folders of logs that are there, by topic id. */
  folders(): readonly string[];
}

interface StoredTopic {
  readonly id: string;
  readonly internal: boolean;
  readonly configs: Readonly<Record<string, string>>;
  readonly partitions: readonly StoredPartition[];
}

class TopicState implements Topic {
  readonly name: string;
  readonly id: string;
  readonly internal: boolean;
  readonly partitions: PartitionState[] = [];
  configs: ReadonlyMap<string, string>;

  constructor(name: string, { id, internal, configs }: StoredTopic) {
    this.name = name;
    this.id = id;
    this.internal = internal;
    this.configs = new Map(Object.entries(configs));
  }
}

const KEY = "topic/";

/** Opens all topics of the table, with their logs. */
export function openTopics(options: TopicsOptions): Topics {
  const { table, nodeIds, settingsOf } = options;
  const all = new Map<string, TopicState>();
  const ids = new Map<string, TopicState>();
  const listeners = new Set<() => void>();
  let partitionCount = 0;

  const changed = () => {
    for (const listener of listeners) listener();
  };
  const store = (topic: TopicState) => table.change([[KEY + topic.name, stored(topic)]]);
  const existing = (name: string): TopicState => {
    const topic = all.get(name);
    if (!topic) throw new KafkaFault("UNKNOWN_TOPIC_OR_PARTITION", "This server does not host this topic-partition.");
    return topic;
  };
  const addPartition = (topic: TopicState, settings: LogSettings, { replicas, leaderEpoch }: StoredPartition) => {
    const index = topic.partitions.length;
    const log = options.openLog(`${topic.id}/${index}`, settings);
    const moved = () => {
      store(topic);
      changed();
    };
    topic.partitions.push(new PartitionState({ topic, index, log, replicas, leaderEpoch, nodeIds, moved }));
    partitionCount += 1;
  };
  const add = (name: string, from: StoredTopic): TopicState => {
    const topic = new TopicState(name, from);
    const settings = settingsOf(topic.configs);
    for (const partition of from.partitions) addPartition(topic, settings, partition);
    all.set(name, topic);
    ids.set(topic.id, topic);
    return topic;
  };
  const assertCreatable = (topic: NewTopic) => {
    assertTopicName(topic.name);
    if (all.has(topic.name)) throw new KafkaFault("TOPIC_ALREADY_EXISTS", `Topic '${topic.name}' already exists.`);
    const collision = collidingName(topic.name, all.keys());
    if (collision !== undefined) {
      throw new KafkaFault(
        "INVALID_TOPIC_EXCEPTION",
        `Topic '${topic.name}' collides with existing topic: ${collision}`,
      );
    }
    assertPlaced(topic, nodeIds);
    if (all.size >= options.topicsMax) {
      throw new KafkaFault("POLICY_VIOLATION", `There are ${all.size} topics, which is the limit.`);
    }
    assertRoom(topic.assignments?.length ?? topic.partitions ?? 1);
    settingsOf(new Map(Object.entries(topic.configs ?? {})));
  };
  const assertRoom = (more: number) => {
    if (partitionCount + more <= options.partitionsMax) return;
    throw new KafkaFault(
      "POLICY_VIOLATION",
      `${partitionCount} partitions and ${more} more would be over the limit of ${options.partitionsMax}.`,
    );
  };

  for (const [key, value] of table.entries) {
    // Only `store` writes under this prefix.
    if (key.startsWith(KEY)) add(key.slice(KEY.length), value as StoredTopic);
  }
  // A topic was deleted, and the process ended before its logs were.
  for (const id of options.folders()) if (!ids.has(id)) options.remove(id);

  return {
    all,
    get: (name) => all.get(name),
    byId: (id) => ids.get(id),
    partition: (name, index) => all.get(name)?.partitions[index],
    assertCreatable,
    create(topic) {
      assertCreatable(topic);
      const made = add(topic.name, {
        id: newTopicId(),
        internal: false,
        configs: topic.configs ?? {},
        partitions: placed(topic, nodeIds, all.size),
      });
      store(made);
      changed();
      return made;
    },
    delete(name) {
      const topic = existing(name);
      table.change([[KEY + name, undefined]]);
      all.delete(name);
      ids.delete(topic.id);
      partitionCount -= topic.partitions.length;
      for (const { log } of topic.partitions) log.close();
      options.remove(topic.id);
      changed();
    },
    addPartitions(name, total, assignments = []) {
      const topic = existing(name);
      const { length } = topic.partitions;
      if (total <= length) {
        const held =
          total === length
            ? `already has ${length} partition(s)`
            : `currently has ${length} partition(s), which is higher than the requested ${total}`;
        throw new KafkaFault("INVALID_PARTITIONS", `Topic ${held}.`);
      }
      assertRoom(total - length);
      const settings = settingsOf(topic.configs);
      const count = topic.partitions[0]?.replicas.length ?? 1;
      for (let index = length; index < total; index++) {
        const replicas = assignments[index - length] ?? inTurn(nodeIds, index, count);
        addPartition(topic, settings, { replicas, leaderEpoch: 0 });
      }
      store(topic);
      changed();
    },
    configure(name, configs) {
      const topic = existing(name);
      const settings = settingsOf(configs);
      topic.configs = configs;
      store(topic);
      for (const { log } of topic.partitions) log.configure(settings);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      for (const { partitions } of all.values()) for (const { log } of partitions) log.close();
      table.close();
    },
  };
}

const stored = ({ id, internal, configs, partitions }: TopicState): StoredTopic => ({
  id,
  internal,
  configs: Object.fromEntries(configs),
  partitions: partitions.map(({ replicas, leaderEpoch }) => ({ replicas, leaderEpoch })),
});

function assertPlaced({ partitions = 1, replicas = 1, assignments }: NewTopic, nodeIds: readonly number[]): void {
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
function placed(
  { partitions = 1, replicas = 1, assignments }: NewTopic,
  nodeIds: readonly number[],
  turn: number,
): StoredPartition[] {
  const lists =
    assignments ?? Array.from({ length: partitions }, (_, index) => inTurn(nodeIds, turn + index, replicas));
  return lists.map((list) => ({ replicas: list, leaderEpoch: 0 }));
}

const inTurn = (nodeIds: readonly number[], first: number, count: number): number[] =>
  Array.from({ length: count }, (_, next) => nodeIds[(first + next) % nodeIds.length] ?? 0);

/** Sixteen random bytes. One that begins with a hyphen looks like an option on a command line, so Kafka has none. */
export function newTopicId(): string {
  for (;;) {
    const id = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64url");
    if (!id.startsWith("-")) return id;
  }
}
