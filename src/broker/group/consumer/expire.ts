import { type ConsumerGroup, type ConsumerTurn, dropMember } from "./state.ts";

/** Drops members that have been silent for too long, or have not given up in time what others wait for. */
export function expireConsumers(group: ConsumerGroup, turn: ConsumerTurn): void {
  for (const [key, { at, memberId }] of [...group.timers]) {
    if (at > turn.now) continue;
    group.timers.delete(key);
    const member = group.members.get(memberId);
    if (member) dropMember(group, member, turn);
  }
}
