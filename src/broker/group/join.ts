import type { ErrorName } from "../protocol/index.ts";
import {
  addMember,
  answerJoin,
  answerSync,
  awaitJoin,
  checkMember,
  NO_BYTES,
  refusal,
  refusedSync,
  removeMember,
  renameMember,
  sameProtocols,
  touch,
  welcome,
} from "./members.ts";
import { selectProtocol, supportsProtocols } from "./protocols.ts";
import { completeIfAllJoined, prepareRebalance, rebalanceOrComplete } from "./rebalance.ts";
import type { ClassicGroup, GroupSettings, JoinAnswer, Member, Protocol, Ticket, Turn } from "./state.ts";

export interface JoinRequest {
  readonly ticket: Ticket;
  /** Empty for somebody who has not been given an id. */
  readonly memberId: string;
  /** The id for whoever has none: a random part that no other has. */
  readonly uuid: string;
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly protocolType: string;
  readonly protocols: readonly Protocol[];
  /** Whether the client joins again with the id that it is given (KIP-394), from version 4 on. */
  readonly needsKnownId: boolean;
  /** Whether the client obeys `skipAssignment` (KIP-814), from version 9 on. */
  readonly canSkipAssignment: boolean;
}

/** What no group would accept, before it is asked for which group. */
export function refuseJoin(
  groupId: string,
  { sessionTimeoutMs }: Pick<JoinRequest, "sessionTimeoutMs">,
  settings: GroupSettings,
): ErrorName {
  if (groupId === "") return "INVALID_GROUP_ID";
  const inBounds = sessionTimeoutMs >= settings.sessionTimeoutMsMin && sessionTimeoutMs <= settings.sessionTimeoutMsMax;
  return inBounds ? "NONE" : "INVALID_SESSION_TIMEOUT";
}

/** Makes the caller a member of the next generation. It is answered, in `turn`, now or when that generation begins. */
export function join(group: ClassicGroup, request: JoinRequest, turn: Turn): void {
  const answer = answerOrPark(group, request, turn);
  if (answer) turn.answers.push({ verb: "join", ticket: request.ticket, answer });
}

/** What the caller is told at once; undefined where its request was parked, even if it has been answered since. */
type Now = JoinAnswer | undefined;

function answerOrPark(group: ClassicGroup, request: JoinRequest, turn: Turn): Now {
  const { memberId, instanceId } = request;
  if (!hasRoom(group, memberId, turn)) {
    removeMember(group, memberId);
    return refusal("GROUP_MAX_SIZE_REACHED", "");
  }
  if (group.state === "dead") return refusal("COORDINATOR_NOT_AVAILABLE", memberId);
  if (!supportsProtocols(group, request.protocolType, request.protocols)) {
    return refusal("INCONSISTENT_GROUP_PROTOCOL", memberId);
  }
  if (memberId === "") return joinNew(group, request, turn);
  if (group.pendingJoins.has(memberId)) {
    // Ids are given out ahead to dynamic members only.
    return instanceId === null ? add(group, request, memberId, turn) : refusal("UNKNOWN_MEMBER_ID", memberId);
  }
  const error = checkMember(group, memberId, instanceId);
  return error === "NONE" ? rejoin(group, request, turn) : refusal(error, memberId);
}

/** A generation under way takes in nobody above the limit; one that is being gathered counts those who have joined. */
function hasRoom(group: ClassicGroup, memberId: string, { settings }: Turn): boolean {
  const { members, state, pendingJoins } = group;
  if (memberId === "" && pendingJoins.size >= settings.membersMax) return false;
  if (state === "empty" || state === "dead") return true;
  const member = members.get(memberId);
  if (state !== "preparing") return member !== undefined || members.size < settings.membersMax;
  if (member?.awaitingJoin !== undefined) return true;
  return (
    members
      .values()
      .filter(({ awaitingJoin }) => awaitingJoin !== undefined)
      .toArray().length < settings.membersMax
  );
}

function joinNew(group: ClassicGroup, request: JoinRequest, turn: Turn): Now {
  const { instanceId } = request;
  const memberId = `${instanceId ?? request.clientId}-${request.uuid}`;
  if (instanceId !== null) {
    const current = group.members.get(group.staticMembers.get(instanceId) ?? "");
    if (current) return replace(group, current, { ...request, memberId }, turn);
    return add(group, request, memberId, turn);
  }
  if (!request.needsKnownId) return add(group, request, memberId, turn);
  group.pendingJoins.add(memberId);
  touch(group, memberId, request.sessionTimeoutMs, turn);
  return refusal("MEMBER_ID_REQUIRED", memberId);
}

function add(group: ClassicGroup, request: JoinRequest, memberId: string, turn: Turn): Now {
  if (group.state === "preparing" && group.previousState === "empty") group.newMemberAdded = true;
  const member: Member = {
    id: memberId,
    instanceId: request.instanceId,
    clientId: request.clientId,
    clientHost: request.clientHost,
    sessionTimeoutMs: request.sessionTimeoutMs,
    rebalanceTimeoutMs: request.rebalanceTimeoutMs,
    protocolType: request.protocolType,
    protocols: request.protocols,
    assignment: NO_BYTES,
    isNew: true,
    awaitingJoin: request.ticket,
    awaitingSync: undefined,
  };
  addMember(group, member);
  // It does not know its id and cannot send heartbeats. A client that has gone away, and perhaps joined anew, must not
  // stay for ever.
  touch(group, memberId, turn.settings.newMemberJoinTimeoutMs, turn);
  rebalanceOrComplete(group, turn);
  return undefined;
}

function rejoin(group: ClassicGroup, request: JoinRequest, turn: Turn): Now {
  const member = group.members.get(request.memberId);
  if (!member || group.state === "empty") return refusal("UNKNOWN_MEMBER_ID", request.memberId);
  const changed = !sameProtocols(member.protocols, request.protocols);
  // A leader joins again to share out anew, without a change of its own: a topic may have got more partitions.
  const wantsRebalance = changed || (group.state === "stable" && group.leaderId === member.id);
  if (group.state !== "preparing" && !wantsRebalance) return welcome(group, member.id);
  update(member, request, turn);
  rebalanceOrComplete(group, turn);
  return undefined;
}

/** Gives a static member's place, and its assignment, to the one that joins under the same instance id. */
function replace(group: ClassicGroup, current: Member, request: JoinRequest, turn: Turn): Now {
  const formerLeader = group.leaderId;
  answerJoin(current, refusal("FENCED_INSTANCE_ID", current.id), turn);
  answerSync(current, refusedSync("FENCED_INSTANCE_ID"), turn);
  const member: Member = { ...current, id: request.memberId, isNew: false };
  renameMember(group, current.id, member);
  update(member, request, turn);
  touch(group, member.id, member.sessionTimeoutMs, turn);

  // In `completing` its former id may be with the leader already, whose assignment would then miss the new one.
  if (group.state === "completing") prepareRebalance(group, turn);
  else if (group.state !== "stable") completeIfAllJoined(group, turn);
  else if (selectProtocol(group) !== group.protocolName) rebalanceOrComplete(group, turn);
  else {
    turn.changed = true;
    const answer = welcome(group, member.id, group.leaderId === member.id);
    // A client that would share out at once is told of the former leader, and so takes itself for a follower.
    const follower = { ...answer, leaderId: formerLeader ?? "", skipAssignment: false, members: [] };
    answerJoin(member, request.canSkipAssignment ? answer : follower, turn);
  }
  return undefined;
}

function update(member: Member, request: JoinRequest, turn: Turn): void {
  member.protocols = request.protocols;
  member.sessionTimeoutMs = request.sessionTimeoutMs;
  member.rebalanceTimeoutMs = request.rebalanceTimeoutMs;
  awaitJoin(member, request.ticket, turn);
}
