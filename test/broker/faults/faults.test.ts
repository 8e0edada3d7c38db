import { describe, expect, test } from "bun:test";
import { Kafka, logLevel } from "kafkajs";
import { type Broker, openBroker } from "../../../src/broker/index.ts";
import { ERROR_CODES, MESSAGES, NIL_UUID } from "../../../src/broker/protocol/index.ts";
import { batchOf, recordsOf } from "../../support/broker/batch.ts";
import { connectWire, type WireClient } from "../../support/broker/client.ts";
import { append, fetchFrom } from "../../support/broker/requests.ts";
import { until } from "../../support/until.ts";

const { NOT_LEADER_OR_FOLLOWER, NONE } = ERROR_CODES;
const TOPIC = "orders";

interface Bench extends AsyncDisposable {
  readonly broker: Broker;
  readonly client: WireClient;
}

async function bench(partitions = 3): Promise<Bench> {
  const topics = [TOPIC, "others"].map((name) => ({ name, partitions }));
  const broker = await openBroker({ topics });
  const client = await connectWire(broker.address, "tester");
  return {
    broker,
    client,
    async [Symbol.asyncDispose]() {
      client.close();
      await broker.close();
    },
  };
}

const batch = (value: string) => batchOf({ records: [{ value }] });

/** Appends to all partitions of both topics in one request, and gives the error of each. */
async function appendToAll(client: WireClient, version = 9, idOf = (_name: string) => NIL_UUID) {
  const { responses } = await client.call(MESSAGES.produce, version, {
    acks: -1,
    timeoutMs: 1_000,
    topicData: [TOPIC, "others"].map((name) => ({
      name,
      topicId: idOf(name),
      partitionData: [0, 1, 2].map((index) => ({ index, records: batch(`${name}-${index}`) })),
    })),
  });
  return Object.fromEntries(
    responses.flatMap(({ name, topicId, partitionResponses }) =>
      partitionResponses.map(({ index, errorCode, baseOffset }) => [
        `${name || topicId}-${index}`,
        [errorCode, baseOffset],
      ]),
    ),
  );
}

function valuesIn(broker: Broker): string[] {
  return [TOPIC, "others"].flatMap((name) =>
    (broker.topics.get(name)?.partitions ?? []).flatMap(({ log }) => {
      const { records } = log.read(0n, { maxBytes: 1 << 20, atLeastOne: true, isolation: "read_uncommitted" });
      return recordsOf(records).map(({ value }) => String(value));
    }),
  );
}

describe("an error in place of an answer", () => {
  test("refuses one partition, and the rest of the request goes on", async () => {
    await using at = await bench();
    at.broker.faults.add({ api: "produce", topic: TOPIC, partition: 1, answer: "NOT_LEADER_OR_FOLLOWER" });
    const stored = [NONE, 0n];
    expect(await appendToAll(at.client)).toEqual({
      "orders-0": stored,
      "orders-1": [NOT_LEADER_OR_FOLLOWER, -1n],
      "orders-2": stored,
      "others-0": stored,
      "others-1": stored,
      "others-2": stored,
    });
    expect(valuesIn(at.broker)).not.toContain("orders-1");
    expect((await appendToAll(at.client))["orders-1"]).toEqual(stored);
  });

  test("finds a topic that the request names by its id", async () => {
    await using at = await bench();
    const idOf = (name: string) => at.broker.topics.get(name)?.id ?? NIL_UUID;
    at.broker.faults.add({ topic: TOPIC, partition: 2, answer: "NOT_LEADER_OR_FOLLOWER" });
    const answers = await appendToAll(at.client, 13, idOf);
    expect(answers[`${idOf(TOPIC)}-2`]).toEqual([NOT_LEADER_OR_FOLLOWER, -1n]);
    expect(answers[`${idOf(TOPIC)}-1`]).toEqual([NONE, 0n]);
  });

  test("refuses a topic as a whole", async () => {
    await using at = await bench();
    at.broker.faults.add({ api: "produce", topic: TOPIC, answer: "KAFKA_STORAGE_ERROR" });
    const answers = await appendToAll(at.client);
    const codes = Object.entries(answers).map(([place, [code]]) => [place.split("-")[0], code]);
    expect(new Set(codes.map(String))).toEqual(new Set([`orders,${ERROR_CODES.KAFKA_STORAGE_ERROR}`, "others,0"]));
  });

  test("comes so many times, and then no more", async () => {
    await using at = await bench();
    const rule = at.broker.faults.add({ api: "produce", answer: "NOT_ENOUGH_REPLICAS", times: 2 });
    const codes = [];
    for (let tries = 0; tries < 3; tries++) codes.push((await append(at.client, TOPIC, batch("a"))).errorCode);
    expect(codes).toEqual([ERROR_CODES.NOT_ENOUGH_REPLICAS, ERROR_CODES.NOT_ENOUGH_REPLICAS, NONE]);
    expect(rule).toMatchObject({ hits: 2, left: 0 });
  });

  test("can be given though the request was done", async () => {
    await using at = await bench();
    at.broker.faults.add({ topic: TOPIC, partition: 0, answer: "REQUEST_TIMED_OUT", handled: true });
    expect((await append(at.client, TOPIC, batch("kept"))).errorCode).toBe(ERROR_CODES.REQUEST_TIMED_OUT);
    expect(valuesIn(at.broker)).toEqual(["kept"]);
  });

  test("is told to a waiting reader at once", async () => {
    await using at = await bench();
    at.broker.faults.add({ api: "fetch", topic: TOPIC, partition: 1, answer: "NOT_LEADER_OR_FOLLOWER" });
    const { responses, errorCode } = await at.client.call(MESSAGES.fetch, 12, {
      maxWaitMs: 60_000,
      minBytes: 1,
      topics: [
        { topic: TOPIC, partitions: [0, 1].map((partition) => ({ partition, fetchOffset: 0n, partitionMaxBytes: 1 })) },
      ],
    });
    const codes = responses.flatMap(({ partitions }) => partitions.map((one) => [one.partitionIndex, one.errorCode]));
    expect([errorCode, codes]).toEqual([
      NONE,
      [
        [0, NONE],
        [1, NOT_LEADER_OR_FOLLOWER],
      ],
    ]);
  });

  test("refuses one partition alone without refusing the request", async () => {
    await using at = await bench();
    at.broker.faults.add({ api: "fetch", topic: TOPIC, partition: 0, answer: "NOT_LEADER_OR_FOLLOWER" });
    const refused = await at.client.call(MESSAGES.fetch, 12, {
      maxWaitMs: 60_000,
      minBytes: 1,
      topics: [{ topic: TOPIC, partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1 }] }],
    });
    expect(refused.errorCode).toBe(NONE);
    expect(refused.responses[0]?.partitions[0]).toMatchObject({
      errorCode: NOT_LEADER_OR_FOLLOWER,
      highWatermark: -1n,
      records: null,
    });
    expect((await fetchFrom(at.client, TOPIC, 0n, { maxWaitMs: 1 })).errorCode).toBe(NONE);
  });

  test("takes a partition's leader away in the metadata", async () => {
    await using at = await bench();
    at.broker.faults.add({ api: "metadata", topic: TOPIC, partition: 1, answer: "LEADER_NOT_AVAILABLE" });
    const { topics } = await at.client.call(MESSAGES.metadata, 12, { topics: null, allowAutoTopicCreation: false });
    const partitions = topics.find(({ name }) => name === TOPIC)?.partitions ?? [];
    expect(partitions.map(({ leaderId, errorCode }) => [leaderId, errorCode])).toEqual([
      [1, 0],
      [-1, ERROR_CODES.LEADER_NOT_AVAILABLE],
      [1, 0],
    ]);
  });

  test("refuses a group, and no other", async () => {
    await using at = await bench();
    at.broker.faults.add({ group: "g1", answer: "COORDINATOR_LOAD_IN_PROGRESS", times: "always" });
    const ask = async (groupId: string) => {
      const asked = { groupId, topics: [{ name: TOPIC, partitionIndexes: [0] }] };
      return (await at.client.call(MESSAGES.offsetFetch, 8, { groups: [asked] })).groups[0]?.errorCode;
    };
    expect(await ask("g1")).toBe(ERROR_CODES.COORDINATOR_LOAD_IN_PROGRESS);
    expect(await ask("g2")).toBe(NONE);
    const { coordinators } = await at.client.call(MESSAGES.findCoordinator, 4, {
      keyType: 0,
      coordinatorKeys: ["g1"],
    });
    expect(coordinators[0]?.errorCode).toBe(ERROR_CODES.COORDINATOR_LOAD_IN_PROGRESS);
  });

  test("finds its partition inside a transaction's request", async () => {
    await using at = await bench();
    at.broker.faults.add({ topic: TOPIC, partition: 1, answer: "CONCURRENT_TRANSACTIONS" });
    const { resultsByTopicV3AndBelow: results } = await at.client.call(MESSAGES.addPartitionsToTxn, 3, {
      v3AndBelowTransactionalId: "t",
      v3AndBelowProducerId: 7n,
      v3AndBelowProducerEpoch: 0,
      v3AndBelowTopics: [{ name: TOPIC, partitions: [1] }],
    });
    expect(results).toEqual([
      {
        name: TOPIC,
        resultsByPartition: [{ partitionIndex: 1, partitionErrorCode: ERROR_CODES.CONCURRENT_TRANSACTIONS }],
      },
    ]);
  });
});

describe("what else goes wrong", () => {
  test("a producer that wants no answers loses its connection instead", async () => {
    await using at = await bench();
    at.broker.faults.add({ api: "produce", answer: "NOT_LEADER_OR_FOLLOWER" });
    at.client.tell(MESSAGES.produce, 9, {
      acks: 0,
      timeoutMs: 1_000,
      topicData: [{ name: TOPIC, partitionData: [{ index: 0, records: batch("a") }] }],
    });
    await at.client.closed;
    expect(valuesIn(at.broker)).toEqual([]);
  });

  test("what was asked is done, and only the answer is lost", async () => {
    await using at = await bench();
    const rule = at.broker.faults.add({ api: "produce", drop: "answer" });
    await expect(append(at.client, TOPIC, batch("kept"))).rejects.toThrow("the connection was closed");
    await at.broker.faults.hit(rule);
    expect(valuesIn(at.broker)).toEqual(["kept"]);
  });

  test("a request is lost before anything is done", async () => {
    await using at = await bench();
    at.broker.faults.add({ api: "produce", drop: "request" });
    await expect(append(at.client, TOPIC, batch("lost"))).rejects.toThrow("the connection was closed");
    expect(valuesIn(at.broker)).toEqual([]);
  });

  test("a partition is left out of an answer, and nothing is done for it", async () => {
    await using at = await bench();
    at.broker.faults.add({ api: "produce", topic: TOPIC, partition: 1, omit: true });
    expect(Object.keys(await appendToAll(at.client))).not.toContain("orders-1");
    expect(valuesIn(at.broker)).toEqual(["orders-0", "orders-2", "others-0", "others-1", "others-2"]);
  });

  test("a request or an answer takes its time", async () => {
    await using at = await bench();
    const late = at.broker.faults.add({ api: "produce", delay: "request", ms: 60_000 });
    const unanswered = append(at.client, TOPIC, batch("never")).catch(String);
    await at.broker.faults.hit(late);
    expect(valuesIn(at.broker)).toEqual([]);
    at.client.close();
    expect(await unanswered).toContain("the connection was closed");
    await until("nobody is connected", () => at.broker.connections === 0);
    await at.broker.faults.hit(late);
    expect(valuesIn(at.broker)).toEqual([]);

    const other = await connectWire(at.broker.address);
    const slow = at.broker.faults.add({ api: "produce", delay: "answer", ms: 30 });
    const began = performance.now();
    const answered = append(other, TOPIC, batch("kept"));
    await at.broker.faults.hit(slow);
    expect(valuesIn(at.broker)).toContain("kept");
    expect((await answered).errorCode).toBe(NONE);
    expect(performance.now() - began).toBeGreaterThanOrEqual(29);
    other.close();
  });

  test("all connections are cut", async () => {
    await using at = await bench();
    await append(at.client, TOPIC, batch("a"));
    at.broker.faults.disconnect();
    await at.client.closed;
    await until("nobody is connected", () => at.broker.connections === 0);
  });

  test("a partition moves, and the node that led it says so", async () => {
    await using broker = await openBroker({ nodes: 2, topics: [{ name: TOPIC }] });
    broker.faults.moveLeader(TOPIC, 0, 2);
    const [first = "", second = ""] = broker.address.split(",");
    await using one = await connectWire(first);
    await using two = await connectWire(second);
    expect((await append(one, TOPIC, batch("a"))).errorCode).toBe(NOT_LEADER_OR_FOLLOWER);
    expect((await append(two, TOPIC, batch("a"))).errorCode).toBe(NONE);
    expect(() => broker.faults.moveLeader(TOPIC, 0, 9)).toThrow(RangeError);
    expect(() => broker.faults.moveLeader(TOPIC, 5, 1)).toThrow("there is no partition 5 of a topic orders");
  });

  test("all members of a group join again", async () => {
    await using at = await bench();
    const kafka = new Kafka({ brokers: [at.broker.address], logLevel: logLevel.NOTHING });
    const consumer = kafka.consumer({ groupId: "emails", heartbeatInterval: 20, maxWaitTimeInMs: 20 });
    const joins: number[] = [];
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => void joins.push(payload.duration));
    await consumer.subscribe({ topic: TOPIC });
    await consumer.run({ eachMessage: async () => {} });
    await until("it has joined", () => joins.length === 1);
    at.broker.faults.rebalance("emails");
    await until("it has joined again", () => joins.length === 2);
    await consumer.disconnect();
  });

  test("a group that is not there cannot be rebalanced", async () => {
    await using at = await bench();
    expect(() => at.broker.faults.rebalance("nobody")).toThrow(RangeError);
  });
});

describe("rules", () => {
  test("match by client and node", async () => {
    await using at = await bench();
    at.broker.faults.add({ clientId: "somebody", answer: "NETWORK_EXCEPTION", times: "always" });
    at.broker.faults.add({ node: 7, answer: "NETWORK_EXCEPTION", times: "always" });
    expect((await append(at.client, TOPIC, batch("a"))).errorCode).toBe(NONE);
    await using somebody = await connectWire(at.broker.address, "somebody");
    expect((await append(somebody, TOPIC, batch("a"))).errorCode).toBe(ERROR_CODES.NETWORK_EXCEPTION);
  });

  test("are met one after the other, where several are for one request", async () => {
    await using at = await bench();
    at.broker.faults.add({ topic: TOPIC, partition: 0, answer: "NOT_LEADER_OR_FOLLOWER" });
    at.broker.faults.add({ topic: "others", partition: 2, answer: "KAFKA_STORAGE_ERROR" });
    const answers = await appendToAll(at.client);
    expect(answers["orders-0"]?.[0]).toBe(NOT_LEADER_OR_FOLLOWER);
    expect(answers["others-2"]?.[0]).toBe(ERROR_CODES.KAFKA_STORAGE_ERROR);
    expect(answers["orders-1"]?.[0]).toBe(NONE);
  });

  test("can be removed, and whoever waits for them is told", async () => {
    await using at = await bench();
    const { faults } = at.broker;
    const rule = faults.add({ api: "produce", answer: "NETWORK_EXCEPTION" });
    const waiting = faults.hit(rule).catch(String);
    rule.remove();
    expect(await waiting).toContain("fault 1 was removed when it had happened 0 times");
    expect(faults.rules).toEqual([]);
    expect(faults.remove(1)).toBe(false);
    expect((await append(at.client, TOPIC, batch("a"))).errorCode).toBe(NONE);
    faults.add({ drop: "request" });
    faults.clear();
    expect((await append(at.client, TOPIC, batch("a"))).errorCode).toBe(NONE);
  });

  test("are not without number", async () => {
    await using at = await bench();
    for (let count = 0; count < 1_000; count++) at.broker.faults.add({ api: "heartbeat", drop: "request" });
    expect(() => at.broker.faults.add({ drop: "request" })).toThrow("there are 1000 faults, which is the limit");
  });
});
