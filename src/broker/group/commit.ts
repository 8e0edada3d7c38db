import type { ErrorName } from "../protocol/index.ts";
import { checkMember, touch } from "./members.ts";
import type { ClassicGroup, Turn } from "./state.ts";

export interface CommitRequest {
  readonly memberId: string;
  readonly instanceId: string | null;
  /** -1 for who is no member: an operator, or a consumer that chooses its partitions itself. */
  readonly generationId: number;
  /** Whether the offsets are part of a transaction; then the state of the group does not matter. */
  readonly transactional: boolean;
}

/** Whether the caller may store offsets for the group now. Doing so keeps a member's session. */
export function commit(group: ClassicGroup, request: CommitRequest, turn: Turn): ErrorName {
  const error = refuse(group, request);
  const member = group.members.get(request.memberId);
  if (error === "NONE" && member && !request.transactional) touch(group, member.id, member.sessionTimeoutMs, turn);
  return error;
}

function refuse(group: ClassicGroup, { memberId, instanceId, generationId, transactional }: CommitRequest): ErrorName {
  if (group.state === "dead") return "COORDINATOR_NOT_AVAILABLE";
  if (generationId < 0 && group.state === "empty") return "NONE";
  if (generationId >= 0 || memberId !== "" || instanceId !== null) {
    const error = checkMember(group, memberId, instanceId);
    if (error !== "NONE") return error;
    if (generationId !== group.generationId) return "ILLEGAL_GENERATION";
  } else if (!transactional) {
    return "UNKNOWN_MEMBER_ID";
  }
  // It knows the new generation, and is about to get other partitions than those that it has read from.
  return !transactional && group.state === "completing" ? "REBALANCE_IN_PROGRESS" : "NONE";
}
