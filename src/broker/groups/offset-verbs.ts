import { checkConsumer } from "../group/consumer/index.ts";
import { commit, isSubscribedTo } from "../group/index.ts";
import type { ErrorName } from "../protocol/index.ts";
import { commitInTransaction } from "./commit-in-transaction.ts";
import { commitOffsets } from "./commit-offsets.ts";
import { isThere, openClassic, type Rooms } from "./directory.ts";
import type { Committer, Groups } from "./types.ts";

type OffsetVerbs = Pick<
  Groups,
  | "commit"
  | "refuseOffsetFetch"
  | "offsets"
  | "topicsOf"
  | "refuseOffsetDelete"
  | "deleteOffsets"
  | "commitInTransaction"
  | "endTransaction"
  | "forgetTopic"
>;

/** How far groups have read. */
export function offsetVerbs(rooms: Rooms): OffsetVerbs {
  const { classic, consumers, offsets, topics, now, settings } = rooms;
  const { offsetMetadataMax } = settings;
  const check = (groupId: string, who: Committer) => mayCommit(rooms, groupId, who);
  const verbs: OffsetVerbs = {
    commit: (groupId, who, asked) =>
      commitOffsets({ offsets, topics, now: now(), offsetMetadataMax, check }, groupId, who, asked),

    refuseOffsetFetch(groupId, memberId, memberEpoch) {
      const group = consumers.all.get(groupId);
      // Operators say nothing of a member.
      if (!group || (memberId === null && memberEpoch < 0)) return "NONE";
      return checkConsumer(group, memberId ?? "", memberEpoch);
    },

    offsets: (groupId, topic, partitions = offsets.partitions(groupId, topic)) =>
      partitions.map((partition) => ({
        partition,
        committed: offsets.get(groupId, topic, partition),
        unstable: offsets.isPending(groupId, topic, partition),
      })),

    topicsOf: (groupId) => offsets.topics(groupId),

    refuseOffsetDelete(groupId) {
      if (!isThere(rooms, groupId)) return "GROUP_ID_NOT_FOUND";
      const group = classic.all.get(groupId);
      // Of what is no consumer, nobody knows which offsets it uses.
      return group && group.state !== "empty" && group.protocolType !== "consumer" ? "NON_EMPTY_GROUP" : "NONE";
    },

    deleteOffsets(groupId, topic, partitions) {
      if (isRead(rooms, groupId, topic)) return "GROUP_SUBSCRIBED_TO_TOPIC";
      offsets.forgetIn(groupId, topic, partitions);
      return "NONE";
    },

    commitInTransaction: (request) => commitInTransaction(verbs, request),

    endTransaction: (groupId, producerId, committed) => offsets.end(groupId, producerId, committed),

    forgetTopic: (name) => offsets.forget(({ topic }) => topic === name),
  };
  return verbs;
}

/** Whether members of the group read the topic. */
export function isRead({ classic, consumers }: Rooms, groupId: string, topic: string): boolean {
  const group = classic.all.get(groupId);
  if (group) return isSubscribedTo(group, topic);
  return (
    consumers.all
      .get(groupId)
      ?.members.values()
      .some(({ topics }) => topics.includes(topic)) ?? false
  );
}

function mayCommit(rooms: Rooms, groupId: string, who: Committer): ErrorName {
  const { classic, consumers } = rooms;
  const outsider = who.generationId < 0;
  const modern = consumers.all.get(groupId);
  if (modern) {
    if (outsider && modern.members.size === 0) return "NONE";
    const error = checkConsumer(modern, who.memberId, who.generationId);
    const outdated = error !== "UNKNOWN_MEMBER_ID" && !who.transactional && who.knowsEpochs === false;
    return outdated ? "UNSUPPORTED_VERSION" : error;
  }
  // Who is no member can make a group that holds nothing but offsets.
  const group = outsider ? openClassic(rooms, groupId) : classic.all.get(groupId);
  if (!group) return outsider ? "POLICY_VIOLATION" : "GROUP_ID_NOT_FOUND";
  return commit(group, who, classic.turn());
}
