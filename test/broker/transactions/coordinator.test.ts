import { expect, test } from "bun:test";
import type { Transactions } from "../../../src/broker/transactions/index.ts";
import { until } from "../../support/until.ts";
import { Crash, TOPIC, World } from "./world.ts";

const TIMEOUT_MS = 60_000;
const begin = (coordinator: Transactions, transactionalId = "id", timeoutMs = TIMEOUT_MS) => ({
  ...coordinator.init({ transactionalId, timeoutMs, was: undefined }),
  transactionalId,
});
const all = new Map([[TOPIC, [0, 1, 2]]]);
const commit = { committed: true, bumpsEpoch: false };

/** A transaction under way that has written a value to each partition. */
function underWay(world: World, coordinator: Transactions) {
  const producer = begin(coordinator);
  expect(coordinator.addPartitions(producer, all)).toBe("NONE");
  for (const log of world.logs) log.append(producer.producerId, producer.producerEpoch, "value");
  return producer;
}

test("no producer id is given twice, however often the process ends", () => {
  const world = new World();
  const given: bigint[] = [];
  for (let start = 0; start < 3; start++) {
    const coordinator = world.open();
    for (let times = 0; times < 1500; times++) {
      given.push(coordinator.init({ transactionalId: null, timeoutMs: 0, was: undefined }).producerId);
    }
  }
  expect(new Set(given).size).toBe(4500);
});

test("a transaction under way is there after a restart, and is committed as a whole", () => {
  const world = new World();
  const producer = underWay(world, world.open());
  const coordinator = world.open();
  expect(coordinator.verify({ ...producer, partition: { topic: TOPIC, partition: 2 }, add: false })).toBe("NONE");
  expect(coordinator.end(producer, commit).error).toBe("NONE");
  expect(world.logs.map(({ values }) => values.committed)).toEqual([["value"], ["value"], ["value"]]);
});

// The outcome is stored first, then three markers are written and the group is told, and at last it is complete.
test.each([1, 2, 3, 4, 5])("a transaction that was decided is completed after a crash (%d things later)", (after) => {
  const world = new World();
  const coordinator = world.open();
  const producer = underWay(world, coordinator);
  expect(coordinator.addOffsets(producer, "group")).toBe("NONE");
  world.commitOffset(producer.producerId, "offset");
  world.crashesAfter = after;
  expect(() => coordinator.end(producer, commit)).toThrow(Crash);
  world.crashesAfter = Number.POSITIVE_INFINITY;
  const reopened = world.open();
  expect(reopened.all.get("id")?.state).toBe("CompleteCommit");
  expect(world.logs.map(({ markers }) => markers)).toEqual([1, 1, 1]);
  expect(world.logs.map(({ values }) => values.committed)).toEqual([["value"], ["value"], ["value"]]);
  expect(world.offsets).toEqual(["offset"]);
});

test("a transaction that was not decided when the process ended is not", () => {
  const world = new World();
  const coordinator = world.open();
  const producer = underWay(world, coordinator);
  world.crashesAfter = 0;
  expect(() => coordinator.end(producer, commit)).toThrow(Crash);
  world.crashesAfter = Number.POSITIVE_INFINITY;
  expect(world.open().all.get("id")?.state).toBe("Ongoing");
  expect(world.logs.map(({ markers }) => markers)).toEqual([0, 0, 0]);
});

test("markers that cannot be written are tried again, each until it is written once", () => {
  const world = new World();
  const coordinator = world.open();
  const producer = underWay(world, coordinator);
  world.refusedMarkers = 2;
  // It is decided, and that is what the producer asked.
  expect(coordinator.end(producer, commit).error).toBe("NONE");
  expect(coordinator.all.get("id")).toMatchObject({ state: "PrepareCommit", partitions: new Map([[TOPIC, [0, 1]]]) });
  expect(coordinator.addPartitions(producer, all)).toBe("CONCURRENT_TRANSACTIONS");
  expect(coordinator.end(producer, commit).error).toBe("CONCURRENT_TRANSACTIONS");
  expect(begin(coordinator).error).toBe("CONCURRENT_TRANSACTIONS");
  coordinator.expire();
  expect(coordinator.all.get("id")?.state).toBe("CompleteCommit");
  expect(world.logs.map(({ markers }) => markers)).toEqual([1, 1, 1]);
});

test("markers are tried again by a timer", async () => {
  const world = new World();
  const coordinator = world.open();
  const producer = underWay(world, coordinator);
  world.refusedMarkers = 1;
  coordinator.end(producer, commit);
  await until("the transaction is complete", () => coordinator.all.get("id")?.state === "CompleteCommit");
  coordinator.close();
});

test("what cannot be stored has not happened", () => {
  const world = new World();
  const coordinator = world.open();
  const producer = underWay(world, coordinator);
  world.refusedChanges = 1;
  expect(() => coordinator.end(producer, commit)).toThrow("KAFKA_STORAGE_ERROR");
  expect(coordinator.all.get("id")?.state).toBe("Ongoing");
  expect(coordinator.end(producer, commit).error).toBe("NONE");
});

test("a partition that was fenced by hand does not hold up the others", () => {
  const world = new World();
  const coordinator = world.open();
  const producer = underWay(world, coordinator);
  const { producerId } = producer;
  world.logs[1]?.appendMarker({ producerId, producerEpoch: 9, coordinatorEpoch: 0, committed: false });
  expect(coordinator.end(producer, commit).error).toBe("NONE");
  expect(coordinator.all.get("id")?.state).toBe("CompleteCommit");
  expect(world.logs.map(({ values }) => values.committed)).toEqual([["value"], [], ["value"]]);
});

test("a topic that was deleted in the middle of a transaction does not hold up its end", () => {
  const coordinator = new World().open();
  const producer = begin(coordinator);
  coordinator.addPartitions(producer, new Map([["deleted", [0]]]));
  expect(coordinator.end(producer, commit).error).toBe("NONE");
  expect(coordinator.all.get("id")?.state).toBe("CompleteCommit");
});

test("a transaction that takes too long is aborted by a timer, its producer is fenced, and that is told", async () => {
  const told: unknown[] = [];
  const world = new World({ emit: (name, detail) => told.push([name, detail]) });
  const coordinator = world.open();
  const producer = begin(coordinator, "id", 20);
  expect(coordinator.verify({ ...producer, partition: { topic: TOPIC, partition: 0 }, add: true })).toBe("NONE");
  world.logs[0]?.append(producer.producerId, producer.producerEpoch, "value");
  world.now += 25;
  await until("the abort", () => coordinator.all.get("id")?.state === "CompleteAbort");
  coordinator.close();
  expect(world.logs[0]?.values).toEqual({ committed: [], aborted: ["value"] });
  expect(coordinator.end(producer, commit).error).toBe("PRODUCER_FENCED");
  expect(told).toEqual([["broker.transaction.expired", { transactionalId: "id", producerId: 0n, tookMs: 25 }]]);
});

test("time goes on while the process is down", () => {
  const world = new World();
  const producer = underWay(world, world.open());
  world.now += TIMEOUT_MS;
  const coordinator = world.open();
  coordinator.expire();
  expect(coordinator.end(producer, commit).error).toBe("PRODUCER_FENCED");
  expect(world.logs.map(({ values }) => values.aborted)).toEqual([["value"], ["value"], ["value"]]);
});

test("an id that nobody uses for a week is forgotten for good, and gets another producer id", () => {
  const world = new World();
  const coordinator = world.open();
  const producer = begin(coordinator);
  world.now += 7 * 24 * 60 * 60 * 1000;
  coordinator.expire();
  expect(coordinator.all.size).toBe(0);
  const reopened = world.open();
  expect(reopened.all.size).toBe(0);
  expect(reopened.addPartitions(producer, all)).toBe("INVALID_PRODUCER_ID_MAPPING");
  expect(begin(reopened).producerId).not.toBe(producer.producerId);
});

test("there are as many ids as the limit says; one that is not used for an hour makes room", () => {
  const world = new World({ transactionsMax: 2 });
  const coordinator = world.open();
  begin(coordinator, "one");
  world.now += 30 * 60 * 1000;
  begin(coordinator, "two");
  expect(begin(coordinator, "three").error).toBe("POLICY_VIOLATION");
  expect(begin(coordinator, "two").error).toBe("NONE");
  world.now += 30 * 60 * 1000;
  expect(begin(coordinator, "three").error).toBe("NONE");
  expect([...coordinator.all.keys()]).toEqual(["two", "three"]);
});

test("a transactional id longer than any client makes is refused", () => {
  const coordinator = new World().open();
  expect(begin(coordinator, "x".repeat(4096)).error).toBe("NONE");
  expect(begin(coordinator, "x".repeat(4097)).error).toBe("INVALID_REQUEST");
});
