import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { Kafka, logLevel } from "kafkajs";
import { cluster, unique } from "../../support/cluster.ts";
import { listener, noting, openStage, type Seen, values } from "../../support/kafka/consuming.ts";
import { until } from "../../support/until.ts";

// Real brokers on a busy machine.
setDefaultTimeout(30_000);

const kafka = cluster?.kafka ?? "";
/** The shortest that a broker takes by default (`group.min.session.timeout.ms`). */
const SHORTEST_SESSION_MS = 6_000;

const of = (seen: readonly Seen[], partition: number): string[] =>
  seen.filter((record) => record.partition === partition).map(({ value }) => value);

const never = () => new Promise<void>(() => {});

describe.skipIf(cluster === undefined)("a group's first consumer", () => {
  test("begins at the earliest record and sees each partition in order", async () => {
    await using stage = await openStage(kafka);
    const topic = await stage.topic(3);
    for (const partition of [0, 1, 2]) await stage.produce(topic, partition, { count: 100 });
    const seen: Seen[] = [];

    const consumer = await stage.consume({ topics: [topic], handle: noting(seen) });
    await until("all are handled", () => seen.length === 300);

    for (const partition of [0, 1, 2]) expect(of(seen, partition)).toEqual(values(0, 100));
    await until("all are committed", () => consumer.lag().every(({ committed }) => committed === 100n));
    expect(consumer.lag()[0]).toEqual({
      topic,
      partition: 0,
      position: 100n,
      committed: 100n,
      highWatermark: 100n,
      lag: 0n,
      paused: false,
    });
    expect(consumer.assignment()).toEqual([0, 1, 2].map((partition) => ({ topic, partition })));
    expect(consumer.state()).toMatchObject({ state: "stable", blocked: [], lastFetchAt: expect.any(Number) });
  });

  test.each(["gzip", "zstd"] as const)("reads what was compressed with %s", async (compression) => {
    await using stage = await openStage(kafka);
    const topic = await stage.topic(1);
    await stage.produce(topic, 0, { count: 1_000, compression });
    const seen: Seen[] = [];

    await stage.consume({ topics: [topic], handle: noting(seen) });
    await until("all are handled", () => seen.length === 1_000);

    expect(of(seen, 0)).toEqual(values(0, 1_000));
  });

  test("reads a record larger than what is asked for at once", async () => {
    await using stage = await openStage(kafka);
    const topic = await stage.topic(2);
    const producer = new Kafka({ brokers: [kafka], logLevel: logLevel.NOTHING }).producer();
    await producer.connect();
    for (const partition of [0, 1]) {
      await producer.send({ topic, messages: [{ partition, value: Buffer.alloc(900_000, "x") }] });
    }
    await producer.disconnect();
    const sizes: number[] = [];

    await stage.consume({
      topics: [topic],
      queueBytesMax: 10_000,
      handle: async ({ records, done }) => {
        for (const { value, offset } of records) {
          sizes.push(value?.length ?? 0);
          done(offset);
        }
      },
    });

    await until("both are handled", () => sizes.length === 2);
    expect(sizes).toEqual([900_000, 900_000]);
  });

  test("is not handed records of aborted transactions, and has no lag behind their markers", async () => {
    await using stage = await openStage(kafka);
    const topic = await stage.topic(1);
    await produceTransactions(topic);
    const seen: Seen[] = [];

    const consumer = await stage.consume({ topics: [topic], handle: noting(seen) });

    await until("nothing is left to handle", () => consumer.lag()[0]?.lag === 0n);
    expect(of(seen, 0)).toEqual(["committed"]);
    await until("the marker after the last record is committed too", () => consumer.lag()[0]?.committed === 5n);
  });

  test("waits for a topic that does not exist yet", async () => {
    await using stage = await openStage(kafka);
    const topic = `later-${unique()}`;
    const seen: Seen[] = [];
    const told = listener();
    const options = { topics: [topic], emit: told.emit, metadataIntervalMs: 100 };
    const consumer = await stage.consume({ ...options, handle: noting(seen) });
    await until("it says so", () => told.of("consumer.topics_missing").length > 0);
    expect(consumer.assignment()).toEqual([]);

    const spec = { topic, partitions: 1, replication: 1, config: {} };
    await stage.admin.applyTopics(await stage.admin.planTopics([spec]));
    await stage.produce(topic, 0, { count: 1 });

    await until("it reads the topic", () => seen.length === 1);
  });
});

describe.skipIf(cluster === undefined)("offsets", () => {
  test("a group goes on behind what was done, and handles again what was not", async () => {
    await using stage = await openStage(kafka);
    const topic = await stage.topic(1);
    await stage.produce(topic, 0, { count: 10 });
    const first = await stage.consume({ topics: [topic], handle: async ({ done }) => done(4n) });
    await until("five are done", () => first.lag()[0]?.position === 5n);

    await first.stop({ timeoutMs: 5_000 });
    const seen: Seen[] = [];
    await stage.consume({ topics: [topic], handle: noting(seen) });
    await until("the rest is handled", () => seen.length === 5);

    expect(of(seen, 0)).toEqual(values(5, 10));
  });

  test("a handler that returns without being done with anything commits nothing", async () => {
    await using stage = await openStage(kafka);
    const topic = await stage.topic(1);
    await stage.produce(topic, 0, { count: 3 });
    let calls = 0;
    const handle = async () => {
      calls++;
    };

    const consumer = await stage.consume({ topics: [topic], handle });
    await until("it was called", () => calls > 0);
    await consumer.stop({ timeoutMs: 5_000 });

    expect(await stage.admin.lag(stage.group, [topic])).toMatchObject([{ committed: undefined, lag: 3n }]);
  });

  test("being done with a record that was not handed out is refused", async () => {
    await using stage = await openStage(kafka);
    const topic = await stage.topic(1);
    await stage.produce(topic, 0, { count: 3 });

    const consumer = await stage.consume({ topics: [topic], handle: async ({ done }) => done(99n) });

    await expect(consumer.closed).rejects.toMatchObject({ kind: "HANDLER_FAILED" });
  });

  /**
   * Retention deletes what a group was too slow for. kafkajs writes one line and jumps to the end of the log, over
   * everything that is still there.
   */
  test("records that were deleted before they were read are a data gap, and reading goes on at the earliest", async () => {
    await using stage = await openStage(kafka);
    const topic = await stage.topic(1);
    await stage.produce(topic, 0, { count: 10 });
    const first = await stage.consume({ topics: [topic], handle: async ({ done }) => done(2n) });
    await until("three are committed", () => first.lag()[0]?.committed === 3n);
    await first.stop({ timeoutMs: 5_000 });
    await deleteBefore(topic, 7);
    const seen: Seen[] = [];
    const told = listener();

    const consumer = await stage.consume({ topics: [topic], handle: noting(seen), emit: told.emit });
    await until("what is left is handled", () => seen.length === 3);

    expect(of(seen, 0)).toEqual(values(7, 10));
    const gap = { topic, partition: 0, expected: 3n, earliest: 7n, latest: 10n, missing: 4n };
    expect(told.of("consumer.data_gap")).toMatchObject([gap]);
    await until("the end is committed", () => consumer.lag()[0]?.committed === 10n);
  });

  test("a new group that begins at a log whose beginning was deleted has no gap", async () => {
    await using stage = await openStage(kafka);
    const topic = await stage.topic(1);
    await stage.produce(topic, 0, { count: 10 });
    await deleteBefore(topic, 7);
    const seen: Seen[] = [];
    const told = listener();

    await stage.consume({ topics: [topic], handle: noting(seen), emit: told.emit });
    await until("what is left is handled", () => seen.length === 3);

    expect(told.of("consumer.data_gap")).toEqual([]);
  });

  test("a commit beyond the end of the log, as after the topic was made anew, begins again at the earliest", async () => {
    await using stage = await openStage(kafka);
    const topic = await stage.topic(1);
    await stage.produce(topic, 0, { count: 3 });
    await stage.commit(topic, 0, 50n);
    const seen: Seen[] = [];
    const told = listener();

    const consumer = await stage.consume({ topics: [topic], handle: noting(seen), emit: told.emit });
    await until("all are handled", () => seen.length === 3);

    expect(told.of("consumer.data_gap")).toMatchObject([{ expected: 50n, earliest: 0n, latest: 3n, missing: 0n }]);
    await until("the commit is back inside the log", () => consumer.lag()[0]?.committed === 3n);
  });
});

describe.skipIf(cluster === undefined)("handlers", () => {
  /** kafkajs waits for all partitions of a broker before it fetches again, so one slow handler stops all of them. */
  test("a partition whose handler hangs holds up no other", async () => {
    await using stage = await openStage(kafka);
    const topic = await stage.topic(2);
    // More than its queue holds.
    for (let round = 0; round < 5; round++) await stage.produce(topic, 0, { count: 100 });
    const seen: Seen[] = [];
    const handle = noting(seen, ({ partition }) => (partition === 0 ? never() : undefined));
    await stage.consume({ topics: [topic], handle, queueBytesMax: 1_000 });
    await until("the first partition hangs", () => of(seen, 0).length === 1);

    for (let round = 0; round < 5; round++) {
      await stage.produce(topic, 1, { count: 100, from: 100 * round });
      await until("the second is handled meanwhile", () => of(seen, 1).length === 100 * (round + 1));
    }

    expect(of(seen, 0)).toEqual(["0"]);
    expect(of(seen, 1)).toEqual(values(0, 500));
  });

  test("the lag of a partition that is not fetched for long still grows", async () => {
    await using stage = await openStage(kafka);
    const topic = await stage.topic(1);
    await stage.produce(topic, 0, { count: 1 });
    const consumer = await stage.consume({ topics: [topic], handle: never });
    await until("its handler hangs", () => consumer.lag()[0]?.lag === 1n);
    consumer.pause(topic, 0);
    await until("no fetch is on its way", () => Date.now() - (consumer.state().lastFetchAt ?? 0) > 1_500);
    await stage.produce(topic, 0, { count: 9 });

    await until("the new records are counted", () => consumer.lag()[0]?.lag === 10n, { timeoutMs: 20_000 });
  }, 30_000);

  /** kafkajs sends heartbeats between messages: a longer one is evicted, and handled again and again for ever. */
  test("one that takes longer than the session keeps its place in the group", async () => {
    await using stage = await openStage(kafka);
    const topic = await stage.topic(1);
    await stage.produce(topic, 0, { count: 2 });
    const seen: Seen[] = [];
    const told = listener();
    const handle = noting(seen, ({ value }) => (value === "0" ? Bun.sleep(SHORTEST_SESSION_MS + 2_000) : undefined));
    const options = { topics: [topic], sessionTimeoutMs: SHORTEST_SESSION_MS, heartbeatIntervalMs: 1_000 };

    const consumer = await stage.consume({ ...options, handle, emit: told.emit });
    await until("both are committed", () => consumer.lag()[0]?.committed === 2n, { timeoutMs: 20_000 });

    expect(of(seen, 0)).toEqual(["0", "1"]);
    expect(told.of("consumer.joined").length).toBe(1);
    expect(told.of("consumer.rejoining")).toEqual([]);
  }, 30_000);

  /** A heartbeat on a timer alone would keep a process that hangs in the group for ever, with its partitions. */
  test("one without progress fails the consumer as stuck, which leaves the group and says where", async () => {
    await using stage = await openStage(kafka);
    const topic = await stage.topic(1);
    await stage.produce(topic, 0, { count: 5 });
    const handle = noting([], ({ value }) => (value === "3" ? never() : undefined));

    const consumer = await stage.consume({ topics: [topic], handle, progressTimeoutMs: 300 });

    const where = new RegExp(`STUCK: .*${topic}-0 .*offset 3 for 0\\.\\d s`);
    await expect(consumer.closed).rejects.toThrow(where);
    expect(consumer.state()).toMatchObject({ state: "failed", why: expect.stringMatching(where) });
    expect(await stage.admin.describeGroup(stage.group)).toMatchObject({ state: "Empty" });
    expect(await stage.admin.lag(stage.group)).toMatchObject([{ committed: 3n }]);
  });

  test("progress, and being done, keep a slow one from counting as stuck", async () => {
    await using stage = await openStage(kafka);
    const topic = await stage.topic(1);
    await stage.produce(topic, 0, { count: 1 });
    let finished = false;

    const consumer = await stage.consume({
      topics: [topic],
      progressTimeoutMs: 400,
      handle: async ({ done, progress }) => {
        for (let step = 0; step < 10; step++) {
          await Bun.sleep(100);
          progress();
        }
        done(0n);
        finished = true;
      },
    });

    await until("it finished", () => finished);
    expect(consumer.state().state).toBe("stable");
  });

  test("one that rejects fails the consumer, which leaves the group; nothing is unhandled", async () => {
    await using stage = await openStage(kafka);
    const topic = await stage.topic(1);
    await stage.produce(topic, 0, { count: 1 });
    const told = listener();
    const handle = async () => {
      throw new Error("oh no");
    };

    const consumer = await stage.consume({ topics: [topic], handle, emit: told.emit });

    await expect(consumer.closed).rejects.toThrow(/HANDLER_FAILED: .*-0 rejected: Error: oh no/);
    expect(told.of("consumer.failed").length).toBe(1);
    expect(await stage.admin.describeGroup(stage.group)).toMatchObject({ state: "Empty" });
  });

  test("a paused partition is handed nothing, the others are; resuming goes on where it was", async () => {
    await using stage = await openStage(kafka);
    const topic = await stage.topic(2);
    const seen: Seen[] = [];
    const consumer = await stage.consume({ topics: [topic], handle: noting(seen) });
    consumer.pause(topic, 0);
    for (const partition of [0, 1]) await stage.produce(topic, partition, { count: 10 });
    await until("the other is handled", () => of(seen, 1).length === 10);
    expect(of(seen, 0)).toEqual([]);
    expect(consumer.lag()[0]).toMatchObject({ partition: 0, paused: true });

    consumer.resume(topic, 0);

    await until("the paused one is handled", () => of(seen, 0).length === 10);
    expect(of(seen, 0)).toEqual(values(0, 10));
  });
});

describe.skipIf(cluster === undefined)("a stop", () => {
  test("lets the current record finish, commits it, and leaves the group at once", async () => {
    await using stage = await openStage(kafka);
    const topic = await stage.topic(1);
    await stage.produce(topic, 0, { count: 10 });
    const seen: Seen[] = [];
    const finish = Promise.withResolvers<void>();
    const handle = noting(seen, ({ value }) => (value === "4" ? finish.promise : undefined));
    const consumer = await stage.consume({ topics: [topic], handle, commitIntervalMs: 60_000 });
    await until("the fifth is handled", () => seen.length === 5);

    const stopped = consumer.stop({ timeoutMs: 5_000 });
    expect(consumer.state().state).toBe("stopping");
    finish.resolve();
    await stopped;
    await consumer.closed;

    expect(of(seen, 0)).toEqual(values(0, 5));
    expect(consumer.state().state).toBe("stopped");
    expect(await stage.admin.lag(stage.group)).toMatchObject([{ committed: 5n }]);
    expect(await stage.admin.describeGroup(stage.group)).toMatchObject({ state: "Empty", members: [] });
  });

  test("keeps its deadline when a handler does not, names the partition, and still commits and leaves", async () => {
    await using stage = await openStage(kafka);
    const topic = await stage.topic(2);
    await stage.produce(topic, 1, { count: 10 });
    const handle = noting([], ({ value }) => (value === "4" ? never() : undefined));
    const consumer = await stage.consume({ topics: [topic], handle, commitIntervalMs: 60_000 });
    await until("four are done", () => consumer.lag()[1]?.position === 4n);

    const startedAt = performance.now();
    await expect(consumer.stop({ timeoutMs: 2_500 })).rejects.toThrow(`STOP_TIMEOUT: handlers still at work`);
    expect(performance.now() - startedAt).toBeLessThan(3_000);

    expect(await stage.admin.lag(stage.group)).toMatchObject([{ partition: 1, committed: 4n }]);
    expect(await stage.admin.describeGroup(stage.group)).toMatchObject({ state: "Empty", members: [] });
  });

  test("stopping twice is one stop", async () => {
    await using stage = await openStage(kafka);
    const consumer = await stage.consume({ topics: [await stage.topic(1)], handle: async () => {} });

    await Promise.all([consumer.stop({ timeoutMs: 5_000 }), consumer.stop({ timeoutMs: 5_000 })]);

    expect(consumer.state().state).toBe("stopped");
  });

  /** The join waits in the broker for a member that will not come; whoever stops then must not wait with it. */
  test("while the group rebalances does not wait for the other members", async () => {
    await using stage = await openStage(kafka);
    const topic = await stage.topic(2);
    await stage.produce(topic, 0, { count: 1 });
    await stage.produce(topic, 1, { count: 1 });
    const options = { topics: [topic], rebalanceTimeoutMs: 30_000, heartbeatIntervalMs: 200 };
    const hanging = await stage.consume({ ...options, handle: never });
    await until("both of its handlers hang", () => hanging.lag().filter(({ lag }) => lag === 1n).length === 2);
    const joining = await stage.consume({ ...options, handle: never });
    await until("the group rebalances", async () => {
      const { state } = await stage.admin.describeGroup(stage.group);
      return state === "PreparingRebalance";
    });

    await joining.stop({ timeoutMs: 5_000 });

    expect((await stage.admin.describeGroup(stage.group)).members.length).toBe(1);
  });
});

async function deleteBefore(topic: string, offset: number): Promise<void> {
  const admin = new Kafka({ brokers: [kafka], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.fetchTopicOffsets(topic); // Else kafkajs knows no leader of the topic.
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] });
  await admin.disconnect();
}

/** Offsets 0 and 1 are aborted, 2 is the marker, 3 is committed, 4 is its marker. */
async function produceTransactions(topic: string): Promise<void> {
  const client = new Kafka({ brokers: [kafka], logLevel: logLevel.NOTHING });
  const producer = client.producer({ transactionalId: topic, idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const aborted = await producer.transaction();
  await aborted.send({ topic, messages: [{ value: "aborted" }, { value: "aborted too" }] });
  await aborted.abort();
  const committed = await producer.transaction();
  await committed.send({ topic, messages: [{ value: "committed" }] });
  await committed.commit();
  await producer.disconnect();
}
