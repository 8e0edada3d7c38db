import { expect, test } from "bun:test";
import { heartbeat, leave, nextDeadline } from "../../../src/broker/group/index.ts";
import { completingBench, type GroupBench, groupBench, speaks, stableBench } from "../../support/broker/group-bench.ts";

const expireAt = (bench: GroupBench, now: number) => {
  bench.now = now;
  bench.expire();
};

const beat = (bench: GroupBench, memberId: string) =>
  bench.run((group, turn) => heartbeat(group, { memberId, instanceId: null, generationId: group.generationId }, turn));

test("a member that does not beat is no member any more at the end of its session", () => {
  const { bench, group, memberId } = stableBench();
  expect(nextDeadline(group)).toBe(10_000);
  expireAt(bench, 9_999);
  expect(group.members.has(memberId)).toBe(true);
  expireAt(bench, 10_000);
  expect(group).toMatchObject({ state: "empty", generationId: 2, protocolName: null, leaderId: null });
});

test("a heartbeat begins the session anew", () => {
  const { bench, group, memberId } = stableBench();
  bench.now = 9_999;
  expect(beat(bench, memberId)).toBe("NONE");
  expireAt(bench, 19_998);
  expect(group.state).toBe("stable");
  expireAt(bench, 19_999);
  expect(group.state).toBe("empty");
});

test("when the leader's session is over, another leads", () => {
  const { bench, group, leader, follower } = completingBench();
  bench.sync({ memberId: leader });
  bench.sync({ memberId: follower });
  bench.now = 5_000;
  beat(bench, follower);
  expireAt(bench, 10_000);
  expect(group).toMatchObject({ state: "preparing", leaderId: follower });
  expect(bench.join({ memberId: follower })).toMatchObject({ error: "NONE", leaderId: follower, generationId: 3 });
});

test("who waits for an answer keeps its session, which begins anew when that comes", () => {
  const { bench, group, leader, follower } = completingBench();
  bench.sync({ memberId: follower });
  bench.now = 9_000;
  beat(bench, leader);
  expireAt(bench, 18_000);
  expect(group.members.has(follower)).toBe(true);
  bench.sync({ memberId: leader });
  expect(group.state).toBe("stable");
  expireAt(bench, 27_999);
  expect(group.members.has(follower)).toBe(true);
  expireAt(bench, 28_000);
  expect(group.members.has(follower)).toBe(false);
});

test("a new member whose first JoinGroup waits too long is given up, as its client may have gone", () => {
  const { bench, group, memberId } = stableBench({ newMemberJoinTimeoutMs: 20_000 });
  expect(bench.join({ uuid: "new" })).toBeUndefined();
  for (const now of [5_000, 10_000, 15_000]) {
    expireAt(bench, now);
    beat(bench, memberId);
  }
  expect(group.members.has("client-new")).toBe(true);
  expireAt(bench, 20_000);
  expect(group.members.has("client-new")).toBe(false);
  expect(bench.answers.at(-1)).toMatchObject({ verb: "join", answer: { error: "UNKNOWN_MEMBER_ID", memberId: "" } });
});

test("an id that nobody has joined with is given up, and the others go on", () => {
  const { bench, group, memberId } = stableBench();
  bench.join({ needsKnownId: true, sessionTimeoutMs: 6_000 });
  expect(bench.join({ memberId })).toBeUndefined();
  expireAt(bench, 5_999);
  expect(group.state).toBe("preparing");
  expireAt(bench, 6_000);
  expect(group).toMatchObject({ state: "completing", generationId: 2 });
  expect(group.pendingJoins.size).toBe(0);
});

test("who has not joined again in time is left behind", () => {
  const { bench, group, leader, follower } = completingBench({}, { rebalanceTimeoutMs: 2_000 });
  bench.sync({ memberId: leader });
  bench.sync({ memberId: follower });
  expect(bench.join({ memberId: leader, rebalanceTimeoutMs: 2_000 })).toBeUndefined();
  expireAt(bench, 1_999);
  expect(group.state).toBe("preparing");
  expireAt(bench, 2_000);
  expect([...group.members.keys()]).toEqual([leader]);
  expect(group.state).toBe("completing");
});

test("a leader that has not joined again in time is followed by one that has", () => {
  const { bench, group, leader, follower } = completingBench({}, { rebalanceTimeoutMs: 2_000 });
  bench.sync({ memberId: leader });
  bench.join({ memberId: follower, rebalanceTimeoutMs: 2_000, protocols: [speaks("range", "changed")] });
  expireAt(bench, 2_000);
  expect(group).toMatchObject({ state: "completing", leaderId: follower });
  expect(bench.answers.at(-1)).toMatchObject({ answer: { leaderId: follower, members: [{ memberId: follower }] } });
});

test("a group whose static members have not come back waits on until their sessions are over", () => {
  const { bench, group, memberId } = stableBench({}, { instanceId: "one", rebalanceTimeoutMs: 2_000 });
  bench.join({ uuid: "new", rebalanceTimeoutMs: 2_000 });
  bench.run((_, turn) => leave(group, [{ memberId: "client-new", instanceId: null }], turn));
  expect(group.state).toBe("preparing");
  expireAt(bench, 2_000);
  expect(group).toMatchObject({ state: "preparing", generationId: 1 });
  expireAt(bench, 10_000);
  expect(group.members.has(memberId)).toBe(false);
  expect(group).toMatchObject({ state: "empty", generationId: 2 });
});

test("who has not asked for its assignment in time is left behind, even when the others have theirs", () => {
  const { bench, group, leader, follower } = completingBench({}, { rebalanceTimeoutMs: 2_000 });
  bench.sync({ memberId: leader });
  expect(group.state).toBe("stable");
  expireAt(bench, 2_000);
  expect(group.state).toBe("preparing");
  expect(group.members.has(follower)).toBe(false);
});

test("when all have asked for their assignment, nobody is left behind", () => {
  const { bench, group, leader, follower } = completingBench({}, { rebalanceTimeoutMs: 2_000 });
  bench.sync({ memberId: follower });
  bench.sync({ memberId: leader });
  expireAt(bench, 2_000);
  expect(group).toMatchObject({ state: "stable", generationId: 2 });
});

test("a leader that never brings an assignment is left behind, and those who waited are sent to join", () => {
  const { bench, group, leader, follower } = completingBench({}, { rebalanceTimeoutMs: 2_000 });
  bench.sync({ memberId: follower });
  expireAt(bench, 2_000);
  expect(group).toMatchObject({ state: "preparing", leaderId: follower });
  expect(group.members.has(leader)).toBe(false);
  expect(bench.answers.at(-1)).toMatchObject({ verb: "sync", answer: { error: "REBALANCE_IN_PROGRESS" } });
});

test("what is overdue happens in the order in which it was due", () => {
  const bench = groupBench();
  const early = bench.join({ needsKnownId: true, sessionTimeoutMs: 6_000 });
  const late = bench.join({ needsKnownId: true, sessionTimeoutMs: 9_000 });
  expect(nextDeadline(bench.group)).toBe(6_000);
  expireAt(bench, 8_000);
  expect([...bench.group.pendingJoins]).toEqual([late?.memberId ?? ""]);
  expect(early?.memberId).not.toBe(late?.memberId);
  expireAt(bench, 100_000);
  expect(bench.group.timers.size).toBe(0);
});
