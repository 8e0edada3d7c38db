import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { Kafka, logLevel } from "kafkajs";
import type { Consumer } from "../../../src/kafka/index.ts";
import { cluster } from "../../support/cluster.ts";
import { listener, noting, openStage, type Seen, values } from "../../support/kafka/consuming.ts";
import { until } from "../../support/until.ts";

// Real brokers on a busy machine.
setDefaultTimeout(30_000);

const kafka = cluster?.kafka ?? "";
const quick = { heartbeatIntervalMs: 100, commitIntervalMs: 20 };

const of = (seen: readonly Seen[], partition: number): string[] =>
  seen.filter((record) => record.partition === partition).map(({ value }) => value);

const never = () => new Promise<void>(() => {});

const partitionsOf = (...consumers: Consumer[]): number[] =>
  consumers.flatMap((consumer) => consumer.assignment().map(({ partition }) => partition)).sort();

describe.skipIf(cluster === undefined)("members of one group", () => {
  test("share the partitions; when one leaves, the other goes on with all, in order and without a gap", async () => {
    await using stage = await openStage(kafka);
    const topic = await stage.topic(4);
    const seen: Seen[] = [];
    const handle = noting(seen, () => Bun.sleep(1));
    const first = await stage.consume({ ...quick, topics: [topic], handle });
    const second = await stage.consume({ ...quick, topics: [topic], handle });
    const shared = () => [first, second].every((one) => one.assignment().length === 2);
    await until("both have two partitions", shared);
    expect(partitionsOf(first, second)).toEqual([0, 1, 2, 3]);

    const producing = [0, 1, 2, 3].map((partition) => stage.produce(topic, partition, { count: 300 }));
    await until("they are at work", () => seen.length > 200);
    await second.stop({ timeoutMs: 5_000 });
    await Promise.all(producing);
    await until("the first has all partitions", () => first.assignment().length === 4);
    await until("all are handled", () => [0, 1, 2, 3].every((one) => of(seen, one).includes("299")), {
      timeoutMs: 20_000,
    });

    // After an orderly leave nothing is handled twice, which is more than is promised.
    for (const partition of [0, 1, 2, 3]) expect(of(seen, partition)).toEqual(values(0, 300));
  }, 30_000);

  test("come and go at random, and every partition is handled in order, with repetitions but without a gap", async () => {
    await using stage = await openStage(kafka);
    const topic = await stage.topic(3);
    const runs = new Map<Consumer, Seen[]>();
    const start = async () => {
      const seen: Seen[] = [];
      const consumer = await stage.consume({ ...quick, topics: [topic], handle: noting(seen, () => Bun.sleep(1)) });
      runs.set(consumer, seen);
      return consumer;
    };
    const producing = [0, 1, 2].map((partition) => stage.produce(topic, partition, { count: 500 }));
    const members = [await start()];
    for (let round = 0; round < 6; round++) {
      const before = [...runs.values()].flat().length;
      members.push(await start());
      await until("some more are handled", () => [...runs.values()].flat().length > before + 30);
      await members.shift()?.stop({ timeoutMs: 5_000 });
    }
    await Promise.all(producing);
    const all = () => [...runs.values()].flat();
    await until("all are handled", () => new Set(all().map((one) => `${one.partition}/${one.offset}`)).size === 1_500, {
      timeoutMs: 30_000,
    });

    // Within one member a partition may go back to what was committed, but never leaps over a record.
    for (const seen of runs.values()) {
      for (const partition of [0, 1, 2]) expect(leaps(seen, partition, all())).toEqual([]);
    }
  }, 60_000);

  test("whose leader finds new partitions divide them", async () => {
    await using stage = await openStage(kafka);
    const topic = await stage.topic(1);
    const seen: Seen[] = [];
    const options = { ...quick, topics: [topic], metadataIntervalMs: 100 };
    const consumer = await stage.consume({ ...options, handle: noting(seen) });
    await until("it has the one", () => consumer.assignment().length === 1);

    const plan = await stage.admin.planTopics([{ topic, partitions: 3, replication: 1, config: {} }]);
    await stage.admin.applyTopics(plan);
    await until("it has all three", () => consumer.assignment().length === 3);

    await stage.produce(topic, 2, { count: 5 });
    await until("the new one is read", () => of(seen, 2).length === 5);
  });

  test("may be of another client: a group with kafkajs shares partitions, whoever leads it", async () => {
    await using stage = await openStage(kafka);
    const topic = await stage.topic(4);
    const seen: Seen[] = [];
    const client = new Kafka({ brokers: [kafka], logLevel: logLevel.NOTHING });
    const theirs = client.consumer({ groupId: stage.group, heartbeatInterval: 100, rebalanceTimeout: 10_000 });
    await theirs.connect();
    await theirs.subscribe({ topic, fromBeginning: true });
    const theirSeen: Seen[] = [];
    await theirs.run({
      eachMessage: async ({ partition, message }) => {
        const record = { topic, partition, offset: BigInt(message.offset), value: String(message.value) };
        theirSeen.push(record);
      },
    });
    try {
      const ours = await stage.consume({ ...quick, topics: [topic], handle: noting(seen) });
      await until("ours has its half", () => ours.assignment().length === 2, { timeoutMs: 20_000 });
      for (const partition of [0, 1, 2, 3]) await stage.produce(topic, partition, { count: 10 });

      await until("all are handled", () => seen.length + theirSeen.length === 40);
      expect(new Set(seen.map(({ partition }) => partition)).size).toBe(2);
      expect(new Set(theirSeen.map(({ partition }) => partition)).size).toBe(2);
    } finally {
      await theirs.disconnect();
    }
  }, 40_000);
});

describe.skipIf(cluster === undefined)("in a rebalance", () => {
  test("handlers finish their record, which is committed before the partition moves", async () => {
    await using stage = await openStage(kafka);
    const topic = await stage.topic(2);
    for (const partition of [0, 1]) await stage.produce(topic, partition, { count: 2 });
    const seen: Seen[] = [];
    const finish = Promise.withResolvers<void>();
    const told = listener();
    const options = { ...quick, topics: [topic], commitIntervalMs: 60_000 };
    const handle = noting(seen, () => finish.promise);
    await stage.consume({ ...options, handle, emit: told.emit });
    await until("both partitions are at work", () => seen.length === 2);

    const secondSeen: Seen[] = [];
    await stage.consume({ ...options, handle: noting(secondSeen) });
    await until("the first hears of it", () => told.of("consumer.rejoining").length === 1);
    expect(secondSeen).toEqual([]);
    finish.resolve();

    await until("the rest is handled", () => seen.length + secondSeen.length === 4);
    expect([...of(seen, 0), ...of(secondSeen, 0)]).toEqual(["0", "1"]);
    expect([...of(seen, 1), ...of(secondSeen, 1)]).toEqual(["0", "1"]);
  });

  /**
   * A rebalance cannot wait for ever, so the partition may come back to a process whose handler is still at work on
   * it. Two at once would break the order, and the inbox of whoever relies on it.
   */
  test("a handler that does not return is left behind, and its partition waits for it in this process", async () => {
    await using stage = await openStage(kafka);
    const topic = await stage.topic(2);
    for (const partition of [0, 1]) await stage.produce(topic, partition, { count: 3 });
    let atWork = 0;
    let most = 0;
    const finish = Promise.withResolvers<void>();
    const seen: Seen[] = [];
    const options = { ...quick, topics: [topic], rebalanceTimeoutMs: 1_000 };
    const first = await stage.consume({
      ...options,
      handle: async ({ partition, records, done }, signal) => {
        if (partition !== 0) return done(records.at(-1)?.offset ?? 0n);
        most = Math.max(most, ++atWork);
        await finish.promise;
        for (const { offset, value } of records) {
          if (signal.aborted) break;
          seen.push({ topic, partition, offset, value: String(value) });
          done(offset);
        }
        atWork--;
      },
    });
    await until("it is at work", () => atWork === 1);
    const second = await stage.consume({ ...options, handle: never });
    await until("the group goes on without it", () => second.assignment().length === 1);
    await second.stop({ timeoutMs: 100 }).catch(() => {}); // Its handler never returns.
    await until("the partition is back", () => first.assignment().length === 2);
    expect(atWork).toBe(1);

    finish.resolve();

    await until("its records are handled", () => of(seen, 0).length === 3);
    expect(of(seen, 0)).toEqual(values(0, 3));
    expect(most).toBe(1);
  }, 20_000);

  test("a member that the group has forgotten joins again by itself", async () => {
    await using stage = await openStage(kafka);
    const topic = await stage.topic(1);
    const seen: Seen[] = [];
    const told = listener();
    const consumer = await stage.consume({ ...quick, topics: [topic], handle: noting(seen), emit: told.emit });
    await until("it has joined", () => told.of("consumer.joined").length === 1);

    const [joined] = told.of("consumer.joined");
    await stage.removeMember(joined?.memberId ?? "");
    await until("it has joined again", () => told.of("consumer.joined").length === 2);

    await stage.produce(topic, 0, { count: 5 });
    await until("it reads", () => seen.length === 5);
    expect(told.of("consumer.rejoining")).toMatchObject([{ why: expect.stringContaining("UNKNOWN_MEMBER_ID") }]);
    await until("it commits", () => consumer.lag()[0]?.committed === 5n);
  });
});

/** Where a member went from one offset to one beyond the next, although nobody had handled what lies between. */
function leaps(seen: readonly Seen[], partition: number, all: readonly Seen[]): string[] {
  const own = seen.filter((record) => record.partition === partition);
  return own.slice(1).flatMap(({ offset }, index) => {
    const before = own[index]?.offset ?? 0n;
    if (offset <= before + 1n) return [];
    const between = new Set(all.filter((one) => one.partition === partition).map((one) => one.offset));
    const missing = Array.from({ length: Number(offset - before) - 1 }, (_, step) => before + 1n + BigInt(step));
    return missing.every((one) => between.has(one)) ? [] : [`${before} to ${offset}`];
  });
}
