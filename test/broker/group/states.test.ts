import { expect, test } from "bun:test";
import {
  type ClassicGroup,
  commit,
  heartbeat,
  leave,
  MOVES,
  moveTo,
  nextDeadline,
} from "../../../src/broker/group/index.ts";
import { completingBench, groupBench, stableBench } from "../../support/broker/group-bench.ts";

/** A group in each state, with one member that it has had, and that member's generation. */
const GROUPS = {
  empty: () => {
    const { bench, group, memberId } = stableBench();
    bench.run((_, turn) => leave(group, [{ memberId, instanceId: null }], turn));
    return { bench, group, memberId };
  },
  preparing: () => {
    const made = stableBench();
    made.bench.join();
    return made;
  },
  completing: () => {
    const { bench, group, leader } = completingBench();
    return { bench, group, memberId: leader };
  },
  stable: () => stableBench(),
  dead: () => {
    const made = stableBench();
    moveTo(made.group, "dead", 0);
    return made;
  },
} as const;

test.each([
  ["empty", "UNKNOWN_MEMBER_ID"],
  ["preparing", "REBALANCE_IN_PROGRESS"],
  ["completing", "NONE"],
  ["stable", "NONE"],
  ["dead", "COORDINATOR_NOT_AVAILABLE"],
] as const)("a heartbeat to a group that is %s is answered %s", (state, answer) => {
  const { bench, group, memberId } = GROUPS[state]();
  const request = { memberId, instanceId: null, generationId: group.generationId };
  expect(bench.run((_, turn) => heartbeat(group, request, turn))).toBe(answer);
});

test.each([
  ["empty", "UNKNOWN_MEMBER_ID", "NONE", "NONE"],
  ["preparing", "NONE", "UNKNOWN_MEMBER_ID", "NONE"],
  ["completing", "REBALANCE_IN_PROGRESS", "UNKNOWN_MEMBER_ID", "NONE"],
  ["stable", "NONE", "UNKNOWN_MEMBER_ID", "NONE"],
  ["dead", "COORDINATOR_NOT_AVAILABLE", "COORDINATOR_NOT_AVAILABLE", "COORDINATOR_NOT_AVAILABLE"],
] as const)(
  "to a group that is %s a member's commit is answered %s, an outsider's %s, in a transaction %s",
  (...row) => {
    const [state, byMember, byOutsider, inTransaction] = row;
    const { bench, group, memberId } = GROUPS[state]();
    const member = { memberId, instanceId: null, generationId: group.generationId, transactional: false };
    const outsider = { memberId: "", instanceId: null, generationId: -1, transactional: false };
    const told = (request: typeof member) => bench.run((_, turn) => commit(group, request, turn));
    expect(told(member)).toBe(byMember);
    expect(told(outsider)).toBe(byOutsider);
    expect(told({ ...outsider, transactional: true })).toBe(inTransaction);
  },
);

test.each([
  ["empty", "UNKNOWN_MEMBER_ID"],
  ["preparing", "REBALANCE_IN_PROGRESS"],
  ["completing", "NONE"],
  ["stable", "NONE"],
  ["dead", "COORDINATOR_NOT_AVAILABLE"],
] as const)("a SyncGroup to a group that is %s is answered %s", (state, answer) => {
  const { bench, memberId } = GROUPS[state]();
  expect(bench.sync({ memberId })?.error).toBe(answer);
});

test.each([
  ["empty", "UNKNOWN_MEMBER_ID", "empty"],
  ["preparing", "NONE", "completing"],
  ["completing", "NONE", "preparing"],
  ["stable", "NONE", "empty"],
  ["dead", "COORDINATOR_NOT_AVAILABLE", "dead"],
] as const)("a member that leaves a group that is %s is answered %s, and the group is %s", (state, answer, after) => {
  const { bench, group, memberId } = GROUPS[state]();
  expect(bench.run((_, turn) => leave(group, [{ memberId, instanceId: null }], turn))).toEqual([answer]);
  expect(group.state).toBe(after);
});

test.each([
  ["empty", "NONE", "completing"],
  ["preparing", undefined, "preparing"],
  ["completing", undefined, "preparing"],
  ["stable", undefined, "preparing"],
  ["dead", "COORDINATOR_NOT_AVAILABLE", "dead"],
] as const)("somebody new that joins a group that is %s is told %p, and the group is %s", (state, answer, after) => {
  const { bench, group } = GROUPS[state]();
  expect(bench.join()?.error).toBe(answer);
  expect(group.state).toBe(after);
});

test("a group makes no move that the table does not have", () => {
  const states = Object.keys(MOVES) as ClassicGroup["state"][];
  for (const from of states) {
    for (const to of states) {
      const { group } = groupBench();
      group.state = from;
      const allowed: readonly string[] = MOVES[from];
      if (allowed.includes(to)) expect(() => moveTo(group, to, 1)).not.toThrow();
      else expect(() => moveTo(group, to, 1)).toThrow(`cannot move from ${from} to ${to}`);
    }
  }
});

test("whoever has an assignment asks for it again and gets it", () => {
  const { bench, memberId } = stableBench();
  expect(bench.sync({ memberId })).toMatchObject({ error: "NONE", assignment: Buffer.from("all") });
});

test("a SyncGroup that takes the place of one still parked has that answered", () => {
  const { bench, follower, leader } = completingBench();
  expect(bench.sync({ memberId: follower })).toBeUndefined();
  const before = bench.answers.length;
  expect(bench.sync({ memberId: follower })).toBeUndefined();
  expect(bench.answers.slice(before)).toMatchObject([{ verb: "sync", answer: { error: "REBALANCE_IN_PROGRESS" } }]);
  bench.sync({ memberId: leader }, { [follower]: "yours" });
  expect(bench.answers.at(-1)).toMatchObject({ verb: "sync", answer: { error: "NONE" } });
});

test("nothing is due in an empty group", () => {
  expect(nextDeadline(groupBench().group)).toBe(Number.POSITIVE_INFINITY);
});
