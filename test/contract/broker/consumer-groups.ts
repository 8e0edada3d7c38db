import { expect } from "bun:test";
import { MESSAGES, type RequestInput, type ResponseOf } from "../../../src/broker/protocol/index.ts";
import type { WireClient } from "../../support/broker/client.ts";
import { nameOf } from "../../support/broker/group-member.ts";
import { until } from "../../support/until.ts";
import { commit } from "./group-offsets.ts";
import { type Bench, type BrokerUnderTest, brokerSuite } from "./suite.ts";

type Beat = RequestInput<typeof MESSAGES.consumerGroupHeartbeat>;
type Beaten = ResponseOf<typeof MESSAGES.consumerGroupHeartbeat>;

/** Groups in which the broker shares out (KIP-848). When it does is its own affair: tests beat until it has. */
export const consumerGroupsSuite = (target: BrokerUnderTest) =>
  brokerSuite("groups of the newer protocol", target, (state) => {
    state("one member alone gets everything", async (bench) => {
      const { group, topic, join } = await started(bench, 3);
      const member = await join("m1");
      expect(await member.settled()).toEqual([0, 1, 2]);
      expect(member.told).toMatchObject({
        errorCode: 0,
        errorMessage: null,
        memberId: "m1",
        heartbeatIntervalMs: 5000,
      });
      expect((await member.beat()).assignment).toBeNull();
      expect(await described(bench.client, group)).toMatchObject({
        errorCode: 0,
        groupState: "Stable",
        assignorName: "uniform",
        members: [{ memberId: "m1", instanceId: null, subscribedTopicNames: [topic], memberType: 1 }],
      });
    });

    state("a second member gets its share when the first has given it up", async (bench) => {
      const { join } = await started(bench, 4);
      const one = await join("m1");
      expect(await one.settled()).toEqual([0, 1, 2, 3]);
      const two = await join("m2");
      await until("the first is told to give up", async () => (await one.beat()).assignment);
      const kept = one.partitions;
      expect(kept).toHaveLength(2);
      for (let again = 0; again < 3; again++) await two.beat();
      expect(two.partitions).toEqual([]);
      const epoch = one.told.memberEpoch;
      await one.confirm();
      expect(one.told.memberEpoch).toBeGreaterThan(epoch);
      await until("the second has its share", async () => (await two.beat()).assignment);
      expect([...kept, ...two.partitions].toSorted((one, other) => one - other)).toEqual([0, 1, 2, 3]);
      expect(two.told.memberEpoch).toBe(one.told.memberEpoch);
    });

    state("what a member leaves goes to the others", async (bench) => {
      const { join } = await started(bench, 2);
      const [one, two] = [await join("m1"), await join("m2")];
      await until("both have a share", async () => {
        for (const member of [one, two]) await member.confirm();
        return one.partitions.length === 1 && two.partitions.length === 1;
      });
      const left = await one.beat({ memberEpoch: -1 });
      expect(left).toMatchObject({ errorCode: 0, memberId: "m1", memberEpoch: -1, heartbeatIntervalMs: 0 });
      await until("the other has everything", async () => (await two.confirm()) && two.partitions.length === 2);
      expect(nameOf(await one.beat({ memberEpoch: 1 }))).toBe("UNKNOWN_MEMBER_ID");
    });

    state("partitions that a topic gets later are given out", async (bench) => {
      const { join, topic } = await started(bench, 1);
      const member = await join("m1");
      expect(await member.settled()).toEqual([0]);
      await bench.client.call(MESSAGES.createPartitions, 3, {
        topics: [{ name: topic, count: 3, assignments: null }],
        timeoutMs: 10_000,
        validateOnly: false,
      });
      await until("it has the new ones", async () => (await member.confirm()) && member.partitions.length === 3);
    });

    state("a member that reads another topic is given that", async (bench) => {
      const { join, topic } = await started(bench, 1);
      const other = await bench.topic(2);
      const member = await join("m1");
      await member.settled();
      await member.beat({ subscribedTopicNames: [topic, other] });
      await until("it has both", async () => (await member.confirm()) && member.partitions.length === 3);
    });

    state("ranges are given out where members ask for them", async (bench) => {
      const { join, group } = await started(bench, 4);
      const [one, two] = [await join("m1", { serverAssignor: "range" }), await join("m2", { serverAssignor: "range" })];
      await until("both have a share", async () => {
        for (const member of [one, two]) await member.confirm();
        return one.partitions.length === 2 && two.partitions.length === 2;
      });
      expect([one.partitions, two.partitions]).toEqual([
        [0, 1],
        [2, 3],
      ]);
      expect(await described(bench.client, group)).toMatchObject({ assignorName: "range" });
    });

    state("a heartbeat that makes no sense is refused, with the reason", async (bench) => {
      const { beat, topic } = await started(bench, 1);
      const joining = { rebalanceTimeoutMs: 5_000, subscribedTopicNames: [topic], topicPartitions: [] };
      const told = async (given: Partial<Beat>) => {
        const { errorCode, errorMessage, memberId } = await beat({ ...joining, ...given });
        expect(memberId).toBeNull();
        return [nameOf({ errorCode }), errorMessage];
      };
      expect(await told({ groupId: "" })).toEqual(["INVALID_REQUEST", "GroupId can't be empty."]);
      expect(await told({ memberId: "" })).toEqual(["INVALID_REQUEST", "MemberId can't be empty."]);
      expect(await told({ instanceId: "" })).toEqual(["INVALID_REQUEST", "InstanceId can't be empty."]);
      expect(await told({ rackId: "" })).toEqual(["INVALID_REQUEST", "RackId can't be empty."]);
      expect(await told({ memberEpoch: -5 })).toEqual(["INVALID_REQUEST", "MemberEpoch is invalid."]);
      expect(await told({ memberEpoch: -2 })).toEqual(["INVALID_REQUEST", "InstanceId can't be null."]);
      expect(await told({ rebalanceTimeoutMs: -1 })).toEqual([
        "INVALID_REQUEST",
        "RebalanceTimeoutMs must be provided in first request.",
      ]);
      expect(await told({ topicPartitions: null })).toEqual([
        "INVALID_REQUEST",
        "TopicPartitions must be empty when (re-)joining.",
      ]);
      expect((await told({ subscribedTopicNames: null }))[0]).toBe("INVALID_REQUEST");
      expect(await told({ serverAssignor: "nope" })).toEqual([
        "UNSUPPORTED_ASSIGNOR",
        "ServerAssignor nope is not supported. Supported assignors: uniform, range.",
      ]);
      expect((await told({ memberEpoch: 3 }))[0]).toBe("GROUP_ID_NOT_FOUND");
    });

    state("a member in another epoch than the broker's is fenced", async (bench) => {
      const { join } = await started(bench, 1);
      const member = await join("m1");
      await member.settled();
      const { memberEpoch } = member.told;
      expect(await member.beat({ memberEpoch: memberEpoch + 1 })).toMatchObject({
        errorCode: 110,
        errorMessage: `The consumer group member has a greater member epoch (${memberEpoch + 1}) than the one known by the group coordinator (${memberEpoch}). The member must abandon all its partitions and rejoin.`,
      });
      expect(nameOf(await member.beat({ memberId: "nobody", memberEpoch }))).toBe("UNKNOWN_MEMBER_ID");
    });

    state("a static member that is away for a moment keeps its partitions", async (bench) => {
      const { join } = await started(bench, 2);
      const first = await join("m1", { instanceId: "one" });
      expect(await first.settled()).toEqual([0, 1]);
      const early = await join("m2", { instanceId: "one" });
      expect(nameOf(early.told)).toBe("UNRELEASED_INSTANCE_ID");
      expect(await first.beat({ instanceId: "one", memberEpoch: -2 })).toMatchObject({ errorCode: 0, memberEpoch: -2 });
      const back = await join("m3", { instanceId: "one" });
      expect(back.told).toMatchObject({ errorCode: 0, memberId: "m3" });
      expect(back.partitions).toEqual([0, 1]);
      const fenced = await first.beat({ instanceId: "one", memberEpoch: back.told.memberEpoch });
      expect(nameOf(fenced)).toBe("FENCED_INSTANCE_ID");
      expect(nameOf(await back.beat({ instanceId: "two" }))).toBe("UNKNOWN_MEMBER_ID");
    });

    state("offsets are committed and fetched in the member's epoch", async (bench) => {
      const { group, topic, join } = await started(bench, 1);
      const member = await join("m1");
      await member.settled();
      const { memberEpoch } = member.told;
      const partitions = [{ partitionIndex: 0, committedOffset: 3n, committedMetadata: "" }];
      const by = (memberId: string, epoch: number, version = 9) =>
        commit(bench.client, group, topic, partitions, { version, memberId, generationIdOrMemberEpoch: epoch });
      expect(await by("m1", memberEpoch)).toEqual(["0 NONE"]);
      expect(await by("m1", memberEpoch, 8)).toEqual(["0 UNSUPPORTED_VERSION"]);
      expect(await by("m1", memberEpoch + 1)).toEqual(["0 STALE_MEMBER_EPOCH"]);
      expect(await by("m2", memberEpoch)).toEqual(["0 UNKNOWN_MEMBER_ID"]);
      expect(await by("", -1)).toEqual(["0 UNKNOWN_MEMBER_ID"]);
      const fetched = async (memberId: string | null, epoch: number) => {
        const { groups } = await bench.client.call(MESSAGES.offsetFetch, 9, {
          groups: [{ groupId: group, memberId, memberEpoch: epoch, topics: [{ name: topic, partitionIndexes: [0] }] }],
        });
        return [groups.map(nameOf)[0], groups[0]?.topics[0]?.partitions[0]?.committedOffset];
      };
      expect(await fetched("m1", memberEpoch)).toEqual(["NONE", 3n]);
      expect(await fetched(null, -1)).toEqual(["NONE", 3n]);
      expect(await fetched("m1", memberEpoch + 1)).toEqual(["STALE_MEMBER_EPOCH", undefined]);
      expect(await fetched("m2", memberEpoch)).toEqual(["UNKNOWN_MEMBER_ID", undefined]);
    });

    state("operators see what kind of group it is", async (bench) => {
      const { group, join, topic } = await started(bench, 1);
      const member = await join("m1");
      await member.settled();
      const { client } = bench;
      const { groups } = await client.call(MESSAGES.listGroups, 5, { statesFilter: [], typesFilter: ["consumer"] });
      expect(groups).toContainEqual({
        groupId: group,
        protocolType: "consumer",
        groupState: "Stable",
        groupType: "consumer",
      });
      const asked = { groups: [group], includeAuthorizedOperations: false };
      expect((await client.call(MESSAGES.describeGroups, 5, asked)).groups).toMatchObject([
        { errorCode: 0, groupState: "Dead" },
      ]);
      expect((await client.call(MESSAGES.describeGroups, 6, asked)).groups).toMatchObject([
        { errorCode: 69, errorMessage: `Group ${group} is not a classic group.` },
      ]);
      const deleted = async () => (await client.call(MESSAGES.deleteGroups, 2, { groupsNames: [group] })).results[0];
      expect(await deleted()).toMatchObject({ errorCode: 68 });
      const offsets = { groupId: group, topics: [{ name: topic, partitions: [{ partitionIndex: 0 }] }] };
      expect((await client.call(MESSAGES.offsetDelete, 0, offsets)).topics[0]?.partitions.map(nameOf)).toEqual([
        "GROUP_SUBSCRIBED_TO_TOPIC",
      ]);
      await member.beat({ memberEpoch: -1 });
      expect(await described(client, group)).toMatchObject({ groupState: "Empty", members: [] });
      expect(await deleted()).toMatchObject({ errorCode: 0 });
      expect(await described(client, group)).toMatchObject({
        errorCode: 69,
        errorMessage: `Group ${group} not found.`,
      });
    });
  });

/** A member that remembers what it was told. */
interface TestMember {
  readonly told: Beaten;
  readonly partitions: readonly number[];
  beat(given?: Partial<Beat>): Promise<Beaten>;
  /** Beats, and says that it owns just what it was given. */
  confirm(): Promise<Beaten>;
  /** Beats until it has been given something. */
  settled(): Promise<readonly number[]>;
}

async function started(bench: Bench, partitions: number) {
  const topic = await bench.topic(partitions);
  const group = bench.name("group");
  const beat = (given: Partial<Beat>) =>
    bench.client.call(MESSAGES.consumerGroupHeartbeat, 1, { groupId: group, memberId: "m1", memberEpoch: 0, ...given });
  const join = async (memberId: string, given: Partial<Beat> = {}): Promise<TestMember> => {
    const joining = { rebalanceTimeoutMs: 30_000, subscribedTopicNames: [topic], topicPartitions: [] };
    let told = await beat({ memberId, ...joining, ...given });
    let assigned = told.assignment?.topicPartitions ?? [];
    const take = (answer: Beaten) => {
      if (answer.errorCode !== 0) return answer;
      told = answer;
      assigned = answer.assignment?.topicPartitions ?? assigned;
      return answer;
    };
    const member: TestMember = {
      get told() {
        return told;
      },
      get partitions() {
        return assigned.flatMap((one) => one.partitions).toSorted((one, other) => one - other);
      },
      beat: async (more = {}) =>
        take(await beat({ memberId, memberEpoch: told.memberEpoch, instanceId: given.instanceId ?? null, ...more })),
      confirm: () => member.beat({ topicPartitions: assigned }),
      async settled() {
        await until("it has been given something", async () => {
          await member.confirm();
          return assigned.length > 0;
        });
        return member.partitions;
      },
    };
    return member;
  };
  return { topic, group, beat, join };
}

async function described(client: WireClient, group: string) {
  const { groups } = await client.call(MESSAGES.consumerGroupDescribe, 1, {
    groupIds: [group],
    includeAuthorizedOperations: false,
  });
  return groups[0];
}
