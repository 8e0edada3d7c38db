import { expect } from "bun:test";
import { MESSAGES } from "../../../src/broker/protocol/index.ts";
import type { WireClient } from "../../support/broker/client.ts";
import { joinGroup, nameOf, protocol, stableGroup } from "../../support/broker/group-member.ts";
import { commit, committed } from "./group-offsets.ts";
import { type BrokerUnderTest, brokerSuite } from "./suite.ts";

/** What operators see of groups, and do with them. */
export const groupAdminSuite = (target: BrokerUnderTest) =>
  brokerSuite("groups for operators", target, (state) => {
    state("a stable group is described with its members", async ({ connect, name }) => {
      const client = await connect("reader");
      const group = name("group");
      const { memberId } = await stableGroup(client, group, { protocols: [protocol("range", "t")] });
      const described = await describe(client, group, 5);
      expect(described).toMatchObject({
        errorCode: 0,
        groupId: group,
        groupState: "Stable",
        protocolType: "consumer",
        protocolData: "range",
        members: [
          {
            memberId,
            groupInstanceId: null,
            clientId: "reader",
            memberMetadata: protocol("range", "t").metadata,
            memberAssignment: Buffer.from(`for ${memberId}`),
          },
        ],
        authorizedOperations: -2147483648,
      });
      expect(described?.members[0]?.clientHost).toMatch(/^\/\d+\.\d+\.\d+\.\d+$/);
    });

    state("what a caller may do with a group is told where it asks", async ({ client, name }) => {
      const { groups } = await client.call(MESSAGES.describeGroups, 5, {
        groups: [name("group")],
        includeAuthorizedOperations: true,
      });
      expect(groups[0]?.authorizedOperations).toBe(3400);
    });

    state("a group that is being shared out is described without its protocol", async ({ client, name }) => {
      const group = name("group");
      const { memberId } = await joinGroup(client, group, { version: 3 });
      const described = await describe(client, group, 5);
      expect(described).toMatchObject({
        groupState: "CompletingRebalance",
        protocolType: "consumer",
        protocolData: "",
      });
      expect(described?.members).toMatchObject([
        { memberId, memberMetadata: Buffer.alloc(0), memberAssignment: Buffer.alloc(0) },
      ]);
    });

    state("a group that is not there is dead, and from version 6 on an error", async ({ client, name }) => {
      const group = name("group");
      expect(await describe(client, group, 5)).toMatchObject({ errorCode: 0, errorMessage: null, groupState: "Dead" });
      expect(await describe(client, group, 6)).toMatchObject({
        errorCode: 69,
        errorMessage: `Group ${group} not found.`,
        groupState: "Dead",
      });
    });

    state("groups are listed by state and type, in any case of letters", async ({ client, name, topic }) => {
      const [reading, committing] = [name("group"), name("group")];
      await stableGroup(client, reading);
      await commit(client, committing, await topic(), [
        { partitionIndex: 0, committedOffset: 1n, committedMetadata: "" },
      ]);
      const listed = async (statesFilter: string[], typesFilter: string[] = []) => {
        const { groups } = await client.call(MESSAGES.listGroups, 5, { statesFilter, typesFilter });
        return groups.filter(({ groupId }) => groupId === reading || groupId === committing).map((one) => one.groupId);
      };
      const both = new Set([reading, committing]);
      expect(new Set(await listed([]))).toEqual(both);
      expect(await listed(["Stable"])).toEqual([reading]);
      expect(await listed(["eMPTY", "Dead"])).toEqual([committing]);
      expect(new Set(await listed([], ["Classic"]))).toEqual(both);
      expect(await listed([], ["consumer"])).toEqual([]);
      expect(await listed(["nonsense"])).toEqual([]);
      const { groups } = await client.call(MESSAGES.listGroups, 5, { statesFilter: [], typesFilter: [] });
      expect(groups).toContainEqual({
        groupId: reading,
        protocolType: "consumer",
        groupState: "Stable",
        groupType: "classic",
      });
      expect(groups).toContainEqual({
        groupId: committing,
        protocolType: "",
        groupState: "Empty",
        groupType: "classic",
      });
    });

    state("groups are deleted when nobody is in them", async ({ client, name, topic }) => {
      const group = name("group");
      const there = await topic();
      const { memberId } = await stableGroup(client, group);
      const del = async (...groupsNames: string[]) => {
        const { results } = await client.call(MESSAGES.deleteGroups, 2, { groupsNames });
        return results.map(nameOf);
      };
      expect(await del(group)).toEqual(["NON_EMPTY_GROUP"]);
      await client.call(MESSAGES.leaveGroup, 5, { groupId: group, members: [{ memberId }] });
      await commit(client, group, there, [{ partitionIndex: 0, committedOffset: 1n, committedMetadata: "" }]);
      expect(await del(group, group)).toEqual(["NONE"]);
      expect(await del(group)).toEqual(["GROUP_ID_NOT_FOUND"]);
      expect(await committed(client, group, there)).toBe(-1n);
      expect((await stableGroup(client, group)).generationId).toBe(1);
    });

    state("every group and transactional id has a coordinator, one or several at a time", async ({ client, name }) => {
      for (const version of [0, 1, 2, 3]) {
        for (const keyType of version === 0 ? [0] : [0, 1]) {
          const found = await client.call(MESSAGES.findCoordinator, version, { key: name(), keyType });
          expect(found).toMatchObject({ errorCode: 0, errorMessage: version === 0 ? "" : "NONE" });
          expect(found.nodeId).toBeGreaterThan(0);
          expect(found.port).toBeGreaterThan(0);
        }
      }
      for (const version of [4, 5, 6]) {
        for (const keyType of [0, 1]) {
          const keys = [name(), name(), ""];
          const { coordinators } = await client.call(MESSAGES.findCoordinator, version, {
            key: "",
            keyType,
            coordinatorKeys: keys,
          });
          expect(coordinators.map(({ key, errorCode }) => [key, errorCode])).toEqual(keys.map((key) => [key, 0]));
          expect(coordinators[0]).toMatchObject({ errorMessage: "" });
        }
      }
    });

    state("a coordinator for something unheard of is refused", async ({ client, name }) => {
      const old = await client.call(MESSAGES.findCoordinator, 3, { key: name(), keyType: 9 });
      expect([nameOf(old), old.nodeId, old.host, old.port]).toEqual(["INVALID_REQUEST", -1, "", -1]);
      const { coordinators } = await client.call(MESSAGES.findCoordinator, 4, {
        key: "",
        keyType: 9,
        coordinatorKeys: [name()],
      });
      expect(coordinators.map(nameOf)).toEqual(["INVALID_REQUEST"]);
    });
  });

async function describe(client: WireClient, group: string, version: number) {
  const { groups } = await client.call(MESSAGES.describeGroups, version, {
    groups: [group],
    includeAuthorizedOperations: false,
  });
  return groups[0];
}
