import { expect } from "bun:test";
import { MESSAGES } from "../../../src/broker/protocol/index.ts";
import type { WireClient } from "../../support/broker/client.ts";
import {
  heartbeatOf,
  type Joined,
  joinGroup,
  joinNew,
  nameOf,
  protocol,
  stableGroup,
  subscription,
  syncGroup,
} from "../../support/broker/group-member.ts";
import { until } from "../../support/until.ts";
import { type BrokerUnderTest, brokerSuite } from "./suite.ts";

/** Which members a group has, which of them leads it, and what each is told. */
export const groupsSuite = (target: BrokerUnderTest) =>
  brokerSuite("groups", target, (state) => {
    state("somebody new is given an id, and joins with it", async ({ connect, name }) => {
      const client = await connect("reader");
      const group = name("group");
      const asked = await joinGroup(client, group);
      expect({ ...asked, memberId: "" }).toEqual({
        throttleTimeMs: 0,
        errorCode: 79,
        generationId: -1,
        protocolType: null,
        protocolName: null,
        leader: "",
        skipAssignment: false,
        memberId: "",
        members: [],
      });
      expect(asked.memberId).toMatch(/^reader-[0-9a-f-]{36}$/);
      const { memberId } = asked;
      expect(await joinGroup(client, group, { memberId })).toEqual({
        throttleTimeMs: 0,
        errorCode: 0,
        generationId: 1,
        protocolType: "consumer",
        protocolName: "range",
        leader: memberId,
        skipAssignment: false,
        memberId,
        members: [{ memberId, groupInstanceId: null, metadata: subscription([]) }],
      });
    });

    state("a client of old joins with its first request", async ({ client, name }) => {
      for (const version of [0, 1, 2, 3]) {
        const joined = await joinGroup(client, name("group"), { version });
        expect(joined).toMatchObject({ errorCode: 0, generationId: 1, protocolName: "range", leader: joined.memberId });
        expect(joined.members).toHaveLength(1);
      }
    });

    state("a refused JoinGroup has the fields of its version", async ({ client, name }) => {
      const refused = async (version: number) => {
        const { protocolName, protocolType, leader, generationId } = await joinGroup(client, name(), {
          version,
          sessionTimeoutMs: 1,
        });
        return { protocolName, protocolType, leader, generationId };
      };
      expect(await refused(6)).toEqual({ protocolName: "", protocolType: null, leader: "", generationId: -1 });
      expect(await refused(7)).toEqual({ protocolName: null, protocolType: null, leader: "", generationId: -1 });
    });

    state("a join without a group's name is refused", async ({ client }) => {
      expect(nameOf(await joinGroup(client, ""))).toBe("INVALID_GROUP_ID");
    });

    state("sessions are between six seconds and half an hour", async ({ client, name }) => {
      const told = async (sessionTimeoutMs: number) =>
        nameOf(await joinGroup(client, name("group"), { sessionTimeoutMs }));
      expect(await told(5_999)).toBe("INVALID_SESSION_TIMEOUT");
      expect(await told(6_000)).toBe("MEMBER_ID_REQUIRED");
      expect(await told(1_800_000)).toBe("MEMBER_ID_REQUIRED");
      expect(await told(1_800_001)).toBe("INVALID_SESSION_TIMEOUT");
    });

    state("an id that was not given out is unknown", async ({ client, name }) => {
      const group = name("group");
      expect(nameOf(await joinGroup(client, group, { memberId: "nobody" }))).toBe("UNKNOWN_MEMBER_ID");
      await stableGroup(client, group);
      const told = await joinGroup(client, group, { memberId: "nobody" });
      expect(told).toMatchObject({ errorCode: 25, memberId: "nobody", generationId: -1, leader: "" });
    });

    state("members without a protocol in common are not in one group", async ({ client, connect, name }) => {
      const group = name("group");
      expect(nameOf(await joinGroup(client, name(), { protocols: [] }))).toBe("INCONSISTENT_GROUP_PROTOCOL");
      expect(nameOf(await joinGroup(client, name(), { protocolType: "" }))).toBe("INCONSISTENT_GROUP_PROTOCOL");
      await stableGroup(client, group);
      const other = await connect();
      expect(nameOf(await joinGroup(other, group, { protocols: [protocol("sticky")] }))).toBe(
        "INCONSISTENT_GROUP_PROTOCOL",
      );
      expect(nameOf(await joinGroup(other, group, { protocolType: "connect" }))).toBe("INCONSISTENT_GROUP_PROTOCOL");
    });

    state("the protocol that most members like best is chosen of those that all speak", async (bench) => {
      const { connect, name } = bench;
      const group = name("group");
      const likes = [
        [protocol("a"), protocol("b"), protocol("c")],
        [protocol("b"), protocol("c")],
        [protocol("c"), protocol("b"), protocol("a")],
      ];
      const clients = await Promise.all(likes.map(() => connect()));
      const members = await gather(clients, group, (at) => ({ protocols: likes[at] ?? [] }));
      expect(new Set(members.map(({ protocolName }) => protocolName))).toEqual(new Set(["b"]));
    });

    state("all members of a generation know its leader, who alone knows all members", async ({ connect, name }) => {
      const group = name("group");
      const clients = [await connect("one"), await connect("two"), await connect("three")];
      const members = await gather(clients, group);
      const [generation] = members.map(({ generationId }) => generationId);
      for (const { generationId } of members) expect(generationId).toBe(generation ?? -1);
      const [leader] = members.filter((member) => member.leader === member.memberId);
      expect(new Set(members.map((member) => member.leader))).toEqual(new Set([leader?.memberId ?? ""]));
      expect(leader?.members.map(({ memberId }) => memberId).toSorted()).toEqual(
        members.map(({ memberId }) => memberId).toSorted(),
      );
      for (const member of members) if (member !== leader) expect(member.members).toEqual([]);
    });

    state("followers get what the leader has given them, however early they ask", async ({ connect, name }) => {
      const group = name("group");
      const clients = [await connect(), await connect()];
      const members = await gather(clients, group);
      const [leading, following] = split(clients, members);
      const early = syncGroup(following.client, group, following.member);
      const given = [
        { memberId: leading.member.memberId, assignment: Buffer.from("mine") },
        { memberId: following.member.memberId, assignment: Buffer.from("yours") },
      ];
      expect(await syncGroup(leading.client, group, leading.member, { assignments: given })).toEqual({
        throttleTimeMs: 0,
        errorCode: 0,
        protocolType: "consumer",
        protocolName: "range",
        assignment: Buffer.from("mine"),
      });
      expect((await early).assignment).toEqual(Buffer.from("yours"));
      const late = await syncGroup(following.client, group, following.member);
      expect(late.assignment).toEqual(Buffer.from("yours"));
    });

    state("a member that the leader forgot gets nothing, and no error", async ({ connect, name }) => {
      const group = name("group");
      const clients = [await connect(), await connect()];
      const [leading, following] = split(clients, await gather(clients, group));
      const strangers = [{ memberId: "nobody", assignment: Buffer.from("x") }];
      await syncGroup(leading.client, group, leading.member, { assignments: strangers });
      expect(await syncGroup(following.client, group, following.member)).toMatchObject({
        errorCode: 0,
        assignment: Buffer.alloc(0),
      });
    });

    state("what only a follower brings is not given out", async ({ connect, name }) => {
      const group = name("group");
      const clients = [await connect(), await connect()];
      const [leading, following] = split(clients, await gather(clients, group));
      const { memberId } = following.member;
      const waiting = syncGroup(following.client, group, following.member, {
        assignments: [{ memberId, assignment: Buffer.from("taken") }],
      });
      await syncGroup(leading.client, group, leading.member);
      expect((await waiting).assignment).toEqual(Buffer.alloc(0));
    });

    state("a SyncGroup must be of this member, this generation and this protocol", async ({ client, name }) => {
      const group = name("group");
      expect(nameOf(await syncGroup(client, group, { memberId: "m", generationId: 1 }))).toBe("UNKNOWN_MEMBER_ID");
      expect(nameOf(await syncGroup(client, "", { memberId: "m", generationId: 1 }))).toBe("INVALID_GROUP_ID");
      const joined = await joinNew(client, group);
      const told = async (given: Parameters<typeof syncGroup>[3]) =>
        nameOf(await syncGroup(client, group, joined, given));
      expect(await told({ memberId: "nobody", generationId: 9 })).toBe("UNKNOWN_MEMBER_ID");
      expect(await told({ groupInstanceId: "nobody" })).toBe("UNKNOWN_MEMBER_ID");
      expect(await told({ generationId: 9, protocolName: "sticky" })).toBe("ILLEGAL_GENERATION");
      expect(await told({ protocolName: "sticky" })).toBe("INCONSISTENT_GROUP_PROTOCOL");
      expect(await told({ protocolType: "connect" })).toBe("INCONSISTENT_GROUP_PROTOCOL");
      expect(await told({ protocolType: null })).toBe("INCONSISTENT_GROUP_PROTOCOL");
      expect(await told({ protocolName: null })).toBe("INCONSISTENT_GROUP_PROTOCOL");
      expect(await told({ version: 4 })).toBe("NONE");
    });

    state("a refused SyncGroup has nothing in it", async ({ client, name }) => {
      expect(await syncGroup(client, name(), { memberId: "m", generationId: 1 })).toEqual({
        throttleTimeMs: 0,
        errorCode: 25,
        protocolType: null,
        protocolName: null,
        assignment: Buffer.alloc(0),
      });
    });

    state("a heartbeat in completing, stable and preparing", async ({ client, connect, name }) => {
      const group = name("group");
      const joined = await joinNew(client, group);
      expect(await heartbeatOf(client, group, joined)).toBe("NONE");
      await syncGroup(client, group, joined);
      expect(await heartbeatOf(client, group, joined)).toBe("NONE");
      const other = await connect();
      const joining = joinNew(other, group);
      await until("the group prepares", async () => (await heartbeatOf(client, group, joined)) !== "NONE");
      expect(await heartbeatOf(client, group, joined)).toBe("REBALANCE_IN_PROGRESS");
      const again = await joinGroup(client, group, { memberId: joined.memberId });
      expect(again.generationId).toBe(2);
      expect((await joining).generationId).toBe(2);
      expect(await heartbeatOf(client, group, joined)).toBe("ILLEGAL_GENERATION");
    });

    state("a heartbeat must be of this member and this generation", async ({ client, name }) => {
      const group = name("group");
      expect(await heartbeatOf(client, "", { memberId: "m", generationId: 0 })).toBe("INVALID_GROUP_ID");
      expect(await heartbeatOf(client, group, { memberId: "m", generationId: 0 })).toBe("UNKNOWN_MEMBER_ID");
      const joined = await stableGroup(client, group);
      expect(await heartbeatOf(client, group, { ...joined, memberId: "m" })).toBe("UNKNOWN_MEMBER_ID");
      expect(await heartbeatOf(client, group, { ...joined, generationId: 0 })).toBe("ILLEGAL_GENERATION");
      expect(await heartbeatOf(client, group, joined, "nobody")).toBe("UNKNOWN_MEMBER_ID");
    });

    state("a member that was given an id holds up a rebalance until it joins or leaves", async (bench) => {
      const { client, connect, name } = bench;
      const group = name("group");
      const joined = await stableGroup(client, group);
      const other = await connect();
      const { memberId } = await joinGroup(other, group);
      // The leader joins again, and must wait for the one with the new id.
      const again = joinGroup(client, group, { memberId: joined.memberId });
      let done = false;
      const settled = again.then((answer) => {
        done = true;
        return answer;
      });
      await describedAs(other, group, "PreparingRebalance");
      expect(done).toBe(false);
      await other.call(MESSAGES.leaveGroup, 5, { groupId: group, members: [{ memberId }] });
      expect(await settled).toMatchObject({ errorCode: 0, generationId: 2 });
    });

    state("a follower that joins again unchanged is told of the generation it is in", async ({ connect, name }) => {
      const group = name("group");
      const clients = [await connect(), await connect()];
      const [leading, following] = split(clients, await gather(clients, group));
      const { memberId, generationId, leader } = following.member;
      const same = { errorCode: 0, memberId, generationId, leader, members: [] };
      expect(await joinGroup(following.client, group, { memberId })).toMatchObject(same);
      const leadersAgain = await joinGroup(leading.client, group, { memberId: leading.member.memberId });
      expect(leadersAgain).toMatchObject({ generationId });
      expect(leadersAgain.members).toHaveLength(2);
      await syncGroup(leading.client, group, leading.member);
      expect(await joinGroup(following.client, group, { memberId })).toMatchObject(same);
    });

    state("a leader that joins again begins a rebalance, and so does a member that has changed", async (bench) => {
      const group = bench.name("group");
      const client = await bench.connect();
      const { memberId } = await stableGroup(client, group);
      const again = await joinGroup(client, group, { memberId });
      expect(again.generationId).toBe(2);
      await syncGroup(client, group, again);
      const changed = await joinGroup(client, group, { memberId, protocols: [protocol("range", "t")] });
      expect(changed.generationId).toBe(3);
      const other = await joinGroup(client, group, { memberId, protocols: [protocol("range", "u")] });
      expect(other.generationId).toBe(4);
    });

    state("who waits for an assignment is sent back when somebody joins", async ({ connect, name }) => {
      const group = name("group");
      const clients = [await connect(), await connect()];
      const [leading, following] = split(clients, await gather(clients, group));
      const waiting = syncGroup(following.client, group, following.member);
      const newcomer = await connect();
      const joining = joinNew(newcomer, group);
      expect(await waiting).toMatchObject({ errorCode: 27, protocolType: null, assignment: Buffer.alloc(0) });
      const refused = await syncGroup(leading.client, group, leading.member);
      expect(nameOf(refused)).toBe("REBALANCE_IN_PROGRESS");
      const [one, two] = await Promise.all([
        joinGroup(leading.client, group, { memberId: leading.member.memberId }),
        joinGroup(following.client, group, { memberId: following.member.memberId }),
        joining,
      ]);
      expect(one.generationId).toBe(two.generationId);
    });

    state("who does not join again in time is no member any more, and another leads", async ({ connect, name }) => {
      const group = name("group");
      const clients = [await connect(), await connect()];
      const times = { rebalanceTimeoutMs: 1_000 };
      const members = await gather(clients, group, () => times);
      const [leading, following] = split(clients, members);
      await syncGroup(leading.client, group, leading.member);
      const changed = { ...times, protocols: [protocol("range", "t")] };
      const next = await joinGroup(following.client, group, { memberId: following.member.memberId, ...changed });
      expect(next).toMatchObject({ errorCode: 0, leader: following.member.memberId });
      expect(next.members).toHaveLength(1);
      expect(await heartbeatOf(leading.client, group, leading.member)).toBe("UNKNOWN_MEMBER_ID");
    });

    state("who does not ask for its assignment in time is no member any more", async ({ connect, name }) => {
      const group = name("group");
      const clients = [await connect(), await connect()];
      const times = { rebalanceTimeoutMs: 1_000 };
      const [leading, following] = split(clients, await gather(clients, group, () => times));
      await syncGroup(leading.client, group, leading.member);
      await until(
        "the group is shared out anew",
        async () => (await heartbeatOf(leading.client, group, leading.member)) === "REBALANCE_IN_PROGRESS",
      );
      expect(await heartbeatOf(following.client, group, following.member)).toBe("UNKNOWN_MEMBER_ID");
    });

    state("members leave one by one, until nobody is left", async ({ connect, name }) => {
      const group = name("group");
      const clients = [await connect(), await connect()];
      const [leading, following] = split(clients, await gather(clients, group));
      await syncGroup(leading.client, group, leading.member);
      const { memberId } = leading.member;
      const left = await leading.client.call(MESSAGES.leaveGroup, 5, { groupId: group, members: [{ memberId }] });
      expect(left).toMatchObject({ errorCode: 0, members: [{ memberId, groupInstanceId: null, errorCode: 0 }] });
      expect(await heartbeatOf(following.client, group, following.member)).toBe("REBALANCE_IN_PROGRESS");
      const alone = await joinGroup(following.client, group, { memberId: following.member.memberId });
      expect(alone.leader).toBe(following.member.memberId);
      const gone = { groupId: group, memberId: following.member.memberId };
      expect(nameOf(await following.client.call(MESSAGES.leaveGroup, 2, { ...gone, members: [] }))).toBe("NONE");
      expect(await describedAs(following.client, group, "Empty")).toMatchObject({
        protocolType: "consumer",
        members: [],
      });
      expect(nameOf(await following.client.call(MESSAGES.leaveGroup, 2, { ...gone, members: [] }))).toBe(
        "UNKNOWN_MEMBER_ID",
      );
      expect(nameOf(await joinGroup(following.client, group, { memberId: following.member.memberId }))).toBe(
        "UNKNOWN_MEMBER_ID",
      );
      expect((await joinNew(following.client, group)).generationId).toBe(alone.generationId + 2);
    });

    state("each that leaves is told for itself", async ({ client, name }) => {
      const group = name("group");
      const nobody = { memberId: "nobody", groupInstanceId: null };
      const missing = await client.call(MESSAGES.leaveGroup, 4, { groupId: group, members: [nobody] });
      expect(missing).toMatchObject({ errorCode: 0, members: [{ ...nobody, errorCode: 25 }] });
      expect(nameOf(await client.call(MESSAGES.leaveGroup, 4, { groupId: "", members: [nobody] }))).toBe(
        "INVALID_GROUP_ID",
      );
      const { memberId } = await stableGroup(client, group);
      const both = await client.call(MESSAGES.leaveGroup, 5, {
        groupId: group,
        members: [nobody, { memberId, groupInstanceId: null, reason: "done" }],
      });
      expect(both.members).toMatchObject([{ errorCode: 25 }, { memberId, errorCode: 0 }]);
    });

    state("a member whose session is over is no member any more", async ({ client, connect, name }) => {
      const group = name("group");
      const joined = await stableGroup(client, group, { sessionTimeoutMs: 6_000 });
      const other = await connect();
      const started = performance.now();
      await describedAs(other, group, "Empty");
      expect(performance.now() - started).toBeGreaterThan(4_500);
      expect(await heartbeatOf(client, group, joined)).toBe("UNKNOWN_MEMBER_ID");
    });
  });

/** Makes all of them members of one generation, which waits for its leader's SyncGroup. */
export async function gather(
  clients: readonly WireClient[],
  group: string,
  given: (at: number) => Parameters<typeof joinGroup>[2] = () => ({}),
): Promise<readonly Joined[]> {
  const ids: string[] = [];
  for (const [at, client] of clients.entries()) ids.push((await joinGroup(client, group, given(at))).memberId);
  const join = (client: WireClient, at: number) => joinGroup(client, group, { ...given(at), memberId: ids[at] ?? "" });
  const [first] = clients;
  if (!first) throw new Error("nobody is to be gathered");
  // The first is a generation of its own. When it joins again, as its leader may at any time, it waits for all others,
  // who have been given ids.
  const alone = await join(first, 0);
  await syncGroup(first, group, alone, { protocolName: alone.protocolName });
  return Promise.all(clients.map(join));
}

interface Party {
  readonly client: WireClient;
  readonly member: Joined;
}

/** The leader of two, and the other. */
export function split(clients: readonly WireClient[], members: readonly Joined[]): readonly [Party, Party] {
  const parties = clients.flatMap((client, at) => {
    const member = members[at];
    return member ? [{ client, member }] : [];
  });
  const leading = parties.find(({ member }) => member.leader === member.memberId);
  const following = parties.find((party) => party !== leading);
  if (!leading || !following) throw new Error("there is no leader, or nobody beside it");
  return [leading, following];
}

/** Waits until the group is in a state, and gives its description. */
export async function describedAs(client: WireClient, group: string, groupState: string) {
  return until(`${group} is ${groupState}`, async () => {
    const { groups } = await client.call(MESSAGES.describeGroups, 5, {
      groups: [group],
      includeAuthorizedOperations: false,
    });
    return groups[0]?.groupState === groupState && groups[0];
  });
}
