import type { Emit } from "../../events.ts";
import {
  type ClassicGroup,
  emptyGroup,
  expire,
  type GroupSettings,
  type JoinAnswer,
  moveTo,
  nextDeadline,
  type ParkedAnswer,
  refusal,
  refusedSync,
  type SyncAnswer,
  startTurn,
  type Turn,
} from "../group/index.ts";
import type { Table } from "../log/index.ts";
import { KafkaFault } from "../protocol/index.ts";
import { Alarms } from "./alarms.ts";
import { Parked } from "./parked.ts";
import { freeze, groupIdOf, groupKey, thaw } from "./stored.ts";

export interface ClassicGroupsOptions {
  readonly table: Table;
  readonly now: () => number;
  readonly settings: GroupSettings;
  readonly emit: Emit;
}

/** All classic groups: gives them the time, stores what they become, and answers who waits. */
export class ClassicGroups {
  readonly #options: ClassicGroupsOptions;
  readonly #groups = new Map<string, ClassicGroup>();
  readonly #parked = new Parked();
  readonly #alarms: Alarms;

  constructor(options: ClassicGroupsOptions) {
    this.#options = options;
    this.#alarms = new Alarms(options.now);
    for (const [key, stored] of options.table.entries) {
      const groupId = groupIdOf(key);
      if (groupId === undefined) continue;
      const group = thaw(groupId, stored, options.now());
      this.#groups.set(groupId, group);
      this.#setAlarm(group);
    }
  }

  get all(): ReadonlyMap<string, ClassicGroup> {
    return this.#groups;
  }

  /** The group of this name, made where there is none, so that its first generation comes after this one. */
  open(groupId: string, generationId = 0): ClassicGroup {
    const there = this.#groups.get(groupId);
    if (there) return there;
    const group = { ...emptyGroup(groupId, this.#options.now()), generationId };
    this.#options.table.change([[groupKey(groupId), freeze(group)]]);
    this.#groups.set(groupId, group);
    return group;
  }

  /** Lets a verb work on the group; when it returns, what came of it is stored, and those concerned are answered. */
  run<R>(group: ClassicGroup, verb: (turn: Turn) => R): R {
    const turn = this.turn();
    const result = verb(turn);
    const stored = !turn.changed || this.#store(group);
    this.#parked.settle(stored ? turn.answers : turn.answers.map(notStored));
    this.#setAlarm(group);
    return result;
  }

  /** For verbs that answer nobody else, change nothing that is stored, and move timers only to later. */
  turn(): Turn {
    return startTurn(this.#options.now(), this.#options.settings);
  }

  runJoin(group: ClassicGroup, signal: AbortSignal, verb: (ticket: number, turn: Turn) => void): Promise<JoinAnswer> {
    const { ticket, answer } = this.#parked.join(signal);
    this.run(group, (turn) => verb(ticket, turn));
    return answer;
  }

  runSync(group: ClassicGroup, signal: AbortSignal, verb: (ticket: number, turn: Turn) => void): Promise<SyncAnswer> {
    const { ticket, answer } = this.#parked.sync(signal);
    this.run(group, (turn) => verb(ticket, turn));
    return answer;
  }

  /** Forgets a group that has no members. */
  delete(group: ClassicGroup): void {
    this.#options.table.change([[groupKey(group.id), undefined]]);
    this.#groups.delete(group.id);
    this.#alarms.silence(group.id);
    moveTo(group, "dead", this.#options.now());
  }

  runDue(): void {
    for (const group of this.#groups.values()) this.#runDue(group);
  }

  close(): void {
    this.#alarms.close();
  }

  #runDue(group: ClassicGroup): void {
    if (nextDeadline(group) <= this.#options.now()) this.run(group, (turn) => expire(group, turn));
    else this.#setAlarm(group);
  }

  /** Whether the disk has taken it. Where not, clients are sent to ask again; members are not lost to the group. */
  #store(group: ClassicGroup): boolean {
    try {
      this.#options.table.change([[groupKey(group.id), freeze(group)]]);
      return true;
    } catch (error) {
      if (!(error instanceof KafkaFault)) throw error;
      this.#options.emit("broker.group.unstored", { group: group.id, error });
      return false;
    }
  }

  #setAlarm(group: ClassicGroup): void {
    this.#alarms.set(group.id, nextDeadline(group), () => this.#runDue(group));
  }
}

const notStored = (one: ParkedAnswer): ParkedAnswer =>
  one.verb === "join"
    ? { ...one, answer: refusal("COORDINATOR_NOT_AVAILABLE", one.answer.memberId) }
    : { ...one, answer: refusedSync("COORDINATOR_NOT_AVAILABLE") };
