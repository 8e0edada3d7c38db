import { heartbeat, join, leave, refusal, refusedSync, refuseJoin, sync } from "../group/index.ts";
import { openClassic, type Rooms } from "./directory.ts";
import type { Groups } from "./types.ts";

/** What members of classic groups ask for. */
export function classicVerbs(rooms: Rooms): Pick<Groups, "join" | "sync" | "heartbeat" | "leave"> {
  const { classic, consumers, settings } = rooms;
  return {
    async join(groupId, request, signal) {
      const { memberId } = request;
      const full = { ...request, uuid: crypto.randomUUID(), ticket: 0 };
      const error = refuseJoin(groupId, full, settings);
      if (error !== "NONE") return refusal(error, memberId);
      if (sizeOf(request.protocols.map(({ metadata }) => metadata)) > settings.memberBytesMax) {
        return refusal("POLICY_VIOLATION", memberId);
      }
      // Only somebody new can make a group.
      const group = memberId === "" ? openClassic(rooms, groupId) : classic.all.get(groupId);
      if (group) return classic.runJoin(group, signal, (ticket, turn) => join(group, { ...full, ticket }, turn));
      if (memberId !== "") return refusal("UNKNOWN_MEMBER_ID", memberId);
      return refusal(consumers.all.has(groupId) ? "INCONSISTENT_GROUP_PROTOCOL" : "POLICY_VIOLATION", memberId);
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
  };
}

const sizeOf = (pieces: readonly Buffer[]): number => pieces.reduce((sum, { length }) => sum + length, 0);
