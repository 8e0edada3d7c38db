import { type ClassicGroup, type Member, metadataOf, STATE_NAMES } from "../group/index.ts";
import type { GroupDescription, ListedGroup } from "./types.ts";

export function describeClassic(group: ClassicGroup): GroupDescription {
  // Only in a stable group all members speak the protocol that was chosen.
  const protocolName = group.state === "stable" ? group.protocolName : null;
  return {
    state: STATE_NAMES[group.state],
    protocolType: group.protocolType ?? "",
    protocolName: protocolName ?? "",
    members: [...group.members.values()].map((member) => describeMember(member, protocolName)),
  };
}

export const listClassic = ({ id, protocolType, state }: ClassicGroup): ListedGroup => ({
  groupId: id,
  protocolType: protocolType ?? "",
  state: STATE_NAMES[state],
  type: "classic",
});

const describeMember = (member: Member, protocolName: string | null): GroupDescription["members"][number] => ({
  memberId: member.id,
  groupInstanceId: member.instanceId,
  clientId: member.clientId,
  clientHost: member.clientHost,
  memberMetadata: metadataOf(member, protocolName),
  memberAssignment: member.assignment,
});
