import { stateOf } from "../group/consumer/index.ts";
import { prepareRebalance } from "../group/index.ts";
import { describeClassic, listClassic } from "./describe.ts";
import type { Rooms } from "./directory.ts";
import type { Groups } from "./types.ts";

/** What operators ask for. */
export function adminVerbs(rooms: Rooms): Pick<Groups, "describe" | "list" | "delete" | "rebalance"> {
  const { classic, consumers, offsets } = rooms;
  return {
    describe(groupId) {
      const group = classic.all.get(groupId);
      return group && describeClassic(group);
    },

    list: () => [
      ...classic.all.values().map(listClassic),
      ...consumers.all
        .values()
        .map(
          (group) =>
            ({ groupId: group.id, protocolType: "consumer", state: stateOf(group), type: "consumer" }) as const,
        ),
    ],

    delete(groupId) {
      const group = classic.all.get(groupId);
      const modern = consumers.all.get(groupId);
      if (!group && !modern) return "GROUP_ID_NOT_FOUND";
      if ((group && group.state !== "empty") || (modern && modern.members.size > 0)) return "NON_EMPTY_GROUP";
      offsets.forget((place) => place.groupId === groupId);
      if (group) classic.delete(group);
      if (modern) consumers.delete(modern);
      return "NONE";
    },

    rebalance(groupId) {
      const group = classic.all.get(groupId);
      const modern = consumers.all.get(groupId);
      if (!group && !modern) return "GROUP_ID_NOT_FOUND";
      if (modern) consumers.forgetMembers(modern);
      if (group?.state === "stable" || group?.state === "completing") {
        classic.run(group, (turn) => prepareRebalance(group, turn));
      }
      return "NONE";
    },
  };
}
