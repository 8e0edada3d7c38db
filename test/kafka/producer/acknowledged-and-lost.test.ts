import { describe, expect, test } from "bun:test";
import { Kafka, type Producer as KafkajsProducer, logLevel, type Message } from "kafkajs";
import { type OutgoingRecord, openProducer, type Producer, type ProducerOptions } from "../../../src/kafka/index.ts";
import { checkReceipts } from "../../support/kafka/receipts.ts";
import { type Fault, StandIn } from "../../support/kafka/stand-in.ts";

/*
 * The three ways in which `producer.send` of kafkajs 2.2.4 resolves although events are lost. In production each looks
 * like success: the caller got a promise that resolved, answered its own caller, and the event is nowhere. Each fault
 * is first shown to plain kafkajs, which must lose (else the fault is not the one we mean), then to our producer.
 */

const TOPIC = "orders";
const NOT_LEADER_OR_FOLLOWER = 6;

const message = (partition: number, value: string): Message => ({ partition, value, key: null });

const record = (partition: number, value: string): OutgoingRecord => ({
  topic: TOPIC,
  partition,
  key: null,
  value: Buffer.from(value),
  timestamp: 1_700_000_000_000,
});

async function openKafkajs(cluster: StandIn, retries: number): Promise<KafkajsProducer & AsyncDisposable> {
  const kafka = new Kafka({ brokers: cluster.bootstrapServers, logLevel: logLevel.NOTHING });
  const retry = { initialRetryTime: 10, retries };
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, retry });
  await producer.connect();
  return Object.assign(producer, { [Symbol.asyncDispose]: () => producer.disconnect() });
}

const openOurs = (cluster: StandIn, options: ProducerOptions = {}): Promise<Producer> =>
  openProducer({ bootstrapServers: cluster.bootstrapServers, ssl: false, clientId: "test" }, options);

const valuesIn = async (cluster: StandIn) =>
  (await cluster.records(TOPIC)).map(({ value }) => value).toSorted((one, other) => one.localeCompare(other));

describe("a partition moves to another broker while a call writes to both", () => {
  const VALUES = ["a0", "a1", "a2", "a3", "b0", "b1", "b2", "b3"];
  const partitionOf = (value: string) => (value.startsWith("a") ? 0 : 1);

  /** Partition 1 moves from broker 2 to broker 1 when its first batch arrives. */
  const start = async () => {
    const cluster = await StandIn.start({ brokers: 2, topics: { [TOPIC]: [1, 2] } });
    let moved = false;
    cluster.onBatch = ({ partition }): Fault | undefined => {
      if (partition !== 1 || moved) return undefined;
      moved = true;
      cluster.moveLeader(TOPIC, 1, 1);
      return { stored: false, answer: NOT_LEADER_OR_FOLLOWER };
    };
    return cluster;
  };

  test("plain send resolves, and half of the events are nowhere", async () => {
    await using cluster = await start();
    await using producer = await openKafkajs(cluster, 5);
    const answer = await producer.send({
      topic: TOPIC,
      messages: VALUES.map((value) => message(partitionOf(value), value)),
    });
    expect(answer.map(({ partition }) => partition)).toEqual([0]);
    expect(await valuesIn(cluster)).toEqual(["a0", "a1", "a2", "a3"]);
  });

  test("our producer stores all of them, and each receipt names its own event", async () => {
    await using cluster = await start();
    await using producer = await openOurs(cluster);
    const records = VALUES.map((value) => record(partitionOf(value), value));
    const deliveries = await producer.sendAll(records);
    const check = checkReceipts(records, deliveries, await cluster.records(TOPIC));
    expect(check).toMatchObject({ stored: 8, wrong: [], duplicated: [] });
    expect(await valuesIn(cluster)).toEqual(VALUES);
  });
});

describe("the metadata shows no leader for the partition", () => {
  const start = async () => {
    const cluster = await StandIn.start({ brokers: 2, topics: { [TOPIC]: [1, 2] }, leaderless: "left out" });
    cluster.moveLeader(TOPIC, 1, -1);
    return cluster;
  };

  test("plain send resolves with an empty list, without any request", async () => {
    await using cluster = await start();
    await using producer = await openKafkajs(cluster, 5);
    expect(await producer.send({ topic: TOPIC, messages: [message(1, "lost")] })).toEqual([]);
    expect(await valuesIn(cluster)).toEqual([]);
  });

  test("our producer waits for a leader, then stores", async () => {
    await using cluster = await StandIn.start({ brokers: 2, topics: { [TOPIC]: [1, 2] } });
    cluster.moveLeader(TOPIC, 1, -1);
    let asked = 0;
    cluster.onMetadata = () => {
      if (++asked === 4) cluster.moveLeader(TOPIC, 1, 2);
    };
    await using producer = await openOurs(cluster);
    expect(await producer.send(record(1, "kept"))).toMatchObject({ status: "stored", partition: 1, offset: 0n });
    expect(await valuesIn(cluster)).toEqual(["kept"]);
  });

  test.each(["left out", "no leader"] as const)(
    "our producer answers `failed` at the deadline where none comes (partition %s)",
    async (leaderless) => {
      await using cluster = await StandIn.start({ brokers: 2, topics: { [TOPIC]: [1, 2, 1] }, leaderless });
      cluster.moveLeader(TOPIC, 1, -1);
      await using producer = await openOurs(cluster, { deliveryTimeoutMs: 400 });
      const deliveries = await producer.sendAll([record(0, "a"), record(1, "b"), record(2, "c")]);
      expect(deliveries).toMatchObject([
        { status: "stored" },
        { status: "failed", retryable: true },
        { status: "stored" },
      ]);
      expect(await valuesIn(cluster)).toEqual(["a", "c"]);
    },
  );
});

describe("the answer to a write is lost, and other events follow", () => {
  test("plain send stores the next event under the numbers of the first, and says it is where the first is", async () => {
    await using cluster = await StandIn.start({ topics: { [TOPIC]: [1] } });
    cluster.onBatch = ({ index }): Fault | undefined => (index <= 1 ? { stored: true, answer: "close" } : undefined);
    // One retry is the least that kafkajs takes; its answer is lost as well.
    await using producer = await openKafkajs(cluster, 1);
    await producer.send({ topic: TOPIC, messages: [message(0, "first")] }).then(
      () => expect.unreachable("the answer was lost"),
      () => {},
    );
    // After the error kafkajs winds its sequence number back, and the broker takes the next batch for a repetition.
    const answer = await sendUntilAnswered(producer, message(0, "second"));
    expect(answer).toMatchObject([{ partition: 0, baseOffset: "0", errorCode: 0 }]);
    expect(await valuesIn(cluster)).toEqual(["first"]);
  });

  test("our producer sends the same bytes again, and gets the receipt of the first attempt", async () => {
    await using cluster = await StandIn.start({ topics: { [TOPIC]: [1] } });
    const sent: string[] = [];
    cluster.onBatch = ({ index, bytes }): Fault | undefined => {
      sent.push(bytes.toString("hex"));
      return index === 0 ? { stored: true, answer: "close" } : undefined;
    };
    await using producer = await openOurs(cluster);
    const deliveries = await Promise.all([producer.send(record(0, "first")), producer.send(record(0, "second"))]);
    deliveries.push(await producer.send(record(0, "third")));
    expect(sent[1]).toBe(sent[0] ?? "nothing was sent");
    expect(deliveries).toMatchObject([
      { status: "stored", offset: 0n },
      { status: "stored", offset: 1n },
      { status: "stored", offset: 2n },
    ]);
    expect(await valuesIn(cluster)).toEqual(["first", "second", "third"]);
  });

  test("our producer says `unknown` at the deadline, and writes the next event under a new identity", async () => {
    await using cluster = await StandIn.start({ topics: { [TOPIC]: [1, 1] } });
    const identities: string[] = [];
    cluster.onBatch = ({ partition, producerId, producerEpoch, baseSequence }): Fault | undefined => {
      if (partition === 0) identities.push(`${producerId}/${producerEpoch}/${baseSequence}`);
      return partition === 0 && producerEpoch === 0 ? { stored: true, answer: "close" } : undefined;
    };
    await using producer = await openOurs(cluster, { deliveryTimeoutMs: 500 });
    expect(await producer.send(record(0, "first"))).toMatchObject({ status: "unknown" });
    expect(await producer.send(record(0, "second"))).toMatchObject({ status: "stored", offset: 1n });
    expect(await producer.send(record(1, "elsewhere"))).toMatchObject({ status: "stored", offset: 0n });
    expect(new Set(identities)).toEqual(new Set(["0/0/0", "0/1/0"]));
    expect(await valuesIn(cluster)).toEqual(["elsewhere", "first", "second"]);
  });
});

/** kafkajs has to find its way back to the broker first. */
async function sendUntilAnswered(producer: KafkajsProducer, next: Message) {
  for (let attempt = 0; attempt < 20; attempt++) {
    try {
      return await producer.send({ topic: TOPIC, messages: [next] });
    } catch {
      await producer.connect();
    }
  }
  throw new Error("kafkajs did not recover");
}
