import { expect, test } from "bun:test";
import fc from "fast-check";
import { ASSIGNORS, type Subscriber } from "../../../../src/broker/group/consumer/assignors.ts";
import { type Place, partitionOf, placeOf, topicIdOf } from "../../../../src/broker/group/consumer/index.ts";

const subscriber = (id: string, topicIds: readonly string[], instanceId: string | null = null): Subscriber => ({
  id,
  instanceId,
  topicIds: new Set(topicIds),
});

const NOBODY = new Map<string, ReadonlySet<Place>>();

const told = (shares: ReadonlyMap<string, ReadonlySet<Place>>) =>
  Object.fromEntries([...shares].map(([id, places]) => [id, [...places].toSorted((a, b) => (a < b ? -1 : 1))]));

test("a range goes to each member of a topic, the larger ones first", () => {
  const subscribers = [subscriber("b", ["t", "u"]), subscriber("a", ["t", "u"]), subscriber("c", ["t"])];
  const partitions = new Map([
    ["t", 4],
    ["u", 2],
  ]);
  expect(told(ASSIGNORS.range({ subscribers, partitions, former: NOBODY }))).toEqual({
    a: ["t/0", "t/1", "u/0"],
    b: ["t/2", "u/1"],
    c: ["t/3"],
  });
});

test("static members are given ranges first, in the order of their instances", () => {
  const subscribers = [subscriber("a", ["t"]), subscriber("y", ["t"], "2"), subscriber("z", ["t"], "1")];
  expect(told(ASSIGNORS.range({ subscribers, partitions: new Map([["t", 3]]), former: NOBODY }))).toEqual({
    a: ["t/2"],
    y: ["t/1"],
    z: ["t/0"],
  });
});

test("a member that comes is given just as many as make all alike, and the others keep theirs", () => {
  const partitions = new Map([["t", 6]]);
  const three = ["a", "b", "c"].map((id) => subscriber(id, ["t"]));
  const former = ASSIGNORS.uniform({ subscribers: three.slice(0, 2), partitions, former: NOBODY });
  const shares = ASSIGNORS.uniform({ subscribers: three, partitions, former });
  expect([...shares.values()].map(({ size }) => size)).toEqual([2, 2, 2]);
  for (const id of ["a", "b"]) expect(shares.get(id)?.isSubsetOf(former.get(id) ?? new Set())).toBe(true);
});

test("what a member leaves is shared out, and nothing else moves", () => {
  const partitions = new Map([["t", 6]]);
  const three = ["a", "b", "c"].map((id) => subscriber(id, ["t"]));
  const former = ASSIGNORS.uniform({ subscribers: three, partitions, former: NOBODY });
  const shares = ASSIGNORS.uniform({ subscribers: three.slice(0, 2), partitions, former });
  for (const id of ["a", "b"]) expect(shares.get(id)?.isSupersetOf(former.get(id) ?? new Set())).toBe(true);
  expect([...shares.values()].map(({ size }) => size)).toEqual([3, 3]);
});

const subscriptions = fc.array(fc.subarray(["t", "u", "v"]), { minLength: 1, maxLength: 6 });
const counts = fc.tuple(fc.nat(7), fc.nat(7), fc.nat(7));

test("every partition goes to one member that reads its topic, whatever the assignor and whatever was before", () => {
  fc.assert(
    fc.property(
      subscriptions,
      subscriptions,
      counts,
      fc.constantFrom("uniform", "range"),
      (before, after, sizes, name) => {
        const [t, u, v] = sizes;
        const partitions = new Map([
          ["t", t],
          ["u", u],
          ["v", v],
        ]);
        const members = (all: readonly (readonly string[])[]) => all.map((topics, at) => subscriber(`m${at}`, topics));
        const former = ASSIGNORS[name]({ subscribers: members(before), partitions, former: NOBODY });
        const subscribers = members(after);
        const shares = ASSIGNORS[name]({ subscribers, partitions, former });
        const given = [...shares.values()].flatMap((places) => [...places]);
        expect(new Set(given).size).toBe(given.length);
        const wanted = [...partitions].flatMap(([topicId, count]) =>
          subscribers.some(({ topicIds }) => topicIds.has(topicId))
            ? Array.from({ length: count }, (_, at) => placeOf(topicId, at))
            : [],
        );
        expect(new Set(given)).toEqual(new Set(wanted));
        for (const { id, topicIds } of subscribers) {
          for (const place of shares.get(id) ?? []) expect(topicIds.has(topicIdOf(place))).toBe(true);
        }
        if (name === "uniform") assertUniform(subscribers, shares);
      },
    ),
  );
});

/** Nobody has two more than another that could take one of them. */
function assertUniform(subscribers: readonly Subscriber[], shares: ReadonlyMap<string, ReadonlySet<Place>>): void {
  for (const giver of subscribers) {
    for (const place of shares.get(giver.id) ?? []) {
      for (const taker of subscribers.filter(({ topicIds }) => topicIds.has(topicIdOf(place)))) {
        const difference = (shares.get(giver.id)?.size ?? 0) - (shares.get(taker.id)?.size ?? 0);
        expect(difference).toBeLessThan(2);
      }
    }
  }
}

test("a place is a topic's id and a partition's number", () => {
  const place = placeOf("zpF7x3pxDlZXUpfr8pzLGg", 12);
  expect([topicIdOf(place), partitionOf(place)]).toEqual(["zpF7x3pxDlZXUpfr8pzLGg", 12]);
});
