import { describe, expect, test } from "bun:test";
import { Kafka, logLevel } from "kafkajs";
import { type Broker, openBroker } from "../../src/broker/index.ts";
import { type Delivery, openProducer } from "../../src/kafka/index.ts";
import { recordsOf } from "../support/broker/batch.ts";

/*
 * kafkajs answers a `send` of several partitions as stored when parts of it never were: one retriable error of one broker
 * is enough, or a partition that has no leader for a moment. Whoever trusts that answer loses events, and nothing in any
 * log says so. The broker here poses as two nodes; partition 0 is led by the first and partition 1 by the second.
 *
 * Each fault is met twice: by plain kafkajs, where the loss shows that the fault is the one that happens in production,
 * and by our own producer, where an event that is answered as stored is stored.
 */

const TOPIC = "orders";

/** Each has a partition of its own, whatever partitioner a client has. */
const PLACED = Array.from({ length: 8 }, (_, index) => ({ value: `placed-${index}`, partition: index % 2 }));
/** An odd number: taken in turn, the second round falls on the other partitions. */
const KEYLESS = Array.from({ length: 7 }, (_, index) => ({ value: `keyless-${index}` }));

interface Message {
  readonly value: string;
  readonly partition?: number;
}

async function twoNodes(): Promise<Broker> {
  const broker = await openBroker({ nodes: 2, topics: [{ name: TOPIC, partitions: 2 }] });
  broker.faults.moveLeader(TOPIC, 0, 1);
  broker.faults.moveLeader(TOPIC, 1, 2);
  return broker;
}

/** Lets the second node refuse its partition once; the leader is the first node when the client asks who it is. */
function moveAway(broker: Broker): void {
  broker.faults.add({ api: "produce", topic: TOPIC, partition: 1, answer: "NOT_LEADER_OR_FOLLOWER" });
  broker.faults.moveLeader(TOPIC, 1, 1);
}

/** Lets the second node refuse its partition once, though it stays the leader. */
function refuseOnce(broker: Broker): void {
  broker.faults.add({ api: "produce", topic: TOPIC, partition: 1, answer: "NOT_LEADER_OR_FOLLOWER" });
}

/** Lets the metadata say nothing of a partition, as Apache Kafka's does while it has no leader. */
function loseLeader(broker: Broker): void {
  broker.faults.add({ api: "metadata", topic: TOPIC, partition: 1, omit: true, times: "always" });
}

/** The values that the logs hold, in order. */
function stored(broker: Broker): string[] {
  const { partitions = [] } = broker.topics.get(TOPIC) ?? {};
  const read = partitions.map(({ log }) =>
    log.read(log.startOffset, { maxBytes: 1 << 20, atLeastOne: true, isolation: "read_uncommitted" }),
  );
  return read.flatMap(({ records }) => recordsOf(records).map(({ value }) => String(value))).toSorted();
}

const values = (messages: readonly Message[]): string[] => messages.map(({ value }) => value).toSorted();

/** Sends with kafkajs as its documentation shows, after `strike` has struck a producer that knows the leaders. */
async function sendWithKafkajs(
  broker: Broker,
  messages: readonly Message[],
  strike: (broker: Broker) => void,
  { idempotent = false, warm = true } = {},
): Promise<{ partition: number; errorCode: number }[]> {
  const kafka = new Kafka({
    brokers: broker.address.split(","),
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 1 },
  });
  const producer = kafka.producer({ idempotent });
  await producer.connect();
  try {
    if (warm)
      await producer.send({ topic: TOPIC, messages: [0, 1].map((partition) => ({ value: "warm", partition })) });
    strike(broker);
    return await producer.send({ topic: TOPIC, messages: [...messages] });
  } finally {
    await producer.disconnect();
  }
}

async function sendWithOurs(
  broker: Broker,
  messages: readonly Message[],
  strike: (broker: Broker) => void,
): Promise<Delivery[]> {
  const settings = { bootstrapServers: broker.address.split(","), ssl: false, clientId: "story" };
  await using producer = await openProducer(settings, { deliveryTimeoutMs: 1_000 });
  const record = ({ value, partition }: Message) => ({
    topic: TOPIC,
    key: null,
    value: Buffer.from(value),
    timestamp: Date.now(),
    ...(partition !== undefined && { partition }),
  });
  const warm = await producer.sendAll([0, 1].map((partition) => record({ value: "warm", partition })));
  expect(warm.map(({ status }) => status)).toEqual(["stored", "stored"]);
  strike(broker);
  return await producer.sendAll(messages.map(record));
}

/** Without the records that only let a producer learn who leads. */
const withoutWarm = (held: readonly string[]): string[] => held.filter((value) => value !== "warm");

describe("kafkajs resolves `send`, and events are missing", () => {
  test.each([false, true])(
    "when a partition moves to a broker that has answered (idempotent: %p)",
    async (idempotent) => {
      await using broker = await twoNodes();
      const answer = await sendWithKafkajs(broker, PLACED, moveAway, { idempotent });

      expect(answer.map(({ partition, errorCode }) => [partition, errorCode])).toEqual([[0, 0]]);
      expect(withoutWarm(stored(broker))).toEqual(values(PLACED.filter(({ partition }) => partition === 0)));
    },
  );

  test.each([false, true])("when keyless events are dealt out again (idempotent: %p)", async (idempotent) => {
    await using broker = await twoNodes();
    const answer = await sendWithKafkajs(broker, KEYLESS, refuseOnce, { idempotent });

    expect(new Set(answer.map(({ partition }) => partition))).toEqual(new Set([0, 1]));
    const held = withoutWarm(stored(broker));
    const distinct = new Set(held);
    expect(distinct.size).toBeLessThan(7);
    expect(held.length).toBeGreaterThan(distinct.size);
  });

  test("with an empty list, when a partition has no leader: nothing was sent", async () => {
    await using broker = await twoNodes();
    const toSecond = PLACED.filter(({ partition }) => partition === 1);
    const answer = await sendWithKafkajs(broker, toSecond, () => {}, { warm: false }).catch(String);
    expect(answer).toHaveLength(1);

    loseLeader(broker);
    expect(await sendWithKafkajs(broker, toSecond, () => {}, { warm: false })).toEqual([]);
    expect(stored(broker)).toEqual(values(toSecond));
  });
});

describe("our producer answers for each event what became of it", () => {
  test.each([
    ["when a partition moves to a broker that has answered", PLACED, moveAway],
    ["when one broker refuses keyless events once", KEYLESS, refuseOnce],
    ["when one broker refuses placed events once", PLACED, refuseOnce],
  ])("%s: all are stored, once", async (_title, messages, strike) => {
    await using broker = await twoNodes();
    const answers = await sendWithOurs(broker, messages, strike);

    expect(answers.map(({ status }) => status)).toEqual(messages.map(() => "stored"));
    expect(withoutWarm(stored(broker))).toEqual(values(messages));
  });

  test("when an answer is lost: the events are stored, once", async () => {
    await using broker = await twoNodes();
    const answers = await sendWithOurs(broker, PLACED, ({ faults }) => {
      faults.add({ api: "produce", node: 2, drop: "answer" });
    });

    expect(answers.map(({ status }) => status)).toEqual(PLACED.map(() => "stored"));
    expect(withoutWarm(stored(broker))).toEqual(values(PLACED));
  });

  test("when a partition has no leader: none of its events is called stored that is not", async () => {
    await using broker = await twoNodes();
    const answers = await sendWithOurs(broker, PLACED, (struck) => {
      loseLeader(struck);
      struck.faults.add({
        api: "produce",
        topic: TOPIC,
        partition: 1,
        answer: "NOT_LEADER_OR_FOLLOWER",
        times: "always",
      });
    });

    const claimed = PLACED.filter((_, index) => answers[index]?.status === "stored");
    expect(withoutWarm(stored(broker))).toEqual(values(claimed));
    expect(claimed).toEqual(PLACED.filter(({ partition }) => partition === 0));
  });
});
