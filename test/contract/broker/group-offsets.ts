import { expect } from "bun:test";
import { MESSAGES, type RequestInput } from "../../../src/broker/protocol/index.ts";
import type { WireClient } from "../../support/broker/client.ts";
import { code, joinGroup, nameOf, protocol, stableGroup, syncGroup } from "../../support/broker/group-member.ts";
import { until } from "../../support/until.ts";
import { type BrokerUnderTest, brokerSuite } from "./suite.ts";

type Commit = RequestInput<typeof MESSAGES.offsetCommit>;

const NO_TOPIC_ID = "AAAAAAAAAAAAAAAAAAAAAQ";

/** How far groups have read: who may say it, who is told. */
export const groupOffsetsSuite = (target: BrokerUnderTest) =>
  brokerSuite("offsets of groups", target, (state) => {
    state("what is committed is fetched, in every version", async ({ client, name, topic }) => {
      const group = name("group");
      const there = await topic(2);
      for (const version of [2, 5, 6, 7, 8, 9]) {
        const offset = BigInt(version);
        const partitions = [{ partitionIndex: 1, committedOffset: offset, committedMetadata: `v${version}` }];
        expect(await commit(client, group, there, partitions, { version })).toEqual(["1 NONE"]);
        const wanted = { name: there, partitionIndexes: [1, 0] };
        const answer = [
          {
            partitionIndex: 1,
            committedOffset: offset,
            committedLeaderEpoch: -1,
            metadata: `v${version}`,
            errorCode: 0,
          },
          { partitionIndex: 0, committedOffset: -1n, committedLeaderEpoch: -1, metadata: "", errorCode: 0 },
        ];
        for (const asked of [1, 2, 5, 7]) {
          const { topics } = await client.call(MESSAGES.offsetFetch, asked, { groupId: group, topics: [wanted] });
          expect(topics).toMatchObject([{ name: there, partitions: answer }]);
        }
        for (const asked of [8, 9]) {
          const { groups } = await client.call(MESSAGES.offsetFetch, asked, {
            groups: [{ groupId: group, topics: [wanted] }],
          });
          expect(groups).toMatchObject([
            { groupId: group, errorCode: 0, topics: [{ name: there, partitions: answer }] },
          ]);
        }
      }
    });

    state("the leader's epoch is kept beside the offset", async ({ client, name, topic }) => {
      const group = name("group");
      const there = await topic();
      const partitions = [{ partitionIndex: 0, committedOffset: 7n, committedLeaderEpoch: 3, committedMetadata: null }];
      await commit(client, group, there, partitions);
      const { topics } = await client.call(MESSAGES.offsetFetch, 5, {
        groupId: group,
        topics: [{ name: there, partitionIndexes: [0] }],
      });
      expect(topics[0]?.partitions).toMatchObject([{ committedOffset: 7n, committedLeaderEpoch: 3, metadata: "" }]);
    });

    state("topics go by their ids from version 10 on", async ({ client, name, topic }) => {
      const group = name("group");
      const there = await topic(1);
      const topicId = await idOf(client, there);
      const partition = (committedOffset: bigint) => [{ partitionIndex: 0, committedOffset, committedMetadata: "" }];
      const { topics } = await client.call(MESSAGES.offsetCommit, 10, {
        groupId: group,
        memberId: "",
        topics: [
          { topicId, partitions: partition(5n) },
          { topicId: NO_TOPIC_ID, partitions: partition(6n) },
        ],
      });
      const told = Object.fromEntries(topics.map((one) => [one.topicId, one.partitions.map(nameOf)]));
      expect(told).toEqual({ [topicId]: ["NONE"], [NO_TOPIC_ID]: ["UNKNOWN_TOPIC_ID"] });
      const { groups } = await client.call(MESSAGES.offsetFetch, 10, {
        groups: [
          {
            groupId: group,
            topics: [
              { topicId, partitionIndexes: [0, 9] },
              { topicId: NO_TOPIC_ID, partitionIndexes: [0] },
            ],
          },
          { groupId: group, topics: null },
        ],
      });
      expect(groups[0]?.topics.map((one) => one.partitions.map((p) => [p.committedOffset, nameOf(p)]))).toEqual([
        [
          [5n, "NONE"],
          [-1n, "NONE"],
        ],
        [[-1n, "UNKNOWN_TOPIC_ID"]],
      ]);
      expect(groups[1]?.topics).toMatchObject([{ topicId, partitions: [{ committedOffset: 5n }] }]);
    });

    state("all topics of a group are fetched where none is named", async ({ client, name, topic }) => {
      const group = name("group");
      const topics = [await topic(), await topic()];
      for (const there of topics) await commit(client, group, there, [at(0, 3n)]);
      const all = await client.call(MESSAGES.offsetFetch, 7, { groupId: group, topics: null });
      expect(new Set(all.topics.map((one) => one.name))).toEqual(new Set(topics));
      const several = await client.call(MESSAGES.offsetFetch, 8, {
        groups: [
          { groupId: group, topics: null },
          { groupId: name("other"), topics: null },
        ],
      });
      expect(several.groups.map((one) => [one.errorCode, one.topics.length])).toEqual([
        [0, 2],
        [0, 0],
      ]);
    });

    state("a group that is not there has committed nothing", async ({ client, name, topic }) => {
      const there = await topic();
      const wanted = { groupId: name("group"), topics: [{ name: there, partitionIndexes: [0, 9] }] };
      const { topics, errorCode } = await client.call(MESSAGES.offsetFetch, 5, wanted);
      expect(errorCode).toBe(0);
      expect(topics[0]?.partitions.map((one) => [one.committedOffset, one.errorCode])).toEqual([
        [-1n, 0],
        [-1n, 0],
      ]);
    });

    state("partitions that are not there are refused, the others are stored", async ({ client, name, topic }) => {
      const group = name("group");
      const there = await topic(1);
      expect(await commit(client, group, there, [at(0, 1n), at(1, 1n)])).toEqual([
        "0 NONE",
        "1 UNKNOWN_TOPIC_OR_PARTITION",
      ]);
      expect(await commit(client, group, name("topic"), [at(0, 1n)])).toEqual(["0 UNKNOWN_TOPIC_OR_PARTITION"]);
      expect(await committed(client, group, there)).toBe(1n);
    });

    state("metadata beside an offset has up to 4,096 characters", async ({ client, name, topic }) => {
      const group = name("group");
      const there = await topic(2);
      const long = { ...at(0, 1n), committedMetadata: "é".repeat(4_096) };
      const longer = { ...at(1, 1n), committedMetadata: "x".repeat(4_097) };
      expect(await commit(client, group, there, [long, longer])).toEqual(["0 NONE", "1 OFFSET_METADATA_TOO_LARGE"]);
    });

    state("any offset is taken as it comes", async ({ client, name, topic }) => {
      const group = name("group");
      const there = await topic();
      for (const offset of [-5n, 0n, 9_223_372_036_854_775_807n, 3n]) {
        expect(await commit(client, group, there, [at(0, offset)])).toEqual(["0 NONE"]);
        expect(await committed(client, group, there)).toBe(offset);
      }
    });

    state("a member of a group that is not there is told so as its version knows", async (bench) => {
      const { client, name, topic } = bench;
      const there = await topic();
      const member = { memberId: "m", generationIdOrMemberEpoch: 1 };
      const told = (version: number) => commit(client, name("group"), there, [at(0, 1n)], { ...member, version });
      expect(await told(8)).toEqual(["0 ILLEGAL_GENERATION"]);
      expect(await told(9)).toEqual(["0 GROUP_ID_NOT_FOUND"]);
    });

    state("whoever is no member commits only while the group has none", async ({ client, name, topic }) => {
      const group = name("group");
      const there = await topic();
      expect(await commit(client, group, there, [at(0, 1n)])).toEqual(["0 NONE"]);
      const { memberId } = await stableGroup(client, group);
      expect(await commit(client, group, there, [at(0, 2n)])).toEqual(["0 UNKNOWN_MEMBER_ID"]);
      await client.call(MESSAGES.leaveGroup, 5, { groupId: group, members: [{ memberId }] });
      expect(await commit(client, group, there, [at(0, 3n)])).toEqual(["0 NONE"]);
    });

    state("a commit must be of this member and this generation", async ({ client, name, topic }) => {
      const group = name("group");
      const there = await topic();
      const { memberId, generationId } = await stableGroup(client, group);
      const told = async (given: Partial<Commit>) =>
        (
          await commit(client, group, there, [at(0, 1n)], {
            memberId,
            generationIdOrMemberEpoch: generationId,
            ...given,
          })
        )[0];
      expect(await told({})).toBe("0 NONE");
      expect(await told({ memberId: "nobody", generationIdOrMemberEpoch: 9 })).toBe("0 UNKNOWN_MEMBER_ID");
      expect(await told({ groupInstanceId: "nobody" })).toBe("0 UNKNOWN_MEMBER_ID");
      expect(await told({ generationIdOrMemberEpoch: 0 })).toBe("0 ILLEGAL_GENERATION");
      expect(await told({ generationIdOrMemberEpoch: -1 })).toBe("0 ILLEGAL_GENERATION");
    });

    state("a member that has not synced yet is sent to do that first", async ({ client, name, topic }) => {
      const group = name("group");
      const there = await topic();
      const { memberId } = await stableGroup(client, group);
      const { generationId } = await joinGroup(client, group, { memberId });
      const member = { memberId, generationIdOrMemberEpoch: generationId };
      expect(await commit(client, group, there, [at(0, 1n)], member)).toEqual(["0 REBALANCE_IN_PROGRESS"]);
      await syncGroup(client, group, { memberId, generationId });
      expect(await commit(client, group, there, [at(0, 1n)], member)).toEqual(["0 NONE"]);
    });

    state("a member commits what it has read while the others gather", async ({ client, connect, name, topic }) => {
      const group = name("group");
      const there = await topic();
      const { memberId, generationId } = await stableGroup(client, group);
      const other = await connect();
      const { memberId: newcomer } = await joinGroup(other, group);
      const joining = joinGroup(other, group, { memberId: newcomer });
      const member = { memberId, generationIdOrMemberEpoch: generationId };
      expect(await commit(client, group, there, [at(0, 1n)], member)).toEqual(["0 NONE"]);
      await joinGroup(client, group, { memberId });
      await joining;
    });

    state("the offsets of a deleted topic are gone", async ({ client, name, topic }) => {
      const group = name("group");
      const there = await topic();
      await commit(client, group, there, [at(0, 1n)]);
      await client.call(MESSAGES.deleteTopics, 6, {
        topics: [{ name: there, topicId: "AAAAAAAAAAAAAAAAAAAAAA" }],
        timeoutMs: 10_000,
      });
      await until("they are gone", async () => (await committed(client, group, there)) === -1n);
    });

    state("offsets are deleted where nobody reads the topic", async ({ client, name, topic }) => {
      const group = name("group");
      const [read, unread] = [await topic(), await topic(2)];
      for (const there of [read, unread]) await commit(client, group, there, [at(0, 1n)]);
      const { memberId } = await stableGroup(client, group, { protocols: [protocol("range", read)] });
      expect(await forget(client, group, [read, unread])).toEqual([
        0,
        [
          [read, "GROUP_SUBSCRIBED_TO_TOPIC"],
          [unread, "NONE"],
        ],
      ]);
      expect(await committed(client, group, unread)).toBe(-1n);
      expect(await committed(client, group, read)).toBe(1n);
      await client.call(MESSAGES.leaveGroup, 5, { groupId: group, members: [{ memberId }] });
      expect(await forget(client, group, [read, name("topic")])).toMatchObject([
        0,
        [
          [read, "NONE"],
          [expect.any(String), "UNKNOWN_TOPIC_OR_PARTITION"],
        ],
      ]);
    });

    state("offsets are deleted of groups that are there, and not of others' members", async (bench) => {
      const { client, name, topic } = bench;
      const group = name("group");
      const there = await topic();
      expect(await forget(client, group, [there])).toEqual([code("GROUP_ID_NOT_FOUND"), []]);
      expect(await forget(client, "", [there])).toEqual([code("INVALID_GROUP_ID"), []]);
      await stableGroup(client, group, { protocolType: "connect" });
      expect(await forget(client, group, [there])).toEqual([code("NON_EMPTY_GROUP"), []]);
    });
  });

const at = (partitionIndex: number, committedOffset: bigint) => ({
  partitionIndex,
  committedOffset,
  committedMetadata: "",
});

/** Commits in one topic; each partition with the error's name, in order of the partitions. */
export async function commit(
  client: WireClient,
  groupId: string,
  topic: string,
  partitions: Commit["topics"][number]["partitions"],
  { version = 8, ...given }: Partial<Commit> & { readonly version?: number } = {},
): Promise<readonly string[]> {
  const { topics } = await client.call(MESSAGES.offsetCommit, version, {
    groupId,
    memberId: "",
    topics: [{ name: topic, partitions }],
    ...given,
  });
  return (topics[0]?.partitions ?? []).map((one) => `${one.partitionIndex} ${nameOf(one)}`).toSorted();
}

/** What is committed in a topic's first partition. */
export async function committed(client: WireClient, groupId: string, topic: string): Promise<bigint | undefined> {
  const { topics } = await client.call(MESSAGES.offsetFetch, 5, {
    groupId,
    topics: [{ name: topic, partitionIndexes: [0] }],
  });
  return topics[0]?.partitions[0]?.committedOffset;
}

/** Deletes the offsets of these topics' first partitions; the error, and that of each topic. */
async function forget(client: WireClient, groupId: string, topics: readonly string[]) {
  const answer = await client.call(MESSAGES.offsetDelete, 0, {
    groupId,
    topics: topics.map((name) => ({ name, partitions: [{ partitionIndex: 0 }] })),
  });
  const order = ({ name }: { readonly name: string }) => topics.indexOf(name);
  return [
    answer.errorCode,
    answer.topics
      .toSorted((one, other) => order(one) - order(other))
      .map(({ name, partitions }) => [name, ...partitions.map(nameOf)]),
  ];
}

async function idOf(client: WireClient, name: string): Promise<string> {
  const { topics } = await client.call(MESSAGES.metadata, 12, {
    topics: [{ topicId: "AAAAAAAAAAAAAAAAAAAAAA", name }],
    allowAutoTopicCreation: false,
  });
  return topics[0]?.topicId ?? "";
}
