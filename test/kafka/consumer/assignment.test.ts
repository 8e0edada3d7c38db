import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { AssignerProtocol } from "kafkajs";
import {
  type Assignment,
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
  STRATEGIES,
  type Subscription,
} from "../../../src/kafka/consumer/assignment.ts";

const members = (...topicsOf: string[][]): Subscription[] =>
  topicsOf.map((topics, index) => ({ memberId: `member-${index}`, topics }));

function divided(strategy: string, subscriptions: Subscription[], partitionsOf: Record<string, number>) {
  const assigned = STRATEGIES.get(strategy)?.(subscriptions, new Map(Object.entries(partitionsOf))) ?? [];
  return Object.fromEntries([...assigned].map(([memberId, share]) => [memberId, Object.fromEntries(share)]));
}

describe("roundrobin", () => {
  // The examples of Java's RoundRobinAssignor.
  test("deals the partitions of all topics like cards", () => {
    expect(divided("roundrobin", members(["t0", "t1"], ["t0", "t1"]), { t0: 3, t1: 3 })).toEqual({
      "member-0": { t0: [0, 2], t1: [1] },
      "member-1": { t0: [1], t1: [0, 2] },
    });
  });

  test("passes over a member that does not read the topic", () => {
    const subscriptions = members(["t0"], ["t0", "t1"], ["t0", "t1", "t2"]);

    expect(divided("roundrobin", subscriptions, { t0: 1, t1: 2, t2: 3 })).toEqual({
      "member-0": { t0: [0] },
      "member-1": { t1: [0] },
      "member-2": { t1: [1], t2: [0, 1, 2] },
    });
  });
});

test("range gives neighbouring partitions, topic by topic", () => {
  // The example of Java's RangeAssignor.
  expect(divided("range", members(["t0", "t1"], ["t0", "t1"]), { t0: 3, t1: 3 })).toEqual({
    "member-0": { t0: [0, 1], t1: [0, 1] },
    "member-1": { t0: [2], t1: [2] },
  });
});

describe.each([...STRATEGIES.keys()])("%s", (strategy) => {
  const topic = fc.constantFrom("a", "b", "c", "d");
  const subscriptions = fc
    .array(fc.uniqueArray(topic), { minLength: 1, maxLength: 6 })
    .map((topicsOf) => members(...topicsOf));
  const partitionsOf = fc.dictionary(topic, fc.nat(20));

  test("gives each partition to exactly one member, one that reads its topic", () => {
    fc.assert(
      fc.property(subscriptions, partitionsOf, (all, counts) => {
        const given = Object.entries(divided(strategy, all, counts)).flatMap(([memberId, share]) =>
          Object.entries<readonly number[]>(share).flatMap(([name, partitions]) =>
            partitions.map((partition) => ({ memberId, name, partition })),
          ),
        );
        const read = new Set(all.flatMap(({ topics }) => topics));
        const expected = Object.entries(counts).flatMap(([name, count]) => (read.has(name) ? count : 0));
        expect(given.length).toBe(expected.reduce((sum, count) => sum + count, 0));
        expect(new Set(given.map(({ name, partition }) => `${name}-${partition}`)).size).toBe(given.length);
        for (const { memberId, name } of given) {
          expect(all.find((member) => member.memberId === memberId)?.topics).toContain(name);
        }
      }),
    );
  });

  test("does not depend on the order in which members are listed", () => {
    fc.assert(
      fc.property(subscriptions, partitionsOf, (all, counts) => {
        expect(divided(strategy, all.toReversed(), counts)).toEqual(divided(strategy, all, counts));
      }),
    );
  });
});

describe("the messages of the consumer protocol", () => {
  test("a subscription is read by kafkajs, and one of kafkajs by us", () => {
    const ours = AssignerProtocol.MemberMetadata.decode(encodeSubscription(["orders", "payments"]));
    expect(ours).toMatchObject({ version: 0, topics: ["orders", "payments"] });

    const theirs = AssignerProtocol.MemberMetadata.encode({ version: 1, topics: ["a"], userData: Buffer.from("x") });
    expect(decodeSubscription("m", theirs)).toEqual({ memberId: "m", topics: ["a"] });
  });

  test("an assignment is read by kafkajs, and one of kafkajs by us", () => {
    const assignment: Assignment = new Map([["orders", [0, 2]]]);
    expect(AssignerProtocol.MemberAssignment.decode(encodeAssignment(assignment))).toMatchObject({
      version: 0,
      assignment: { orders: [0, 2] },
    });

    const theirs = AssignerProtocol.MemberAssignment.encode({
      version: 1,
      assignment: { a: [5] },
      userData: Buffer.alloc(0),
    });
    expect(decodeAssignment(theirs)).toEqual(new Map([["a", [5]]]));
  });

  test("no bytes are no partitions", () => {
    expect(decodeAssignment(Buffer.alloc(0))).toEqual(new Map());
  });
});
