import type { Emit } from "../../events.ts";
import {
  type ClassicGroup,
  type CommitRequest,
  commit,
  type GroupSettings,
  heartbeat,
  isSubscribedTo,
  join,
  leave,
  prepareRebalance,
  refusal,
  refusedSync,
  refuseJoin,
  sync,
} from "../group/index.ts";
import type { Table } from "../log/index.ts";
import type { ErrorName } from "../protocol/index.ts";
import { ClassicGroups } from "./classic-groups.ts";
import { commitInTransaction } from "./commit-in-transaction.ts";
import { commitOffsets, type TopicsThere } from "./commit-offsets.ts";
import { describeClassic, listClassic } from "./describe.ts";
import { expireOffsets } from "./expire-offsets.ts";
import { Offsets } from "./offsets.ts";
import type { Groups } from "./types.ts";

/** What a coordinator allows. Each can be given; the defaults are Apache Kafka's. */
export interface CoordinatorSettings extends GroupSettings {
  /** How many groups there may be. */
  readonly groupsMax: number;
  /** What a member may say of itself, in all protocols together. */
  readonly memberBytesMax: number;
  /** What a leader may give out, all assignments together. */
  readonly assignmentBytesMax: number;
  /** The largest metadata beside an offset, in characters. */
  readonly offsetMetadataMax: number;
  /** How long offsets are kept after the last member has gone. */
  readonly offsetsRetentionMs: number;
  readonly offsetsCheckMs: number;
}

export const SETTINGS: CoordinatorSettings = {
  sessionTimeoutMsMin: 6_000,
  sessionTimeoutMsMax: 1_800_000,
  initialRebalanceDelayMs: 0,
  newMemberJoinTimeoutMs: 300_000,
  membersMax: 10_000,
  groupsMax: 10_000,
  memberBytesMax: 1024 * 1024,
  assignmentBytesMax: 32 * 1024 * 1024,
  offsetMetadataMax: 4096,
  offsetsRetentionMs: 7 * 24 * 60 * 60 * 1000,
  offsetsCheckMs: 10 * 60 * 1000,
};

export interface GroupsOptions {
  /** Where groups and offsets are kept; it is closed with the coordinator. */
  readonly table: Table;
  /** What there is to commit offsets for. */
  readonly topics: TopicsThere;
  readonly now: () => number;
  readonly emit: Emit;
  readonly settings?: Partial<CoordinatorSettings>;
}

/** Opens the coordinator on what the table holds. */
export function openGroups({ table, topics, now, emit, settings: given }: GroupsOptions): Groups {
  const settings = { ...SETTINGS, ...given };
  const classic = new ClassicGroups({ table, now, settings, emit });
  const offsets = new Offsets(table);
  const check = setInterval(() => expireOffsets({ classic, offsets, now: now(), settings }), settings.offsetsCheckMs);
  check.unref();

  /** The group of this name, made where there is none and room for one. */
  const open = (groupId: string): ClassicGroup | undefined =>
    classic.all.get(groupId) ?? (classic.all.size < settings.groupsMax ? classic.open(groupId) : undefined);

  const mayCommit = (groupId: string, request: CommitRequest): ErrorName => {
    // Who is no member can make a group that holds nothing but offsets.
    const outsider = request.generationId < 0;
    const group = outsider ? open(groupId) : classic.all.get(groupId);
    if (!group) return outsider ? "POLICY_VIOLATION" : "GROUP_ID_NOT_FOUND";
    return commit(group, request, classic.turn());
  };

  const groups: Groups = {
    async join(groupId, request, signal) {
      const full = { ...request, uuid: crypto.randomUUID(), ticket: 0 };
      const error = refuseJoin(groupId, full, settings);
      if (error !== "NONE") return refusal(error, request.memberId);
      if (sizeOf(request.protocols.map(({ metadata }) => metadata)) > settings.memberBytesMax) {
        return refusal("POLICY_VIOLATION", request.memberId);
      }
      // Only somebody new can make a group.
      const group = request.memberId === "" ? open(groupId) : classic.all.get(groupId);
      if (!group) return refusal(request.memberId === "" ? "POLICY_VIOLATION" : "UNKNOWN_MEMBER_ID", request.memberId);
      return classic.runJoin(group, signal, (ticket, turn) => join(group, { ...full, ticket }, turn));
    },

    async sync(groupId, request, signal) {
      if (groupId === "") return refusedSync("INVALID_GROUP_ID");
      const group = classic.all.get(groupId);
      if (!group) return refusedSync("UNKNOWN_MEMBER_ID");
      if (sizeOf([...request.assignments.values()]) > settings.assignmentBytesMax) {
        return refusedSync("POLICY_VIOLATION");
      }
      return classic.runSync(group, signal, (ticket, turn) => sync(group, { ...request, ticket }, turn));
    },

    heartbeat(groupId, request) {
      if (groupId === "") return "INVALID_GROUP_ID";
      const group = classic.all.get(groupId);
      return group ? heartbeat(group, request, classic.turn()) : "UNKNOWN_MEMBER_ID";
    },

    leave(groupId, leaving) {
      const group = classic.all.get(groupId);
      if (!group) return leaving.map(() => "UNKNOWN_MEMBER_ID");
      return classic.run(group, (turn) => leave(group, leaving, turn));
    },

    commit(groupId, who, asked) {
      const { offsetMetadataMax } = settings;
      return commitOffsets({ offsets, topics, now: now(), offsetMetadataMax, check: mayCommit }, groupId, who, asked);
    },

    offsets(groupId, topic, partitions = offsets.partitions(groupId, topic)) {
      return partitions.map((partition) => ({
        partition,
        committed: offsets.get(groupId, topic, partition),
        unstable: offsets.isPending(groupId, topic, partition),
      }));
    },

    topicsOf: (groupId) => offsets.topics(groupId),

    refuseOffsetDelete(groupId) {
      const group = classic.all.get(groupId);
      if (!group) return "GROUP_ID_NOT_FOUND";
      return group.state === "empty" || group.protocolType === "consumer" ? "NONE" : "NON_EMPTY_GROUP";
    },

    deleteOffsets(groupId, topic, partitions) {
      const group = classic.all.get(groupId);
      if (group && isSubscribedTo(group, topic)) return "GROUP_SUBSCRIBED_TO_TOPIC";
      const chosen = new Set(partitions);
      offsets.forget((place) => place.groupId === groupId && place.topic === topic && chosen.has(place.partition));
      return "NONE";
    },

    describe(groupId) {
      const group = classic.all.get(groupId);
      return group && describeClassic(group);
    },

    list: () => [...classic.all.values()].map(listClassic),

    delete(groupId) {
      const group = classic.all.get(groupId);
      if (!group) return "GROUP_ID_NOT_FOUND";
      if (group.state !== "empty") return "NON_EMPTY_GROUP";
      offsets.forget((place) => place.groupId === groupId);
      classic.delete(group);
      return "NONE";
    },

    commitInTransaction: (request) => commitInTransaction(groups, request),

    endTransaction: (groupId, producerId, committed) => offsets.end(groupId, producerId, committed),

    forgetTopic: (name) => offsets.forget(({ topic }) => topic === name),

    rebalance(groupId) {
      const group = classic.all.get(groupId);
      if (!group) return "GROUP_ID_NOT_FOUND";
      if (group.state === "stable" || group.state === "completing") {
        classic.run(group, (turn) => prepareRebalance(group, turn));
      }
      return "NONE";
    },

    runDue() {
      classic.runDue();
      expireOffsets({ classic, offsets, now: now(), settings });
    },

    close() {
      clearInterval(check);
      classic.close();
      table.close();
    },
  };
  return groups;
}

const sizeOf = (pieces: readonly Buffer[]): number => pieces.reduce((sum, { length }) => sum + length, 0);
