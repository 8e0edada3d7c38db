import type { ErrorName } from "../../protocol/index.ts";
import type { ConsumerGroup } from "./state.ts";

/** Whether offsets of the group may be stored, or read, by whoever says to be this member in this epoch. */
export function checkConsumer(group: ConsumerGroup, memberId: string, memberEpoch: number): ErrorName {
  const member = group.members.get(memberId);
  if (!member) return "UNKNOWN_MEMBER_ID";
  return member.epoch === memberEpoch ? "NONE" : "STALE_MEMBER_EPOCH";
}
