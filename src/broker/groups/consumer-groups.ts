import type { Emit } from "../../events.ts";
import {
  type ConsumerGroup,
  type ConsumerGroupSettings,
  type ConsumerHeartbeat,
  type ConsumerHeartbeatAnswer,
  type ConsumerTurn,
  consumerGroup,
  consumerHeartbeat,
  expireConsumers,
  nextConsumerDeadline,
  type TopicLookup,
} from "../group/consumer/index.ts";
import type { Table } from "../log/index.ts";
import { KafkaFault } from "../protocol/index.ts";
import { Alarms } from "./alarms.ts";

export interface ConsumerGroupsOptions {
  readonly table: Table;
  readonly now: () => number;
  readonly settings: ConsumerGroupSettings;
  readonly topics: TopicLookup;
  readonly emit: Emit;
}

const CONSUMER_GROUP = "consumer group";

const keyOf = (groupId: string): string => JSON.stringify([CONSUMER_GROUP, groupId]);

/**
 * All groups of the newer protocol. Only their epochs are stored: after a restart no member is known, so that each joins
 * again, for an epoch that is higher than all before.
 */
export class ConsumerGroups {
  readonly #options: ConsumerGroupsOptions;
  readonly #groups = new Map<string, ConsumerGroup>();
  readonly #alarms: Alarms;

  constructor(options: ConsumerGroupsOptions) {
    this.#options = options;
    this.#alarms = new Alarms(options.now);
    for (const [key, stored] of options.table.entries) {
      const [word, groupId]: unknown[] = JSON.parse(key);
      // Only `#store` writes under such keys.
      if (word === CONSUMER_GROUP) this.#groups.set(String(groupId), consumerGroup(String(groupId), stored as number));
    }
  }

  get all(): ReadonlyMap<string, ConsumerGroup> {
    return this.#groups;
  }

  /** Makes a group whose first epoch comes after this one. */
  open(groupId: string, epoch: number): ConsumerGroup {
    const group = consumerGroup(groupId, epoch);
    this.#store(group);
    this.#groups.set(groupId, group);
    return group;
  }

  heartbeat(group: ConsumerGroup, request: ConsumerHeartbeat): ConsumerHeartbeatAnswer {
    return this.#run(group, (turn) => consumerHeartbeat(group, request, turn));
  }

  /** Lets every member join again. */
  forgetMembers(group: ConsumerGroup): void {
    this.#run(group, (turn) => {
      for (const key of [...group.timers.keys()]) {
        const timer = group.timers.get(key);
        if (timer) group.timers.set(key, { ...timer, at: turn.now });
      }
      expireConsumers(group, turn);
    });
  }

  delete(group: ConsumerGroup): void {
    this.#options.table.change([[keyOf(group.id), undefined]]);
    this.#groups.delete(group.id);
    this.#alarms.silence(group.id);
  }

  runDue(): void {
    for (const group of this.#groups.values()) this.#runDue(group);
  }

  close(): void {
    this.#alarms.close();
  }

  #runDue(group: ConsumerGroup): void {
    try {
      if (nextConsumerDeadline(group) <= this.#options.now()) this.#run(group, (turn) => expireConsumers(group, turn));
      else this.#setAlarm(group);
    } catch (error) {
      // Nobody has been told of the new epoch, and the next one is stored again.
      if (!(error instanceof KafkaFault)) throw error;
      this.#options.emit("broker.group.unstored", { group: group.id, error });
    }
  }

  #run<R>(group: ConsumerGroup, verb: (turn: ConsumerTurn) => R): R {
    const { now, settings, topics } = this.#options;
    const turn: ConsumerTurn = { now: now(), settings, topics, changed: false };
    try {
      return verb(turn);
    } finally {
      this.#setAlarm(group);
      if (turn.changed) this.#store(group);
    }
  }

  #store(group: ConsumerGroup): void {
    this.#options.table.change([[keyOf(group.id), group.epoch]]);
  }

  #setAlarm(group: ConsumerGroup): void {
    this.#alarms.set(group.id, nextConsumerDeadline(group), () => this.#runDue(group));
  }
}
