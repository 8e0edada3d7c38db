import { describe, expect, test } from "bun:test";
import {
  KAFKA_ERRORS,
  type KafkaErrorKind,
  type OutgoingRecord,
  openProducer,
  type Producer,
  type ProducerOptions,
  type RequestTrace,
} from "../../../src/kafka/index.ts";
import { checkReceipts, outOfOrder } from "../../support/kafka/receipts.ts";
import { type Fault, type IncomingBatch, StandIn } from "../../support/kafka/stand-in.ts";
import { until } from "../../support/until.ts";

const TOPIC = "orders";

const record = (value: string, more: Partial<OutgoingRecord> = {}): OutgoingRecord => ({
  topic: TOPIC,
  partition: 0,
  key: null,
  value: Buffer.from(value),
  timestamp: 1_700_000_000_000,
  ...more,
});

const records = (count: number, more: Partial<OutgoingRecord> = {}) =>
  Array.from({ length: count }, (_, index) => record(`event ${index}`, more));

const open = (cluster: StandIn, options: ProducerOptions = {}): Promise<Producer> =>
  openProducer({ bootstrapServers: cluster.bootstrapServers, ssl: false, clientId: "test" }, options);

const codeOf = (kind: KafkaErrorKind): number => {
  const spec: { code?: number } = KAFKA_ERRORS[kind];
  return spec.code ?? Number.NaN;
};

describe("what the broker answers for a batch", () => {
  const once = (fault: Fault) => (batch: IncomingBatch) => (batch.index === 0 ? fault : undefined);

  test.each([
    ["NOT_LEADER_OR_FOLLOWER", false],
    ["LEADER_NOT_AVAILABLE", false],
    ["NOT_ENOUGH_REPLICAS", false],
    ["NOT_ENOUGH_REPLICAS_AFTER_APPEND", true],
    ["REQUEST_TIMED_OUT", true],
    ["REQUEST_TIMED_OUT", false],
    ["KAFKA_STORAGE_ERROR", false],
    ["CORRUPT_MESSAGE", false],
    ["UNKNOWN_SERVER_ERROR", true],
    ["NETWORK_EXCEPTION", true],
    ["OUT_OF_ORDER_SEQUENCE_NUMBER", false],
    ["UNKNOWN_PRODUCER_ID", false],
    ["INVALID_PRODUCER_EPOCH", false],
  ] as const)("%s (stored: %p) is cured by another attempt, and nothing is stored twice", async (kind, stored) => {
    await using cluster = await StandIn.start({ topics: { [TOPIC]: [1] } });
    cluster.onBatch = once({ stored, answer: codeOf(kind) });
    await using producer = await open(cluster);
    const sent = records(3);
    const deliveries = await producer.sendAll(sent);
    const check = checkReceipts(sent, deliveries, await cluster.records(TOPIC));
    expect(check).toMatchObject({ stored: 3, wrong: [], duplicated: [] });
  });

  test.each(["leave out", "no offset", "close"] as const)(
    "an answer that does not tell (%s) is no success: the same bytes are sent again",
    async (answer) => {
      await using cluster = await StandIn.start({ topics: { [TOPIC]: [1] } });
      const bytes: string[] = [];
      cluster.onBatch = (batch) => {
        bytes.push(batch.bytes.toString("hex"));
        return once({ stored: true, answer })(batch);
      };
      await using producer = await open(cluster);
      const sent = records(3);
      const check = checkReceipts(sent, await producer.sendAll(sent), await cluster.records(TOPIC));
      expect(check).toMatchObject({ stored: 3, wrong: [], duplicated: [] });
      expect(bytes).toEqual([bytes[0] ?? "", bytes[0] ?? ""]);
    },
  );

  test.each(["TOPIC_AUTHORIZATION_FAILED", "INVALID_TOPIC_EXCEPTION", "POLICY_VIOLATION"] as const)(
    "%s fails the records at once, and what follows takes their sequence numbers",
    async (kind) => {
      await using cluster = await StandIn.start({ topics: { [TOPIC]: [1] } });
      const sequences: number[] = [];
      cluster.onBatch = (batch) => {
        sequences.push(batch.baseSequence);
        return once({ stored: false, answer: codeOf(kind) })(batch);
      };
      await using producer = await open(cluster);
      const [delivery] = await producer.sendAll(records(1));
      expect(delivery).toMatchObject({ status: "failed", retryable: false, error: { kind } });
      expect(await producer.send(record("next"))).toMatchObject({ status: "stored", offset: 0n });
      expect(sequences).toEqual([0, 0]);
    },
  );

  test("DUPLICATE_SEQUENCE_NUMBER, stored but nobody knows where, is answered `unknown`", async () => {
    await using cluster = await StandIn.start({ topics: { [TOPIC]: [1] } });
    cluster.onBatch = once({ stored: true, answer: codeOf("DUPLICATE_SEQUENCE_NUMBER") });
    await using producer = await open(cluster);
    expect(await producer.send(record("a"))).toMatchObject({ status: "unknown" });
    expect(await producer.send(record("b"))).toMatchObject({ status: "stored", offset: 1n });
  });

  test("a refusal after an attempt of unknown outcome is `unknown`, not `failed`", async () => {
    await using cluster = await StandIn.start({ topics: { [TOPIC]: [1] } });
    cluster.onBatch = ({ index }): Fault | undefined => {
      if (index === 0) return { stored: true, answer: "close" };
      return index === 1 ? { stored: false, answer: codeOf("TOPIC_AUTHORIZATION_FAILED") } : undefined;
    };
    await using producer = await open(cluster);
    expect(await producer.send(record("a"))).toMatchObject({ status: "unknown" });
    expect(await producer.send(record("b"))).toMatchObject({ status: "stored", offset: 1n });
  });

  test.each(["MESSAGE_TOO_LARGE", "INVALID_RECORD"] as const)(
    "%s takes down the record to blame alone, and the others keep their order",
    async (kind) => {
      await using cluster = await StandIn.start({ topics: { [TOPIC]: [1] } });
      cluster.onBatch = ({ bytes }): Fault | undefined =>
        bytes.includes("poison") ? { stored: false, answer: codeOf(kind) } : undefined;
      await using producer = await open(cluster);
      const sent = records(50);
      sent[17] = record("poison");
      const deliveries = await producer.sendAll(sent);
      const found = await cluster.records(TOPIC);
      expect(deliveries[17]).toMatchObject({ status: "failed", retryable: false, error: { kind } });
      expect(checkReceipts(sent, deliveries, found)).toMatchObject({
        stored: 49,
        failed: 1,
        wrong: [],
        duplicated: [],
      });
      expect(outOfOrder(sent, found)).toEqual([]);
    },
  );

  test("a broker that loses what it acknowledged does not make the producer lose the next", async () => {
    await using cluster = await StandIn.start({ topics: { [TOPIC]: [1] } });
    await using producer = await open(cluster);
    await producer.sendAll(records(5));
    cluster.createTopic(TOPIC, [1]);
    expect(await producer.send(record("after the loss"))).toMatchObject({ status: "stored", offset: 0n });
  });
});

describe("the deadline", () => {
  const DEADLINE_MS = 300;
  /** The timer's grain, and a busy machine. */
  const SLACK_MS = 250;

  test.each(["pause", "stop"] as const)(
    "every send is answered by then while the brokers are silent (%s)",
    async (how) => {
      await using cluster = await StandIn.start({ brokers: 2, topics: { [TOPIC]: [1, 2] } });
      await using producer = await open(cluster, {
        deliveryTimeoutMs: DEADLINE_MS,
        requestTimeoutMs: 100,
        connectTimeoutMs: 100,
      });
      await producer.sendAll([record("a"), record("b", { partition: 1 })]);
      for (const nodeId of [1, 2]) {
        if (how === "pause") cluster.pause(nodeId);
        else await cluster.stop(nodeId);
      }
      // What is written into a socket whose end we have not heard of may have arrived.
      if (how === "stop") await until("the producer notices", () => !producer.available());
      const begun = performance.now();
      const deliveries = await producer.sendAll([...records(20), ...records(20, { partition: 1 })]);
      expect(performance.now() - begun).toBeLessThan(DEADLINE_MS + SLACK_MS);
      expect(new Set(deliveries.map(({ status }) => status))).toEqual(
        new Set([how === "pause" ? "unknown" : "failed"]),
      );
      await until("the producer says so", () => !producer.available());
      for (const nodeId of [1, 2]) {
        if (how === "pause") cluster.resume(nodeId);
        else await cluster.restart(nodeId);
      }
      await until("the producer finds its way back", async () => {
        const delivery = await producer.send(record(`again ${performance.now()}`));
        return delivery.status === "stored" && producer.available();
      });
    },
  );

  test("records that could not be sent are certainly not stored later", async () => {
    await using cluster = await StandIn.start({ topics: { [TOPIC]: [1] } });
    cluster.moveLeader(TOPIC, 0, -1);
    await using producer = await open(cluster, { deliveryTimeoutMs: 100 });
    const deliveries = await producer.sendAll(records(10));
    expect(deliveries).toMatchObject(Array(10).fill({ status: "failed", retryable: true }));
    cluster.moveLeader(TOPIC, 0, 1);
    const next = await until("a record is stored again", async () => {
      const delivery = await producer.send(record("next"));
      return delivery.status === "stored" ? delivery : undefined;
    });
    expect(next).toMatchObject({ offset: 0n });
  });

  test("what is late does not take along what came after it in the same batch", async () => {
    await using cluster = await StandIn.start({ topics: { [TOPIC]: [1] } });
    cluster.onBatch = (): Fault => ({ stored: true, answer: codeOf("NOT_ENOUGH_REPLICAS_AFTER_APPEND") });
    await using producer = await open(cluster, { deliveryTimeoutMs: 300, lingerMs: 150 });
    const early = producer.send(record("early"));
    await Bun.sleep(120);
    const late = producer.send(record("late"));
    expect(await early).toMatchObject({ status: "unknown" });
    cluster.onBatch = () => undefined;
    expect(await late).toMatchObject({ status: "stored", offset: 1n });
    expect((await cluster.records(TOPIC)).map(({ value }) => value)).toEqual(["early", "late"]);
  });

  test("an old batch that arrives after its deadline is fenced off by the one that followed", async () => {
    await using cluster = await StandIn.start({ topics: { [TOPIC]: [1] } });
    let held: Buffer | undefined;
    cluster.onBatch = ({ producerEpoch, bytes }): Fault | undefined => {
      if (producerEpoch > 0) return undefined;
      held = Buffer.from(bytes);
      return { stored: false, answer: "close" };
    };
    await using producer = await open(cluster, { deliveryTimeoutMs: 200 });
    expect(await producer.send(record("old"))).toMatchObject({ status: "unknown" });
    expect(await producer.send(record("new"))).toMatchObject({ status: "stored" });
    expect(cluster.log(TOPIC, 0).append(held ?? Buffer.alloc(0))).toEqual({ error: codeOf("INVALID_PRODUCER_EPOCH") });
  });
});

describe("limits", () => {
  test("a full queue refuses at once, and takes records again when it has room", async () => {
    await using cluster = await StandIn.start({ topics: { [TOPIC]: [1] } });
    await using producer = await open(cluster, { queueBytesMax: 1_000 });
    const deliveries = await producer.sendAll(records(20));
    const refused = deliveries.filter(({ status }) => status === "failed");
    expect(refused.length).toBeGreaterThan(0);
    expect(refused).toMatchObject(Array(refused.length).fill({ retryable: true, error: { kind: "QUEUE_FULL" } }));
    expect(await producer.send(record("later"))).toMatchObject({ status: "stored" });
    expect(producer.stats()).toEqual({ queuedRecords: 0, queuedBytes: 0, inFlightRequests: 0 });
  });

  test.each([
    ["an unsafe timestamp", { timestamp: Number.NaN }, "INVALID_TIMESTAMP"],
    ["a partition that is not there", { partition: 7 }, "UNKNOWN_TOPIC_OR_PARTITION"],
    ["a record larger than a request", { value: Buffer.alloc(3_000) }, "MESSAGE_TOO_LARGE"],
  ] as const)("%s is refused alone", async (_, more, kind) => {
    await using cluster = await StandIn.start({ topics: { [TOPIC]: [1] } });
    await using producer = await open(cluster, { requestBytesMax: 2_000 });
    const deliveries = await producer.sendAll([record("a"), record("b", more), record("c")]);
    expect(deliveries).toMatchObject([
      { status: "stored" },
      { status: "failed", error: { kind } },
      { status: "stored" },
    ]);
  });

  test("batches and requests stay within their bytes and records", async () => {
    await using cluster = await StandIn.start({ topics: { [TOPIC]: [1, 1, 1] } });
    const batches: IncomingBatch[] = [];
    cluster.onBatch = (batch) => {
      batches.push(batch);
      return undefined;
    };
    const traces: RequestTrace[] = [];
    const limits = { batchBytesMax: 2_000, batchRecordsMax: 40, requestBytesMax: 5_000 };
    await using producer = await open(cluster, { ...limits, onRequest: (trace) => traces.push(trace) });
    const sent = [0, 1, 2].flatMap((partition) => records(200, { partition }));
    const deliveries = await producer.sendAll(sent);
    expect(deliveries.every(({ status }) => status === "stored")).toBe(true);
    expect(Math.max(...batches.map(({ bytes }) => bytes.length))).toBeLessThanOrEqual(limits.batchBytesMax);
    expect(Math.max(...batches.map(({ count }) => count))).toBeLessThanOrEqual(limits.batchRecordsMax);
    expect(Math.max(...traces.map(({ bytes }) => bytes))).toBeLessThanOrEqual(
      limits.requestBytesMax + limits.batchBytesMax,
    );
    expect(traces.reduce((sum, trace) => sum + trace.records, 0)).toBe(600);
  });
});

describe("groups", () => {
  test("what is sent while a request is in flight goes with the next, all partitions together", async () => {
    await using cluster = await StandIn.start({ topics: { [TOPIC]: [1, 1, 1] } });
    const traces: RequestTrace[] = [];
    await using producer = await open(cluster, { onRequest: (trace) => traces.push(trace) });
    await producer.send(record("warm"));
    cluster.pause(1);
    const first = producer.send(record("first"));
    await until("the first request is in flight", () => producer.stats().inFlightRequests === 1);
    const rest = Array.from({ length: 300 }, (_, index) => producer.send(record(`${index}`, { partition: index % 3 })));
    cluster.resume(1);
    await Promise.all([first, ...rest]);
    expect(traces.slice(1).map(({ records: count, partitions }) => [count, partitions])).toEqual([
      [1, 1],
      [300, 3],
    ]);
  });

  test("two brokers are written to at once", async () => {
    await using cluster = await StandIn.start({ brokers: 2, topics: { [TOPIC]: [1, 2] } });
    await using producer = await open(cluster);
    await producer.sendAll([record("a"), record("b", { partition: 1 })]);
    cluster.pause(1);
    const slow = producer.send(record("slow"));
    expect(await producer.send(record("fast", { partition: 1 }))).toMatchObject({ status: "stored" });
    cluster.resume(1);
    expect(await slow).toMatchObject({ status: "stored" });
  });

  test("records without a key are spread, a batch to each partition", async () => {
    await using cluster = await StandIn.start({ topics: { [TOPIC]: [1, 1, 1, 1] } });
    await using producer = await open(cluster, { batchBytesMax: 1_000 });
    const sent = Array.from({ length: 400 }, (_, index): OutgoingRecord => {
      const { partition: _partition, ...rest } = record(`${index}`);
      return rest;
    });
    const deliveries = await producer.sendAll(sent);
    const partitions = new Set(deliveries.map((delivery) => (delivery.status === "stored" ? delivery.partition : -1)));
    expect(partitions).toEqual(new Set([0, 1, 2, 3]));
  });

  test("records of one key are in one partition, in the order in which they were sent", async () => {
    await using cluster = await StandIn.start({ brokers: 2, topics: { [TOPIC]: [1, 2, 1, 2] } });
    await using producer = await open(cluster);
    const sent = Array.from({ length: 200 }, (_, index): OutgoingRecord => {
      const { partition: _partition, ...rest } = record(`${index}`, { key: `key ${index % 7}` });
      return rest;
    });
    await Promise.all(sent.map((each) => producer.send(each)));
    const found = await cluster.records(TOPIC);
    const partitionsOfKey = Map.groupBy(found, ({ key }) => key);
    for (const ofKey of partitionsOfKey.values()) expect(new Set(ofKey.map(({ partition }) => partition)).size).toBe(1);
    expect(outOfOrder(sent, found)).toEqual([]);
  });
});

describe("topics", () => {
  test("an unknown topic fails soon, and works as soon as it is there", async () => {
    await using cluster = await StandIn.start({ topics: { other: [1] } });
    await using producer = await open(cluster);
    const begun = performance.now();
    expect(await producer.send(record("a"))).toMatchObject({
      status: "failed",
      error: { kind: "UNKNOWN_TOPIC_OR_PARTITION" },
    });
    expect(performance.now() - begun).toBeLessThan(2_000);
    cluster.createTopic(TOPIC, [1]);
    expect(await producer.send(record("b"))).toMatchObject({ status: "stored", offset: 0n });
  });

  test("a topic that is deleted and made anew is written to again", async () => {
    await using cluster = await StandIn.start({ topics: { [TOPIC]: [1] } });
    await using producer = await open(cluster);
    await producer.send(record("a"));
    cluster.deleteTopic(TOPIC);
    expect(await producer.send(record("b"))).toMatchObject({ status: "failed" });
    cluster.createTopic(TOPIC, [1]);
    expect(await producer.send(record("c"))).toMatchObject({ status: "stored", offset: 0n });
  });
});

describe("the end", () => {
  test("flush waits for what was sent before, and tells how many are not answered", async () => {
    await using cluster = await StandIn.start({ topics: { [TOPIC]: [1] } });
    await using producer = await open(cluster);
    void producer.sendAll(records(10));
    expect(await producer.flush({ timeoutMs: 5_000 })).toEqual({ undelivered: 0 });
    cluster.pause(1);
    const held = producer.sendAll(records(3));
    expect(await producer.flush({ timeoutMs: 50 })).toEqual({ undelivered: 3 });
    cluster.resume(1);
    await held;
  });

  test("close flushes, counts what is not stored, answers everything, and takes no more", async () => {
    await using cluster = await StandIn.start({ topics: { [TOPIC]: [1] } });
    const producer = await open(cluster);
    await producer.send(record("a"));
    cluster.pause(1);
    const held = producer.sendAll(records(4));
    await until("the request is in flight", () => producer.stats().inFlightRequests === 1);
    const waiting = producer.sendAll(records(2));
    expect(await producer.close({ timeoutMs: 50 })).toEqual({ undelivered: 6 });
    expect((await held).map(({ status }) => status)).toEqual(["unknown", "unknown", "unknown", "unknown"]);
    expect((await waiting).map(({ status }) => status)).toEqual(["failed", "failed"]);
    expect(await producer.send(record("b"))).toMatchObject({ status: "failed", error: { kind: "CLOSED" } });
    expect(await producer.close({ timeoutMs: 50 })).toEqual({ undelivered: 6 });
    await until("the connections are closed", () => cluster.broker(1).connections === 0);
  });

  test("opening fails with what each broker said when Kafka is not there", async () => {
    const cluster = await StandIn.start({ topics: {} });
    const servers = cluster.bootstrapServers;
    await cluster[Symbol.asyncDispose]();
    const opening = openProducer({ bootstrapServers: servers, ssl: false, clientId: "test" });
    await expect(opening).rejects.toMatchObject({
      kind: "UNAVAILABLE",
      message: expect.stringContaining(servers[0] ?? "?"),
    });
  });
});
