import type { ErrorName } from "../protocol/index.ts";
import { answerSync, awaitSync, checkMember, NO_BYTES, refusedSync, touch } from "./members.ts";
import { type ClassicGroup, type Member, moveTo, type SyncAnswer, type Ticket, type Turn } from "./state.ts";

export interface SyncRequest {
  readonly ticket: Ticket;
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly generationId: number;
  /** What the member takes the group's protocol for; null where it does not say. */
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  /** By member id. The leader's count, nobody else's. */
  readonly assignments: ReadonlyMap<string, Buffer>;
}

/** Asks for the caller's assignment. It is answered, in `turn`, now or when the leader has brought everybody's. */
export function sync(group: ClassicGroup, request: SyncRequest, turn: Turn): void {
  const { ticket, memberId } = request;
  const reply = (answer: SyncAnswer) => turn.answers.push({ verb: "sync", ticket, answer });
  const error = refuse(group, request);
  const member = group.members.get(memberId);
  if (error !== "NONE" || !member) {
    reply(refusedSync(error === "NONE" ? "UNKNOWN_MEMBER_ID" : error));
    return;
  }
  group.pendingSyncs.delete(memberId);
  if (group.pendingSyncs.size === 0) group.timers.delete("sync");
  if (group.state === "stable") {
    reply(assignmentOf(group, member));
    return;
  }
  awaitSync(member, ticket, turn);
  if (group.leaderId === memberId) assign(group, request.assignments, turn);
}

function refuse(group: ClassicGroup, request: SyncRequest): ErrorName {
  if (group.state === "dead") return "COORDINATOR_NOT_AVAILABLE";
  const error = checkMember(group, request.memberId, request.instanceId);
  if (error !== "NONE") return error;
  if (request.generationId !== group.generationId) return "ILLEGAL_GENERATION";
  if (differs(request.protocolType, group.protocolType) || differs(request.protocolName, group.protocolName)) {
    return "INCONSISTENT_GROUP_PROTOCOL";
  }
  if (group.state === "preparing") return "REBALANCE_IN_PROGRESS";
  return group.state === "empty" ? "UNKNOWN_MEMBER_ID" : "NONE";
}

const differs = (said: string | null, actual: string | null): boolean =>
  said !== null && actual !== null && said !== actual;

/** Gives out what the leader has decided. Whom it has forgotten gets nothing to do. */
function assign(group: ClassicGroup, assignments: ReadonlyMap<string, Buffer>, turn: Turn): void {
  moveTo(group, "stable", turn.now);
  turn.changed = true;
  for (const member of group.members.values()) {
    member.assignment = assignments.get(member.id) ?? NO_BYTES;
    if (answerSync(member, assignmentOf(group, member), turn)) {
      touch(group, member.id, member.sessionTimeoutMs, turn);
    }
  }
}

const assignmentOf = ({ protocolType, protocolName }: ClassicGroup, { assignment }: Member): SyncAnswer => ({
  error: "NONE",
  protocolType,
  protocolName,
  assignment,
});
