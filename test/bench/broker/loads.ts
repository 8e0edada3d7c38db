import { Kafka, logLevel } from "kafkajs";
import { MESSAGES } from "../../../src/broker/protocol/index.ts";
import { batchOf } from "../../support/broker/batch.ts";
import { connectWire, type WireClient } from "../../support/broker/client.ts";

/** One load: what it is called, and what it measures on the broker at an address. */
export interface Load {
  readonly title: string;
  readonly unit: "records/s" | "sends/s" | "transactions/s" | "ms";
  run(address: string): Promise<number>;
}

const PARTITIONS = 4;
const BATCH_RECORDS = 1_000;
const RECORD_BYTES = 100;
/** Requests that a connection has under way, as Java's producer does by default. */
const IN_FLIGHT = 5;
const BATCHES = 1_000;
const SINGLE_SENDS = 10_000;
const TRANSACTIONS = 200;

const value = Buffer.alloc(RECORD_BYTES, "x");
const fullBatch = () => batchOf({ records: Array.from({ length: BATCH_RECORDS }, () => ({ value })) });

/** The same requests, from the same client, for every broker. */
export const LOADS: readonly Load[] = [
  { title: `produce, batches of ${BATCH_RECORDS}`, unit: "records/s", run: produceBatches },
  { title: "consume", unit: "records/s", run: consume },
  { title: `${SINGLE_SENDS.toLocaleString("en")} single sends, each acknowledged`, unit: "sends/s", run: sendSingly },
  { title: "transactions of ten records (kafkajs)", unit: "transactions/s", run: transact },
  { title: "time to first join (kafkajs)", unit: "ms", run: join },
];

/** Fills a topic with so many batches of 1,000 records, 100 bytes each, and gives its name. */
export async function fill(client: WireClient, batches: number): Promise<string> {
  const topic = await topicOf(client);
  const records = fullBatch();
  let sent = 0;
  const sender = async () => {
    while (sent < batches) await produce(client, topic, sent++ % PARTITIONS, records);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, sender));
  return topic;
}

async function produceBatches(address: string): Promise<number> {
  await using client = await connectWire(address);
  const began = performance.now();
  await fill(client, BATCHES);
  return perSecond(BATCHES * BATCH_RECORDS, began);
}

async function consume(address: string): Promise<number> {
  await using client = await connectWire(address);
  const topic = await fill(client, BATCHES);
  const total = BATCHES * BATCH_RECORDS;
  const offsets = Array.from({ length: PARTITIONS }, () => 0n);
  const began = performance.now();
  while (offsets.reduce((sum, offset) => sum + offset, 0n) < total) {
    const { responses } = await client.call(MESSAGES.fetch, 12, {
      maxWaitMs: 500,
      minBytes: 1,
      maxBytes: 50 * 1024 * 1024,
      topics: [
        {
          topic,
          partitions: offsets.map((fetchOffset, partition) => ({
            partition,
            fetchOffset,
            partitionMaxBytes: 1024 * 1024,
          })),
        },
      ],
      forgottenTopicsData: [],
    });
    for (const { partitionIndex, records } of responses[0]?.partitions ?? []) {
      offsets[partitionIndex] = (offsets[partitionIndex] ?? 0n) + BigInt(countOf(records));
    }
  }
  return perSecond(total, began);
}

async function sendSingly(address: string): Promise<number> {
  await using client = await connectWire(address);
  const topic = await topicOf(client);
  const records = batchOf({ records: [{ value }] });
  const began = performance.now();
  for (let sent = 0; sent < SINGLE_SENDS; sent++) await produce(client, topic, 0, records);
  return perSecond(SINGLE_SENDS, began);
}

async function transact(address: string): Promise<number> {
  await using client = await connectWire(address);
  const topic = await topicOf(client);
  const producer = kafkajs(address).producer({ transactionalId: topic, idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const messages = Array.from({ length: 10 }, () => ({ value, partition: 0 }));
  const began = performance.now();
  for (let done = 0; done < TRANSACTIONS; done++) {
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages });
    await transaction.commit();
  }
  const rate = perSecond(TRANSACTIONS, began);
  await producer.disconnect();
  return rate;
}

/** From `connect` until the group has given the member its partitions. */
async function join(address: string): Promise<number> {
  await using client = await connectWire(address);
  const topic = await topicOf(client);
  const consumer = kafkajs(address).consumer({ groupId: topic });
  const joined = Promise.withResolvers<void>();
  consumer.on("consumer.group_join", () => joined.resolve());
  const began = performance.now();
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({ eachMessage: async () => {} });
  await joined.promise;
  const tookMs = performance.now() - began;
  await consumer.disconnect();
  return tookMs;
}

const kafkajs = (address: string) => new Kafka({ brokers: [address], logLevel: logLevel.NOTHING });

const perSecond = (count: number, began: number): number => (count / (performance.now() - began)) * 1000;

async function topicOf(client: WireClient): Promise<string> {
  const name = `bench-${crypto.randomUUID().slice(0, 8)}`;
  await client.call(MESSAGES.createTopics, 7, {
    topics: [{ name, numPartitions: PARTITIONS, replicationFactor: 1, assignments: [], configs: [] }],
    timeoutMs: 10_000,
  });
  for (;;) {
    const { topics } = await client.call(MESSAGES.metadata, 8, { topics: [{ name }], allowAutoTopicCreation: false });
    if (topics[0]?.partitions.filter(({ leaderId }) => leaderId >= 0).length === PARTITIONS) return name;
    await Bun.sleep(10);
  }
}

async function produce(client: WireClient, name: string, index: number, records: Buffer): Promise<void> {
  const { responses } = await client.call(MESSAGES.produce, 9, {
    acks: -1,
    timeoutMs: 30_000,
    topicData: [{ name, partitionData: [{ index, records }] }],
  });
  const error = responses[0]?.partitionResponses[0]?.errorCode;
  if (error !== 0) throw new Error(`produce was answered with error ${error}`);
}

/** Records in whole batches, by the counts in their headers. */
function countOf(records: Buffer | null): number {
  let count = 0;
  for (let at = 0; records && at + 61 <= records.length; at += 12 + records.readInt32BE(at + 8)) {
    if (at + 12 + records.readInt32BE(at + 8) <= records.length) count += records.readInt32BE(at + 57);
  }
  return count;
}
