import { type ConsumerGroup, type ConsumerMember, type ConsumerTurn, isSettled, NOTHING, type Place } from "./state.ts";

/**
 * Takes a member a step towards its target. It gives up first, and stays in its epoch until it says that it has; then it
 * gets what nobody else holds any more. So no partition ever has two owners.
 */
export function reconcile(
  group: ConsumerGroup,
  member: ConsumerMember,
  owned: ReadonlySet<Place> | null,
  turn: ConsumerTurn,
): void {
  if (isSettled(member, group.assignmentEpoch)) return;
  const holds = (places: ReadonlySet<Place>) => owned === null || !owned.isDisjointFrom(places);
  if (member.state === "unrevoked" && holds(member.pendingRevocation)) return;

  const target = group.target.get(member.id) ?? NOTHING;
  const kept = member.assigned.intersection(target);
  const given = member.assigned.difference(kept);
  if (given.size > 0 && holds(given)) {
    member.state = "unrevoked";
    member.previousEpoch = member.epoch;
    member.assigned = kept;
    member.pendingRevocation = given;
    const at = turn.now + member.rebalanceTimeoutMs;
    group.timers.set(`revocation ${member.id}`, { kind: "revocation", memberId: member.id, at });
    return;
  }
  const missing = target.difference(kept);
  const free = missing.difference(heldByOthers(group, member));
  member.state = free.size < missing.size ? "unreleased" : "stable";
  member.previousEpoch = member.epoch;
  member.epoch = group.assignmentEpoch;
  member.assigned = kept.union(free);
  member.pendingRevocation = NOTHING;
  group.timers.delete(`revocation ${member.id}`);
}

function heldByOthers({ members }: ConsumerGroup, { id }: ConsumerMember): ReadonlySet<Place> {
  const held = new Set<Place>();
  for (const other of members.values()) {
    if (other.id === id) continue;
    for (const place of other.assigned) held.add(place);
    for (const place of other.pendingRevocation) held.add(place);
  }
  return held;
}
