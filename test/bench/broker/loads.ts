import { Kafka, logLevel } from "kafkajs";
import { ERROR_CODES, MESSAGES } from "../../../src/broker/protocol/index.ts";
import { batchOf } from "../../support/broker/batch.ts";
import { connectWire, type WireClient } from "../../support/broker/client.ts";
import { init } from "../../support/broker/transactional.ts";
import { until } from "../../support/until.ts";

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
  { title: "transactions of ten records", unit: "transactions/s", run: transact },
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

/** Each transaction makes a partition part of it, writes ten records there and commits. */
async function transact(address: string): Promise<number> {
  await using client = await connectWire(address);
  const topic = await topicOf(client);
  const { producerId, producerEpoch } = await init(client, topic);
  const producer = { v3AndBelowTransactionalId: topic, v3AndBelowProducerId: producerId };
  const partitions = { v3AndBelowTopics: [{ name: topic, partitions: [0] }] };
  const ten = Array.from({ length: 10 }, () => ({ value }));
  const began = performance.now();
  for (let done = 0; done < TRANSACTIONS; done++) {
    await untilFree(async () => {
      const added = await client.call(MESSAGES.addPartitionsToTxn, 3, {
        ...producer,
        v3AndBelowProducerEpoch: producerEpoch,
        ...partitions,
      });
      return added.resultsByTopicV3AndBelow[0]?.resultsByPartition[0]?.partitionErrorCode;
    });
    const batch = { records: ten, producerId, producerEpoch, baseSequence: done * 10, transactional: true };
    await produce(client, topic, 0, batchOf(batch), topic);
    await untilFree(async () => {
      const request = { transactionalId: topic, producerId, producerEpoch, committed: true };
      return (await client.call(MESSAGES.endTxn, 3, request)).errorCode;
    });
  }
  return perSecond(TRANSACTIONS, began);
}

/** Asks again, at once, while the coordinator still completes the transaction before. */
async function untilFree(ask: () => Promise<number | undefined>): Promise<void> {
  for (;;) {
    const error = await ask();
    if (error === 0) return;
    if (error !== ERROR_CODES.CONCURRENT_TRANSACTIONS)
      throw new Error(`a transaction was answered with error ${error}`);
  }
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
  await until(`the partitions of ${name} have a leader`, () => isLed(client, name), { everyMs: 10 });
  return name;
}

/** Whether every partition is answered for: metadata names a leader a moment before it is ready. */
async function isLed(client: WireClient, name: string): Promise<boolean> {
  const partitions = Array.from({ length: PARTITIONS }, (_, partitionIndex) => ({ partitionIndex, timestamp: -1n }));
  const { topics } = await client.call(MESSAGES.listOffsets, 7, {
    replicaId: -1,
    isolationLevel: 0,
    topics: [{ name, partitions }],
  });
  return topics[0]?.partitions.every(({ errorCode }) => errorCode === 0) ?? false;
}

async function produce(
  client: WireClient,
  name: string,
  index: number,
  records: Buffer,
  transactionalId: string | null = null,
): Promise<void> {
  const { responses } = await client.call(MESSAGES.produce, 9, {
    transactionalId,
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
