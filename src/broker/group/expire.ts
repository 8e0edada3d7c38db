import { dismiss } from "./leave.ts";
import { removeMember } from "./members.ts";
import { completeJoin, hasAllJoined, prepareRebalance, rebalanceOrComplete } from "./rebalance.ts";
import type { ClassicGroup, Timer, TimerKey, Turn } from "./state.ts";

/** Does what is due, in the order in which it was. What that makes due is done too. */
export function expire(group: ClassicGroup, turn: Turn): void {
  for (let due = dueBy(group, turn.now); due.length > 0; due = dueBy(group, turn.now)) {
    for (const [key, timer] of due) {
      // One before it may have put it off, or made it pointless.
      if (group.timers.get(key) !== timer) continue;
      group.timers.delete(key);
      ACTIONS[timer.kind](group, timer, turn);
    }
  }
}

const dueBy = ({ timers }: ClassicGroup, now: number): (readonly [TimerKey, Timer])[] =>
  [...timers].filter(([, { at }]) => at <= now).toSorted(([, one], [, other]) => one.at - other.at);

const ACTIONS: Readonly<Record<Timer["kind"], (group: ClassicGroup, timer: Timer, turn: Turn) => void>> = {
  initial: (group, timer, turn) => {
    if (timer.kind !== "initial") return;
    if (!group.newMemberAdded || timer.remainingMs === 0) return completeJoin(group, turn);
    // Somebody came meanwhile: others may be coming too.
    group.newMemberAdded = false;
    const delayMs = Math.min(turn.settings.initialRebalanceDelayMs, timer.remainingMs);
    const remainingMs = Math.max(timer.remainingMs - timer.delayMs, 0);
    group.timers.set("join", { kind: "initial", at: turn.now + delayMs, delayMs, remainingMs });
  },

  join: (group, _timer, turn) => completeJoin(group, turn),

  sync: (group, _timer, turn) => {
    if (group.pendingSyncs.size === 0) return;
    for (const memberId of [...group.pendingSyncs]) dismiss(group, memberId, turn);
    prepareRebalance(group, turn);
  },

  session: (group, timer, turn) => {
    if (timer.kind !== "session") return;
    const { memberId } = timer;
    const member = group.members.get(memberId);
    // Who waits for an answer cannot beat; its session starts anew when it gets it. But a new member that waits does not
    // know its id, so that nothing would ever tell that its client has gone.
    const waits = member?.awaitingJoin !== undefined || member?.awaitingSync !== undefined;
    if (member && !member.isNew && waits) return;
    if (member) dismiss(group, memberId, turn);
    else removeMember(group, memberId);
    if (group.state === "preparing" && hasAllJoined(group)) completeJoin(group, turn);
    else if (member && (group.state === "stable" || group.state === "completing")) rebalanceOrComplete(group, turn);
  },
};
