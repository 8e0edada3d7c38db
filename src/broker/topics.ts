import type { LogSettings, PartitionLog, Table } from "./log/index.ts";
import { type Partition, PartitionState, type StoredPartition } from "./partition.ts";
import { assertPlaced, inTurn, placed } from "./placement.ts";
import { KafkaFault } from "./protocol/index.ts";
import { assertTopicName, metricName } from "./topic-name.ts";

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
  /** Whether a topic's folder holds records. */
  holdsRecords(folder: string): boolean;
}

interface StoredTopic {
  readonly id: string;
  readonly internal: boolean;
  readonly configs: Readonly<Record<string, string>>;
  readonly partitions: readonly StoredPartition[];
}

const KEY = "topic/";
/** Ids of topics that are deleted and whose logs may still be there. */
const DELETED_KEY = "deleted topic/";

/** Opens all topics of the table, with their logs. */
export const openTopics = (options: TopicsOptions): Topics => new TopicRegistry(options);

class TopicState implements Topic {
  readonly name: string;
  readonly id: string;
  readonly internal: boolean;
  readonly partitions: PartitionState[] = [];
  configs: ReadonlyMap<string, string>;

  constructor(name: string, { id, internal, configs }: Omit<StoredTopic, "partitions">) {
    this.name = name;
    this.id = id;
    this.internal = internal;
    this.configs = new Map(Object.entries(configs));
  }
}

class TopicRegistry implements Topics {
  readonly all = new Map<string, TopicState>();
  readonly #options: TopicsOptions;
  readonly #ids = new Map<string, TopicState>();
  /** The names in use, by what metrics make of them. */
  readonly #metrics = new Map<string, string>();
  readonly #listeners = new Set<() => void>();
  #partitions = 0;

  constructor(options: TopicsOptions) {
    this.#options = options;
    for (const [key, value] of options.table.entries) {
      // Only `#store` writes under this prefix.
      if (key.startsWith(KEY)) this.#add(this.#opened(key.slice(KEY.length), value as StoredTopic));
    }
    this.#removeStrays();
  }

  get(name: string): Topic | undefined {
    return this.all.get(name);
  }

  byId(id: string): Topic | undefined {
    return this.#ids.get(id);
  }

  partition(name: string, index: number): Partition | undefined {
    return this.all.get(name)?.partitions[index];
  }

  assertCreatable(topic: NewTopic): void {
    const { nodeIds, topicsMax, settingsOf } = this.#options;
    const { name } = topic;
    assertTopicName(name);
    if (this.all.has(name)) throw new KafkaFault("TOPIC_ALREADY_EXISTS", `Topic '${name}' already exists.`);
    const twin = this.#metrics.get(metricName(name));
    if (twin !== undefined) {
      throw new KafkaFault("INVALID_TOPIC_EXCEPTION", `Topic '${name}' collides with existing topic: ${twin}`);
    }
    assertPlaced(topic, nodeIds);
    if (this.all.size >= topicsMax) {
      throw new KafkaFault("POLICY_VIOLATION", `There are ${this.all.size} topics, which is the limit.`);
    }
    this.#assertRoom(topic.assignments?.length ?? topic.partitions ?? 1);
    settingsOf(new Map(Object.entries(topic.configs ?? {})));
  }

  create(topic: NewTopic): Topic {
    this.assertCreatable(topic);
    const partitions = placed(topic, this.#options.nodeIds, this.all.size);
    const { name, configs = {} } = topic;
    const made = this.#opened(name, { id: newTopicId(), internal: false, configs, partitions });
    try {
      this.#store(made);
    } catch (error) {
      this.#discard(made, 0);
      throw error;
    }
    this.#add(made);
    this.#changed();
    return made;
  }

  delete(name: string): void {
    const topic = this.#existing(name);
    this.#options.table.change([
      [KEY + name, undefined],
      [DELETED_KEY + topic.id, true],
    ]);
    this.all.delete(name);
    this.#ids.delete(topic.id);
    this.#metrics.delete(metricName(name));
    this.#discard(topic, 0);
    this.#changed();
    this.#forget(topic.id);
  }

  addPartitions(name: string, total: number, assignments: readonly (readonly number[])[] = []): void {
    const { nodeIds, settingsOf } = this.#options;
    const topic = this.#existing(name);
    const { length } = topic.partitions;
    assertMore(length, total);
    this.#assertRoom(total - length);
    const settings = settingsOf(topic.configs);
    const count = topic.partitions[0]?.replicas.length ?? 1;
    try {
      for (let index = length; index < total; index++) {
        const replicas = assignments[index - length] ?? inTurn(nodeIds, index, count);
        this.#openPartition(topic, settings, { replicas, leaderEpoch: 0 });
      }
      this.#store(topic);
    } catch (error) {
      this.#discard(topic, length);
      throw error;
    }
    this.#changed();
  }

  configure(name: string, configs: ReadonlyMap<string, string>): void {
    const topic = this.#existing(name);
    const settings = this.#options.settingsOf(configs);
    const before = topic.configs;
    topic.configs = configs;
    try {
      this.#store(topic);
    } catch (error) {
      topic.configs = before;
      throw error;
    }
    for (const { log } of topic.partitions) log.configure(settings);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    for (const { partitions } of this.all.values()) for (const { log } of partitions) log.close();
    this.#options.table.close();
  }

  #existing(name: string): TopicState {
    const topic = this.all.get(name);
    if (topic) return topic;
    throw new KafkaFault("UNKNOWN_TOPIC_OR_PARTITION", "This server does not host this topic-partition.");
  }

  #assertRoom(more: number): void {
    const { partitionsMax } = this.#options;
    if (this.#partitions + more <= partitionsMax) return;
    throw new KafkaFault(
      "POLICY_VIOLATION",
      `${this.#partitions} partitions and ${more} more would be over the limit of ${partitionsMax}.`,
    );
  }

  /** It is deleted either way: where this cannot be written, the next start does it. */
  #forget(id: string): void {
    try {
      this.#options.table.change([[DELETED_KEY + id, undefined]]);
    } catch (error) {
      if (!(error instanceof KafkaFault)) throw error;
    }
  }

  /** Removes the logs of topics whose deletion, or creation, did not come to its end; throws at those of any other. */
  #removeStrays(): void {
    const { table, folders, holdsRecords, remove } = this.#options;
    for (const id of folders()) {
      if (this.#ids.has(id)) continue;
      if (!table.entries.has(DELETED_KEY + id) && holdsRecords(id)) throw unknownLogs(id);
      remove(id);
    }
    const deleted = [...table.entries.keys()].filter((key) => key.startsWith(DELETED_KEY));
    table.change(deleted.map((key) => [key, undefined]));
  }

  /** A topic with its logs open; nobody knows of it yet. */
  #opened(name: string, stored: StoredTopic): TopicState {
    const topic = new TopicState(name, stored);
    const settings = this.#options.settingsOf(topic.configs);
    try {
      for (const partition of stored.partitions) this.#openPartition(topic, settings, partition);
    } catch (error) {
      for (const { log } of topic.partitions) log.close();
      throw error;
    }
    return topic;
  }

  #openPartition(topic: TopicState, settings: LogSettings, { replicas, leaderEpoch }: StoredPartition): void {
    const { nodeIds, openLog } = this.#options;
    const index = topic.partitions.length;
    const log = openLog(`${topic.id}/${index}`, settings);
    const store = () => this.#store(topic);
    const moved = () => this.#changed();
    topic.partitions.push(new PartitionState({ topic, index, log, replicas, leaderEpoch, nodeIds, store, moved }));
    this.#partitions += 1;
  }

  #add(topic: TopicState): void {
    this.all.set(topic.name, topic);
    this.#ids.set(topic.id, topic);
    this.#metrics.set(metricName(topic.name), topic.name);
  }

  /** Takes away the partitions from this one on, with their records. */
  #discard(topic: TopicState, from: number): void {
    for (const { log, index } of topic.partitions.splice(from)) {
      this.#partitions -= 1;
      log.close();
      if (from > 0) this.#options.remove(`${topic.id}/${index}`);
    }
    if (from === 0) this.#options.remove(topic.id);
  }

  #store(topic: TopicState): void {
    this.#options.table.change([[KEY + topic.name, stored(topic)]]);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

const stored = ({ id, internal, configs, partitions }: TopicState): StoredTopic => ({
  id,
  internal,
  configs: Object.fromEntries(configs),
  partitions: partitions.map(({ replicas, leaderEpoch }) => ({ replicas, leaderEpoch })),
});

/** The file that names the topics is gone or was cut: what it does not name must not be deleted for that. */
const unknownLogs = (id: string): Error =>
  new Error(
    `The topic folder ${id} holds records, and the table of topics does not name it. Put a copy of the table in its place, or delete the folder.`,
  );

function assertMore(length: number, total: number): void {
  if (total > length) return;
  const why =
    total === length
      ? `already has ${length} partition(s)`
      : `currently has ${length} partition(s), which is higher than the requested ${total}`;
  throw new KafkaFault("INVALID_PARTITIONS", `Topic ${why}.`);
}

/** Sixteen random bytes. One that begins with a hyphen looks like an option on a command line, so Kafka has none. */
export function newTopicId(): string {
  for (;;) {
    const id = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64url");
    if (!id.startsWith("-")) return id;
  }
}
