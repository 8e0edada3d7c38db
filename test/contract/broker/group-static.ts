import { expect } from "bun:test";
import { MESSAGES } from "../../../src/broker/protocol/index.ts";
import { heartbeatOf, joinGroup, nameOf, protocol, stableGroup, syncGroup } from "../../support/broker/group-member.ts";
import { describedAs } from "./groups.ts";
import { type BrokerUnderTest, brokerSuite } from "./suite.ts";

/** Members that keep their partitions while they are restarted (KIP-345). */
export const groupStaticSuite = (target: BrokerUnderTest) =>
  brokerSuite("static members", target, (state) => {
    state("a static member joins with its first request, under its instance's name", async ({ client, name }) => {
      const group = name("group");
      const joined = await joinGroup(client, group, { groupInstanceId: "one" });
      expect(joined).toMatchObject({ errorCode: 0, generationId: 1 });
      expect(joined.memberId).toMatch(/^one-[0-9a-f-]{36}$/);
      expect(joined.members).toMatchObject([{ memberId: joined.memberId, groupInstanceId: "one" }]);
    });

    state("one that comes back takes its place and its partitions without a rebalance", async (bench) => {
      const { client, connect, name } = bench;
      const group = name("group");
      const former = await stableGroup(client, group, { groupInstanceId: "one" });
      const again = await connect();
      const returned = await joinGroup(again, group, { groupInstanceId: "one" });
      expect(returned).toMatchObject({
        errorCode: 0,
        generationId: 1,
        leader: returned.memberId,
        skipAssignment: true,
      });
      expect(returned.memberId).not.toBe(former.memberId);
      expect(returned.members).toMatchObject([{ memberId: returned.memberId, groupInstanceId: "one" }]);
      const synced = await syncGroup(again, group, returned, { groupInstanceId: "one" });
      expect(synced.assignment).toEqual(Buffer.from(`for ${former.memberId}`));
      expect(await heartbeatOf(client, group, former, "one")).toBe("FENCED_INSTANCE_ID");
      expect(await heartbeatOf(client, group, former)).toBe("UNKNOWN_MEMBER_ID");
      expect(await heartbeatOf(again, group, returned, "one")).toBe("NONE");
    });

    state("a client that would share out at once is told of the former leader", async ({ client, name }) => {
      const group = name("group");
      const former = await stableGroup(client, group, { groupInstanceId: "one" });
      const returned = await joinGroup(client, group, { version: 8, groupInstanceId: "one" });
      expect(returned).toMatchObject({ errorCode: 0, generationId: 1, leader: former.memberId, members: [] });
      expect(returned.memberId).not.toBe(former.memberId);
    });

    state("one that comes back and speaks something else begins a rebalance", async ({ client, connect, name }) => {
      const group = name("group");
      const both = [protocol("a"), protocol("b")];
      await stableGroup(client, group, { groupInstanceId: "one", protocols: both });
      const again = await connect();
      const unchanged = await joinGroup(again, group, { groupInstanceId: "one", protocols: [protocol("a", "other")] });
      expect(unchanged).toMatchObject({ generationId: 1, protocolName: "a" });
      const unable = await joinGroup(again, group, { groupInstanceId: "one", protocols: both.slice(1) });
      expect(nameOf(unable)).toBe("INCONSISTENT_GROUP_PROTOCOL");
      await joinGroup(again, group, { groupInstanceId: "one", protocols: both });
      const changed = await joinGroup(again, group, { groupInstanceId: "one", protocols: both.toReversed() });
      expect(changed).toMatchObject({ generationId: 2, protocolName: "b", skipAssignment: false });
    });

    state("a second one under the name fences the first, whatever that waits for", async (bench) => {
      const { client, connect, name } = bench;
      const group = name("group");
      const leading = await stableGroup(client, group);
      const first = await connect();
      const parked = joinGroup(first, group, { groupInstanceId: "one" });
      await describedAs(client, group, "PreparingRebalance");
      const second = await connect();
      const taking = joinGroup(second, group, { groupInstanceId: "one" });
      expect(await parked).toMatchObject({ errorCode: 82, generationId: -1, leader: "", members: [] });
      const leaders = await joinGroup(client, group, { memberId: leading.memberId });
      const taken = await taking;
      expect(taken).toMatchObject({ errorCode: 0, generationId: leaders.generationId });
      const waiting = syncGroup(second, group, taken, { groupInstanceId: "one" });
      const third = joinGroup(first, group, { groupInstanceId: "one" });
      expect(nameOf(await waiting)).toBe("FENCED_INSTANCE_ID");
      await joinGroup(client, group, { memberId: leading.memberId });
      expect(await third).toMatchObject({ errorCode: 0, generationId: leaders.generationId + 1 });
    });

    state("an instance's name must go with its member's id", async ({ client, name }) => {
      const group = name("group");
      const joined = await stableGroup(client, group, { groupInstanceId: "one" });
      const wrong = { memberId: "nobody", groupInstanceId: "one" };
      expect(nameOf(await joinGroup(client, group, wrong))).toBe("FENCED_INSTANCE_ID");
      expect(nameOf(await joinGroup(client, group, { ...wrong, groupInstanceId: "two" }))).toBe("UNKNOWN_MEMBER_ID");
      expect(nameOf(await syncGroup(client, group, joined, wrong))).toBe("FENCED_INSTANCE_ID");
      expect(await heartbeatOf(client, group, { ...joined, memberId: "nobody" }, "one")).toBe("FENCED_INSTANCE_ID");
      const left = await client.call(MESSAGES.leaveGroup, 5, { groupId: group, members: [wrong] });
      expect(left).toMatchObject({ errorCode: 0, members: [{ ...wrong, errorCode: 82 }] });
    });

    state("an operator lets static members go by their instances' names", async ({ client, name }) => {
      const group = name("group");
      await stableGroup(client, group, { groupInstanceId: "one" });
      const byName = (groupInstanceId: string | null) => ({ memberId: "", groupInstanceId });
      const left = await client.call(MESSAGES.leaveGroup, 5, {
        groupId: group,
        members: [byName("one"), byName("two"), byName(null)],
      });
      expect(left.members).toEqual([
        { memberId: "", groupInstanceId: "one", errorCode: 0 },
        { memberId: "", groupInstanceId: "two", errorCode: 25 },
        { memberId: "", groupInstanceId: null, errorCode: 25 },
      ]);
      await describedAs(client, group, "Empty");
    });

    state("a static member that does not join again in time stays, with nobody else leading", async (bench) => {
      const { client, connect, name } = bench;
      const group = name("group");
      const times = { rebalanceTimeoutMs: 1_000 };
      const absent = await stableGroup(client, group, { ...times, groupInstanceId: "one" });
      const other = await connect();
      const joined = await joinGroup(other, group, { ...times, groupInstanceId: "two" });
      expect(joined).toMatchObject({ errorCode: 0, generationId: 2, leader: joined.memberId });
      expect(joined.members.map(({ groupInstanceId }) => groupInstanceId).toSorted()).toEqual(["one", "two"]);
      expect(await heartbeatOf(client, group, { ...absent, generationId: 2 }, "one")).toBe("NONE");
    });
  });
