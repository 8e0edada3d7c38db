import type { ErrorName } from "../protocol/index.ts";
import type { ClassicGroup, JoinAnswer, Member, Protocol, SyncAnswer, Turn } from "./state.ts";

export const NO_BYTES = Buffer.alloc(0);

/** Whether a request is the member's own. The checks come in the broker's order; a client sees the first that fails. */
export function checkMember(group: ClassicGroup, memberId: string, instanceId: string | null): ErrorName {
  if (instanceId !== null) {
    const current = group.staticMembers.get(instanceId);
    if (current === undefined) return "UNKNOWN_MEMBER_ID";
    if (current !== memberId) return "FENCED_INSTANCE_ID";
  }
  return group.members.has(memberId) ? "NONE" : "UNKNOWN_MEMBER_ID";
}

export function addMember(group: ClassicGroup, member: Member): void {
  if (group.members.size === 0) group.protocolType = member.protocolType;
  group.members.set(member.id, member);
  if (member.instanceId !== null) group.staticMembers.set(member.instanceId, member.id);
  group.leaderId ??= member.id;
  group.pendingJoins.delete(member.id);
}

/** Takes away a member, or an id that nobody has joined with yet; another member becomes the leader in its place. */
export function removeMember(group: ClassicGroup, memberId: string): void {
  const member = group.members.get(memberId);
  group.members.delete(memberId);
  if (member?.instanceId) group.staticMembers.delete(member.instanceId);
  if (group.leaderId === memberId) group.leaderId = group.members.keys().next().value ?? null;
  group.pendingJoins.delete(memberId);
  group.pendingSyncs.delete(memberId);
  group.timers.delete(`session ${memberId}`);
}

/** Puts a static member that came back in the place of its former self. */
export function renameMember(group: ClassicGroup, formerId: string, member: Member): void {
  const wasLeader = group.leaderId === formerId;
  removeMember(group, formerId);
  addMember(group, member);
  if (wasLeader) group.leaderId = member.id;
}

/** Starts the member's session anew. */
export function touch(group: ClassicGroup, memberId: string, timeoutMs: number, { now }: Turn): void {
  group.timers.set(`session ${memberId}`, { kind: "session", at: now + timeoutMs, memberId });
}

/** Parks the member's JoinGroup. One that it had parked before is answered: its client has given that up. */
export function awaitJoin(member: Member, ticket: number, turn: Turn): void {
  answerJoin(member, refusal("REBALANCE_IN_PROGRESS", member.id), turn);
  member.awaitingJoin = ticket;
}

export function awaitSync(member: Member, ticket: number, turn: Turn): void {
  answerSync(member, refusedSync("REBALANCE_IN_PROGRESS"), turn);
  member.awaitingSync = ticket;
}

/** Answers the member's parked JoinGroup, where there is one. */
export function answerJoin(member: Member, answer: JoinAnswer, { answers }: Turn): void {
  if (member.awaitingJoin === undefined) return;
  answers.push({ verb: "join", ticket: member.awaitingJoin, answer });
  member.awaitingJoin = undefined;
}

/** Answers the member's parked SyncGroup; says whether there was one. */
export function answerSync(member: Member, answer: SyncAnswer, { answers }: Turn): boolean {
  if (member.awaitingSync === undefined) return false;
  answers.push({ verb: "sync", ticket: member.awaitingSync, answer });
  member.awaitingSync = undefined;
  return true;
}

export const refusal = (error: ErrorName, memberId: string): JoinAnswer => ({
  error,
  memberId,
  generationId: -1,
  protocolType: null,
  protocolName: null,
  leaderId: "",
  skipAssignment: false,
  members: [],
});

export const refusedSync = (error: ErrorName): SyncAnswer => ({
  error,
  protocolType: null,
  protocolName: null,
  assignment: NO_BYTES,
});

/** What a member of the current generation is told; its leader learns who the others are. */
export function welcome(group: ClassicGroup, memberId: string, skipAssignment = false): JoinAnswer {
  return {
    error: "NONE",
    memberId,
    generationId: group.generationId,
    protocolType: group.protocolType,
    protocolName: group.protocolName,
    leaderId: group.leaderId ?? "",
    skipAssignment,
    members: group.leaderId === memberId ? roster(group) : [],
  };
}

const roster = ({ members, protocolName }: ClassicGroup): JoinAnswer["members"] =>
  [...members.values()].map((member) => ({
    memberId: member.id,
    groupInstanceId: member.instanceId,
    metadata: metadataOf(member, protocolName),
  }));

/** What a member says of itself in one protocol. */
export const metadataOf = ({ protocols }: Member, protocolName: string | null): Buffer =>
  protocols.find(({ name }) => name === protocolName)?.metadata ?? NO_BYTES;

/** Whether what a member says of itself is the same, byte for byte, in the same order. */
export const sameProtocols = (one: readonly Protocol[], other: readonly Protocol[]): boolean =>
  one.length === other.length &&
  one.every(({ name, metadata }, at) => name === other[at]?.name && metadata.equals(other[at].metadata));
