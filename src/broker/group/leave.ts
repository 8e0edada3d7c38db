import type { ErrorName } from "../protocol/index.ts";
import { answerJoin, answerSync, checkMember, refusal, refusedSync, removeMember } from "./members.ts";
import { rebalanceOrComplete } from "./rebalance.ts";
import type { ClassicGroup, Turn } from "./state.ts";

/** Who leaves: a member by its id, or a static one by its instance id alone, which is how operators remove it. */
export interface Leaving {
  readonly memberId: string;
  readonly instanceId: string | null;
}

/** Lets members go, and says for each whether it was one. The others share out anew. */
export function leave(group: ClassicGroup, leaving: readonly Leaving[], turn: Turn): readonly ErrorName[] {
  if (group.state === "dead") return leaving.map(() => "COORDINATOR_NOT_AVAILABLE");
  const errors = leaving.map((one) => leaveOne(group, one, turn));
  if (errors.includes("NONE") && group.state !== "empty") rebalanceOrComplete(group, turn);
  return errors;
}

function leaveOne(group: ClassicGroup, { memberId, instanceId }: Leaving, turn: Turn): ErrorName {
  if (group.pendingJoins.has(memberId)) {
    removeMember(group, memberId);
    return "NONE";
  }
  const id = memberId === "" && instanceId !== null ? group.staticMembers.get(instanceId) : memberId;
  const error = checkMember(group, id ?? "", instanceId);
  if (error === "NONE" && id !== undefined) dismiss(group, id, turn);
  return error;
}

/** Takes a member out. Whatever it has parked is answered so that a client that is still there begins anew. */
export function dismiss(group: ClassicGroup, memberId: string, turn: Turn): void {
  const member = group.members.get(memberId);
  if (member) {
    answerJoin(member, refusal("UNKNOWN_MEMBER_ID", ""), turn);
    answerSync(member, refusedSync("UNKNOWN_MEMBER_ID"), turn);
  }
  removeMember(group, memberId);
}
