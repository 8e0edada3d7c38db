import { expect, test } from "bun:test";
import {
  type ConsumerHeartbeat,
  checkConsumer,
  consumerGroup,
  consumerHeartbeat,
  expireConsumers,
  type Place,
  stateOf,
} from "../../../../src/broker/group/consumer/index.ts";
import { KafkaFault } from "../../../../src/broker/protocol/index.ts";

/** A group that reads `t`, of four partitions, in a broker whose clock the test sets. */
function bench({ membersMax = 10 } = {}) {
  const group = consumerGroup("readers", 0);
  const settings = { consumerSessionTimeoutMs: 45_000, consumerHeartbeatIntervalMs: 5_000, membersMax };
  const topics = (name: string) => (name === "t" ? { id: "T", partitions: 4 } : undefined);
  const turnAt = (now: number) => ({ now, settings, topics, changed: false });
  const beat = (memberId: string, memberEpoch: number, given: Partial<ConsumerHeartbeat> = {}, now = 0) => {
    const joins = memberEpoch === 0;
    const request: ConsumerHeartbeat = {
      memberId,
      memberEpoch,
      instanceId: null,
      rackId: null,
      clientId: "client",
      clientHost: "/127.0.0.1",
      rebalanceTimeoutMs: joins ? 20_000 : -1,
      topics: joins ? ["t"] : null,
      assignor: null,
      owned: joins ? new Set() : null,
      ...given,
    };
    try {
      const { assignment, memberEpoch: told } = consumerHeartbeat(group, request, turnAt(now));
      return { epoch: told, assignment: assignment && [...assignment].toSorted((a, b) => (a < b ? -1 : 1)) };
    } catch (error) {
      if (!(error instanceof KafkaFault)) throw error;
      return error.kind;
    }
  };
  return { group, beat, expire: (now: number) => expireConsumers(group, turnAt(now)) };
}

const ALL = ["T/0", "T/1", "T/2", "T/3"];
const owned = (...places: readonly Place[]) => ({ owned: new Set(places) });

test("a member in the epoch before, which owns no more than it may, has only missed an answer", () => {
  const { beat } = bench();
  expect(beat("a", 0)).toEqual({ epoch: 1, assignment: ALL });
  beat("b", 0);
  const kept = beat("a", 1);
  expect(kept).toMatchObject({ epoch: 1, assignment: { length: 2 } });
  const [one = "", two = ""] = typeof kept === "string" ? [] : (kept.assignment ?? []);
  expect(beat("a", 1, owned(one, two))).toEqual({ epoch: 2, assignment: null });
  expect(beat("a", 1, owned(one, two))).toEqual({ epoch: 2, assignment: null });
  expect(beat("a", 1, owned(...ALL))).toBe("FENCED_MEMBER_EPOCH");
  expect(beat("a", 1)).toBe("FENCED_MEMBER_EPOCH");
  expect(beat("a", 3)).toBe("FENCED_MEMBER_EPOCH");
});

test("a member that joins again under its id keeps what it is to have", () => {
  const { beat, group } = bench();
  beat("a", 0);
  expect(beat("a", 0)).toEqual({ epoch: 1, assignment: ALL });
  expect(group.epoch).toBe(1);
});

test("only a change of what members read begins an epoch", () => {
  const { beat, group } = bench();
  beat("a", 0);
  beat("a", 1, { topics: ["t"], assignor: "range", rackId: "r" });
  expect(group.epoch).toBe(1);
  expect(beat("a", 1, { topics: [] })).toEqual({ epoch: 1, assignment: [] });
  expect(group.epoch).toBe(2);
});

test("a member that does not give up in time is fenced, and what it had goes to the others", () => {
  const { beat, expire, group } = bench();
  beat("a", 0);
  beat("b", 0);
  beat("a", 1);
  for (const now of [5_000, 10_000, 15_000]) beat("a", 1, owned(...ALL), now);
  expire(19_999);
  expect(group.members.has("a")).toBe(true);
  expire(20_000);
  expect(group.members.has("a")).toBe(false);
  expect(beat("b", 2, {}, 20_000)).toEqual({ epoch: 3, assignment: ALL });
  expect(beat("a", 1, {}, 20_000)).toBe("UNKNOWN_MEMBER_ID");
});

test("a member that is silent for a session's time is dropped", () => {
  const { beat, expire, group } = bench();
  beat("a", 0);
  beat("a", 1, {}, 10_000);
  expire(54_999);
  expect(stateOf(group)).toBe("Stable");
  expire(55_000);
  expect(stateOf(group)).toBe("Empty");
  expect(group.epoch).toBe(2);
});

test("a static member that stays away for longer than its session loses its partitions", () => {
  const { beat, expire, group } = bench();
  beat("a", 0, { instanceId: "one" });
  expect(beat("a", -2, { instanceId: "one" })).toEqual({ epoch: -2, assignment: null });
  expect(stateOf(group)).toBe("Reconciling");
  expire(45_000);
  expect(group.staticMembers.size).toBe(0);
  expect(beat("b", 0, { instanceId: "one" }, 45_000)).toEqual({ epoch: 3, assignment: ALL });
});

test("there are no more members than allowed, and one in place of another is not one more", () => {
  const { beat } = bench({ membersMax: 1 });
  beat("a", 0, { instanceId: "one" });
  expect(beat("b", 0)).toBe("GROUP_MAX_SIZE_REACHED");
  beat("a", -2, { instanceId: "one" });
  expect(beat("c", 0, { instanceId: "one" })).toEqual({ epoch: 1, assignment: ALL });
});

test("offsets are a member's own, in its epoch", () => {
  const { beat, group } = bench();
  beat("a", 0);
  expect(checkConsumer(group, "a", 1)).toBe("NONE");
  expect(checkConsumer(group, "a", 0)).toBe("STALE_MEMBER_EPOCH");
  expect(checkConsumer(group, "b", 1)).toBe("UNKNOWN_MEMBER_ID");
});

test("a topic that is not there yet is given out when it is", () => {
  const { beat, group } = bench();
  expect(beat("a", 0, { topics: ["later"] })).toEqual({ epoch: 1, assignment: [] });
  expect(stateOf(group)).toBe("Stable");
});
