import { afterAll, expect, test } from "bun:test";
import { Kafka, logLevel, type Message } from "kafkajs";
import { openBroker } from "../../../src/broker/index.ts";
import { MESSAGES } from "../../../src/broker/protocol/index.ts";
import { connectWire } from "../../support/broker/client.ts";
import { nameOf, tryInit } from "../../support/broker/transactional.ts";
import { unique } from "../../support/cluster.ts";
import { until } from "../../support/until.ts";

/** A client that knows nothing of this broker, through a broker that poses as three nodes. */
const broker = await openBroker({ nodes: 3, topics: [{ name: "orders", partitions: 3 }, { name: "payments" }] });
afterAll(() => broker.close());
const kafka = new Kafka({ brokers: broker.address.split(","), logLevel: logLevel.NOTHING });

const numbered = (from: number, count: number): Message[] =>
  Array.from({ length: count }, (_, index) => ({ value: `${from + index}`, partition: (from + index) % 3 }));

test("kafkajs commits and aborts, and its read-committed consumer sees what was committed", async () => {
  const producer = kafka.producer({ transactionalId: unique(), idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const expected: string[] = [];
  for (let turn = 0; turn < 6; turn++) {
    const transaction = await producer.transaction();
    const messages = numbered(10 * turn, 4);
    await transaction.send({ topic: "orders", messages });
    if (turn % 3 === 1) await transaction.abort();
    else {
      await transaction.commit();
      expected.push(...messages.map(({ value }) => String(value)));
    }
  }
  await producer.disconnect();
  expect((await consumed("orders", expected.length)).toSorted(byNumber)).toEqual(expected);
});

test("kafkajs moves a group on within a transaction, and only by its commit", async () => {
  const groupId = unique();
  const producer = kafka.producer({ transactionalId: unique(), idempotent: true, maxInFlightRequests: 1 });
  const admin = kafka.admin();
  await Promise.all([producer.connect(), admin.connect()]);
  const offset = async () => (await admin.fetchOffsets({ groupId, topics: ["payments"] }))[0]?.partitions[0]?.offset;
  for (const [sent, ends, counts] of [
    ["3", "abort", "-1"],
    ["5", "commit", "5"],
    ["7", "abort", "5"],
  ] as const) {
    const transaction = await producer.transaction();
    await transaction.send({ topic: "payments", messages: [{ value: sent }] });
    const topics = [{ topic: "payments", partitions: [{ partition: 0, offset: sent }] }];
    await transaction.sendOffsets({ consumerGroupId: groupId, topics });
    await transaction[ends]();
    expect(await offset()).toBe(counts);
  }
  await Promise.all([producer.disconnect(), admin.disconnect()]);
  expect(await consumed("payments", 1)).toEqual(["5"]);
});

test("a second producer with a transactional id takes it from the first", async () => {
  const transactionalId = unique();
  const make = () =>
    kafka.producer({ transactionalId, idempotent: true, maxInFlightRequests: 1, retry: { retries: 1 } });
  const [first, second] = [make(), make()];
  await first.connect();
  const left = await first.transaction();
  await left.send({ topic: "orders", messages: [{ value: "left" }] });
  await second.connect();
  const taken = await until("the second has a transaction", () => second.transaction());
  await expect(left.commit()).rejects.toThrow();
  await taken.commit().catch(() => undefined); // Nothing was sent in it, and kafkajs may say so.
  await Promise.all([first.disconnect(), second.disconnect()]);
});

test("only the node that looks after a transactional id answers for it", async () => {
  const transactionalId = unique();
  const answers: string[] = [];
  for (const { host, port } of broker.nodes) {
    await using client = await connectWire(`${host}:${port}`);
    const of = { transactionalId, producerId: 0n, producerEpoch: 0 };
    const { error } = await tryInit(client, transactionalId);
    answers.push(error);
    if (error === "NONE") continue;
    const added = await client.call(MESSAGES.addOffsetsToTxn, 3, { ...of, groupId: "group" });
    const ended = await client.call(MESSAGES.endTxn, 3, { ...of, committed: true });
    const described = await client.call(MESSAGES.describeTransactions, 0, { transactionalIds: [transactionalId] });
    const codes = [added.errorCode, ended.errorCode, described.transactionStates[0]?.errorCode];
    expect(codes.map(nameOf)).toEqual(["NOT_COORDINATOR", "NOT_COORDINATOR", "NOT_COORDINATOR"]);
    const listed = await client.call(MESSAGES.listTransactions, 0, { stateFilters: [], producerIdFilters: [] });
    expect(listed.transactionStates.map((one) => one.transactionalId)).not.toContain(transactionalId);
  }
  expect(answers.filter((error) => error === "NONE")).toHaveLength(1);
  expect(answers.filter((error) => error === "NOT_COORDINATOR")).toHaveLength(2);
});

/** The values of a topic that a consumer of kafkajs is given, which reads read-committed unless it is told otherwise. */
async function consumed(topic: string, count: number): Promise<string[]> {
  const consumer = kafka.consumer({ groupId: unique(), maxWaitTimeInMs: 50 });
  const values: string[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      values.push(String(message.value));
    },
  });
  await until("all that was committed", () => values.length >= count);
  await consumer.disconnect();
  return values;
}

const byNumber = (one: string, other: string): number => Number(one) - Number(other);
