import type { ErrorName } from "../protocol/index.ts";
import { checkMember, touch } from "./members.ts";
import type { ClassicGroup, Turn } from "./state.ts";

export interface HeartbeatRequest {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly generationId: number;
}

/** Keeps the member's session, and tells it whether to join again. A client sees the first check that fails. */
export function heartbeat(group: ClassicGroup, request: HeartbeatRequest, turn: Turn): ErrorName {
  const { memberId, instanceId, generationId } = request;
  if (group.state === "dead") return "COORDINATOR_NOT_AVAILABLE";
  const error = checkMember(group, memberId, instanceId);
  if (error !== "NONE") return error;
  if (generationId !== group.generationId) return "ILLEGAL_GENERATION";

  const member = group.members.get(memberId);
  if (!member || group.state === "empty") return "UNKNOWN_MEMBER_ID";
  touch(group, memberId, member.sessionTimeoutMs, turn);
  // In `completing` a member may beat before it has synced.
  return group.state === "preparing" ? "REBALANCE_IN_PROGRESS" : "NONE";
}
