import { answerJoin, answerSync, NO_BYTES, refusedSync, removeMember, touch, welcome } from "./members.ts";
import { selectProtocol, topicsOf } from "./protocols.ts";
import { type ClassicGroup, MOVES, moveTo, type Turn } from "./state.ts";

/** Begins a rebalance where the state allows it, or ends the one under way if nobody is missing any more. */
export function rebalanceOrComplete(group: ClassicGroup, turn: Turn): void {
  if (canRebalance(group)) prepareRebalance(group, turn);
  else completeIfAllJoined(group, turn);
}

/** Asks every member to join again. */
export function prepareRebalance(group: ClassicGroup, turn: Turn): void {
  if (group.state === "completing") refuseSyncs(group, turn);
  group.pendingSyncs.clear();
  group.timers.delete("sync");
  const first = group.state === "empty";
  moveTo(group, "preparing", turn.now);
  if (!first) {
    if (hasAllJoined(group)) completeJoin(group, turn);
    else waitForJoins(group, turn);
    return;
  }
  const delayMs = turn.settings.initialRebalanceDelayMs;
  const remainingMs = Math.max(rebalanceTimeoutMs(group) - delayMs, 0);
  if (delayMs === 0) completeJoin(group, turn);
  else group.timers.set("join", { kind: "initial", at: turn.now + delayMs, delayMs, remainingMs });
}

/** Ends the join phase once everybody is there. The first of a group is ended by its timer alone. */
export function completeIfAllJoined(group: ClassicGroup, turn: Turn): void {
  if (group.state !== "preparing" || group.previousState === "empty") return;
  if (hasAllJoined(group)) completeJoin(group, turn);
}

/** Whether nobody is missing: neither a member, nor one that was given an id and has not joined with it. */
export function hasAllJoined({ members, pendingJoins }: ClassicGroup): boolean {
  return pendingJoins.size === 0 && members.values().every(({ awaitingJoin }) => awaitingJoin !== undefined);
}

/** Ends the join phase with those who are there, who become the next generation. */
export function completeJoin(group: ClassicGroup, turn: Turn): void {
  group.timers.delete("join");
  for (const member of [...group.members.values()]) {
    // Static members may come back later, and nobody else gets their partitions until their session is over.
    if (member.awaitingJoin === undefined && member.instanceId === null) removeMember(group, member.id);
  }
  if (group.members.size > 0 && !electLeader(group)) waitForJoins(group, turn);
  else beginGeneration(group, turn);
}

function beginGeneration(group: ClassicGroup, turn: Turn): void {
  group.generationId += 1;
  group.pendingSyncs.clear();
  turn.changed = true;
  group.protocolName = group.members.size > 0 ? selectProtocol(group) : null;
  group.subscribedTopics = topicsOf(group);
  moveTo(group, group.members.size > 0 ? "completing" : "empty", turn.now);
  for (const member of group.members.values()) {
    answerJoin(member, welcome(group, member.id), turn);
    touch(group, member.id, member.sessionTimeoutMs, turn);
    member.isNew = false;
    group.pendingSyncs.add(member.id);
  }
  if (group.members.size > 0) {
    group.timers.set("sync", { kind: "sync", at: turn.now + rebalanceTimeoutMs(group) });
  }
}

/** The longest time that any member may take to join again. */
const rebalanceTimeoutMs = ({ members }: ClassicGroup): number =>
  members.values().reduce((longest, member) => Math.max(longest, member.rebalanceTimeoutMs), 0);

const canRebalance = ({ state }: ClassicGroup): boolean => MOVES[state].some((next) => next === "preparing");

function waitForJoins(group: ClassicGroup, { now }: Turn): void {
  group.timers.set("join", { kind: "join", at: now + rebalanceTimeoutMs(group) });
}

/** Makes sure that the leader is somebody who has joined; says whether there is one. */
function electLeader(group: ClassicGroup): boolean {
  if (group.leaderId !== null && group.members.get(group.leaderId)?.awaitingJoin !== undefined) return true;
  const next = group.members.values().find(({ awaitingJoin }) => awaitingJoin !== undefined);
  if (next) group.leaderId = next.id;
  return next !== undefined;
}

/** Sends those who wait for an assignment back to join. */
function refuseSyncs(group: ClassicGroup, turn: Turn): void {
  for (const member of group.members.values()) {
    member.assignment = NO_BYTES;
    if (answerSync(member, refusedSync("REBALANCE_IN_PROGRESS"), turn)) {
      touch(group, member.id, member.sessionTimeoutMs, turn);
    }
  }
}
