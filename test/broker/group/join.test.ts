import { expect, test } from "bun:test";
import { leave, refuseJoin } from "../../../src/broker/group/index.ts";
import { completingBench, groupBench, SETTINGS, speaks, stableBench } from "../../support/broker/group-bench.ts";

test.each([
  ["", 10_000, "INVALID_GROUP_ID"],
  ["g", 5_999, "INVALID_SESSION_TIMEOUT"],
  ["g", 6_000, "NONE"],
  ["g", 1_800_000, "NONE"],
  ["g", 1_800_001, "INVALID_SESSION_TIMEOUT"],
] as const)("a JoinGroup to group %p with a session of %p ms is answered %s", (groupId, sessionTimeoutMs, answer) => {
  expect(refuseJoin(groupId, { sessionTimeoutMs }, SETTINGS)).toBe(answer);
});

test("who must know its id before it joins is given one, and does not make the group wait for itself", () => {
  const bench = groupBench();
  const answer = bench.join({ uuid: "u", needsKnownId: true });
  expect(answer).toMatchObject({ error: "MEMBER_ID_REQUIRED", memberId: "client-u" });
  expect(bench.group).toMatchObject({ state: "empty", generationId: 0 });
  expect(bench.join()).toMatchObject({ error: "NONE", generationId: 1 });
});

test("the first of an empty group waits for others, longer after each that comes, and not for ever", () => {
  const bench = groupBench({ initialRebalanceDelayMs: 3_000 });
  const expire = (now: number) => {
    bench.now = now;
    bench.expire();
  };
  expect(bench.join({ rebalanceTimeoutMs: 7_000 })).toBeUndefined();
  expire(2_999);
  bench.join({ rebalanceTimeoutMs: 7_000 });
  expire(3_000);
  expect(bench.group.state).toBe("preparing");
  bench.now = 4_000;
  bench.join({ rebalanceTimeoutMs: 7_000 });
  expire(6_000);
  bench.join({ rebalanceTimeoutMs: 7_000 });
  expire(6_999);
  expect(bench.group.state).toBe("preparing");
  expire(7_000);
  expect(bench.group).toMatchObject({ state: "completing", generationId: 1 });
  expect(bench.answers.map(({ answer }) => answer.error)).toEqual(["NONE", "NONE", "NONE", "NONE"]);
});

test("the first generation of a group does not wait any longer where nobody else comes", () => {
  const bench = groupBench({ initialRebalanceDelayMs: 3_000 });
  bench.join();
  bench.now = 3_000;
  bench.expire();
  expect(bench.group.state).toBe("completing");
});

test("one that joins a full group is refused, and those in it may join again", () => {
  const { bench, group, leader } = completingBench({ membersMax: 2 });
  expect(bench.join()).toMatchObject({ error: "GROUP_MAX_SIZE_REACHED", memberId: "" });
  bench.sync({ memberId: leader });
  expect(bench.join()).toMatchObject({ error: "GROUP_MAX_SIZE_REACHED" });
  expect(bench.join({ memberId: leader })).toBeUndefined();
  expect(group.state).toBe("preparing");
});

test("of a group that is gathered again, those who come too late for its limit are members no more", () => {
  const { bench, group, memberId } = stableBench({ membersMax: 1 });
  group.state = "preparing";
  group.previousState = "stable";
  bench.join({ memberId: "" });
  expect(bench.join({ memberId })).toMatchObject({ error: "GROUP_MAX_SIZE_REACHED" });
  expect(group.members.has(memberId)).toBe(false);
});

test("no more ids are given out than there may be members", () => {
  const bench = groupBench({ membersMax: 2 });
  const errors = [1, 2, 3].map(() => bench.join({ needsKnownId: true })?.error);
  expect(errors).toEqual(["MEMBER_ID_REQUIRED", "MEMBER_ID_REQUIRED", "GROUP_MAX_SIZE_REACHED"]);
});

test("a dead group sends its members to find their coordinator", () => {
  const bench = groupBench();
  bench.group.state = "dead";
  expect(bench.join()).toMatchObject({ error: "COORDINATOR_NOT_AVAILABLE", memberId: "" });
});

test("an id that was given out is not for a static member", () => {
  const bench = groupBench();
  const memberId = bench.join({ needsKnownId: true })?.memberId ?? "";
  expect(bench.join({ memberId, instanceId: "one" })).toMatchObject({ error: "UNKNOWN_MEMBER_ID" });
});

test("a JoinGroup that takes the place of one still parked has that answered", () => {
  const { bench, memberId } = stableBench();
  bench.join();
  const before = bench.answers.length;
  expect(bench.group.state).toBe("preparing");
  bench.join({ memberId: [...bench.group.members.keys()][1] ?? "" });
  expect(bench.answers.slice(before)).toMatchObject([{ verb: "join", answer: { error: "REBALANCE_IN_PROGRESS" } }]);
  expect(bench.join({ memberId })).toMatchObject({ error: "NONE", generationId: 2 });
});

test.each([
  [["a", "b"], ["b", "a"], ["b", "c"], "b"],
  [["a", "b"], ["a", "b"], ["b", "a"], "a"],
  [["x", "c"], ["y", "c"], ["z", "c"], "c"],
] as const)("members that like %p, %p and %p best share out by %s", (...likes) => {
  const [one, two, three, chosen] = likes;
  const bench = groupBench({ initialRebalanceDelayMs: 1 });
  for (const names of [one, two, three]) bench.join({ protocols: names.map((name) => speaks(name)) });
  for (bench.now = 1; bench.now <= 2; bench.now++) bench.expire();
  expect(bench.group.protocolName).toBe(chosen);
});

test("a group of consumers knows what its members read, and one of others does not", () => {
  const subscription = Buffer.from([0, 1, 0, 0, 0, 2, 0, 1, 97, 0, 1, 98, 255, 255, 255, 255]);
  const topics = (metadata: Buffer, protocolType = "consumer") => {
    const bench = groupBench();
    bench.join({ protocolType, protocols: [{ name: "range", metadata }] });
    return bench.group.subscribedTopics;
  };
  expect(topics(subscription)).toEqual(new Set(["a", "b"]));
  expect(topics(subscription, "connect")).toBeUndefined();
  expect(topics(subscription.subarray(0, 9))).toBeUndefined();
  expect(topics(Buffer.alloc(0))).toBeUndefined();
  expect(topics(Buffer.from([0, 0, 127, 255, 255, 255, 0, 1, 97]))).toBeUndefined();
});

test("an id that is given back to an empty group changes nothing else", () => {
  const bench = groupBench();
  const memberId = bench.join({ needsKnownId: true })?.memberId ?? "";
  expect(bench.run((group, turn) => leave(group, [{ memberId, instanceId: null }], turn))).toEqual(["NONE"]);
  expect(bench.group).toMatchObject({ state: "empty", generationId: 0 });
  expect(bench.group.pendingJoins.size).toBe(0);
});
