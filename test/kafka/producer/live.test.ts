import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Cluster, type KafkaSettings, type OutgoingRecord, openProducer } from "../../../src/kafka/index.ts";
import { produceRequest } from "../../../src/kafka/producer/produce-request.ts";
import { decodeBatch, type IncomingRecord, scanRecordSet } from "../../../src/kafka/records/decode.ts";
import { stampBatch } from "../../../src/kafka/records/encode.ts";
import { WireReader } from "../../../src/kafka/wire.ts";
import { cluster as fixture, unique } from "../../support/cluster.ts";
import { readTopic } from "../../support/kafka/read-topic.ts";
import { checkReceipts, outOfOrder } from "../../support/kafka/receipts.ts";
import { until } from "../../support/until.ts";

const PARTITIONS = 3;

describe.skipIf(fixture === undefined)("a real broker", () => {
  const settings: KafkaSettings = { bootstrapServers: [fixture?.kafka ?? ""], ssl: false, clientId: "test" };
  const made: string[] = [];
  let cluster: Cluster;

  beforeAll(() => {
    cluster = new Cluster(settings);
  });

  afterAll(async () => {
    await cluster.call("any", "DeleteTopics", { topics: made, timeout: 5_000 });
    cluster.close();
  });

  async function createTopic(configEntries: { name: string; value: string }[] = []): Promise<string> {
    const topic = `producer-${unique()}`;
    const topics = [{ topic, numPartitions: PARTITIONS, replicationFactor: 1, configEntries }];
    const { topicErrors } = await cluster.call("any", "CreateTopics", { topics, validateOnly: false, timeout: 5_000 });
    expect(topicErrors).toMatchObject([{ errorCode: 0 }]);
    made.push(topic);
    await until("the topic has leaders", async () => {
      await cluster.refresh([topic]);
      return [0, 1, 2].every((partition) => cluster.leaderOf(topic, partition) >= 0);
    });
    return topic;
  }

  const event = (topic: string, index: number): OutgoingRecord => ({
    topic,
    key: `key ${index % 50}`,
    value: Buffer.from(`event ${index}`),
    headers: [
      ["ce_id", `id ${index}`],
      ["traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"],
    ],
    timestamp: 1_700_000_000_000 + index,
  });

  test.each(["none", "gzip"] as const)(
    "5,000 events (%s) are where their receipts say, in order",
    async (compression) => {
      const topic = await createTopic();
      await using producer = await openProducer(settings, { compression });
      const sent = Array.from({ length: 5_000 }, (_, index) => event(topic, index));
      const deliveries = await producer.sendAll(sent);
      const found = await readTopic(settings.bootstrapServers, topic);
      expect(checkReceipts(sent, deliveries, found)).toMatchObject({ stored: 5_000, wrong: [], duplicated: [] });
      expect(outOfOrder(sent, found)).toEqual([]);
    },
  );

  test("the broker takes zstd, checks it, and gives it back with key, headers and timestamp", async () => {
    const topic = await createTopic();
    await using producer = await openProducer(settings, { compression: "zstd" });
    const sent = Array.from({ length: 100 }, (_, index) => ({ ...event(topic, index), partition: 0 }));
    const deliveries = await producer.sendAll(sent);
    expect(deliveries.every(({ status }) => status === "stored")).toBe(true);
    const records = await fetchAll(cluster, topic, 0);
    expect(records.length).toBe(100);
    expect(
      records.map((record) => [
        String(record.key),
        String(record.value),
        String(record.header("ce_id")),
        record.timestamp,
      ]),
    ).toEqual(sent.map(({ key, value, timestamp }, index) => [String(key), String(value), `id ${index}`, timestamp]));
  });

  test("the receipt's time is the broker's where the topic says so", async () => {
    const topic = await createTopic([{ name: "message.timestamp.type", value: "LogAppendTime" }]);
    await using producer = await openProducer(settings);
    const before = Date.now();
    const delivery = await producer.send(event(topic, 1));
    expect(delivery.status === "stored" && delivery.timestamp).toBeGreaterThanOrEqual(before - 1_000);
  });

  test("a record that is too large for the topic fails alone, and small ones around it are stored", async () => {
    const topic = await createTopic([{ name: "max.message.bytes", value: "20000" }]);
    await using producer = await openProducer(settings);
    const sent = Array.from({ length: 400 }, (_, index) => ({ ...event(topic, index), partition: 0 }));
    sent[123] = { ...event(topic, 123), partition: 0, value: Buffer.alloc(30_000, "x") };
    const deliveries = await producer.sendAll(sent);
    expect(deliveries[123]).toMatchObject({ status: "failed", retryable: false, error: { kind: "MESSAGE_TOO_LARGE" } });
    const found = await readTopic(settings.bootstrapServers, topic);
    expect(checkReceipts(sent, deliveries, found)).toMatchObject({ stored: 399, failed: 1, wrong: [], duplicated: [] });
    expect(outOfOrder(sent, found)).toEqual([]);
  });

  test("a null key for a compacted topic fails alone", async () => {
    const topic = await createTopic([{ name: "cleanup.policy", value: "compact" }]);
    await using producer = await openProducer(settings);
    const sent = Array.from({ length: 20 }, (_, index) => ({ ...event(topic, index), partition: 0 }));
    sent[7] = { ...event(topic, 7), key: null, partition: 0 };
    const deliveries = await producer.sendAll(sent);
    expect(deliveries[7]).toMatchObject({ status: "failed", retryable: false, error: { kind: "INVALID_RECORD" } });
    expect(deliveries.filter(({ status }) => status === "stored").length).toBe(19);
  });

  test("a producer may raise its own epoch for one partition, and the broker refuses the old one", async () => {
    // What a batch of unknown outcome is followed by. Two producers with one id stand for before and after.
    const topic = await createTopic();
    await using producer = await openProducer(settings, { deliveryTimeoutMs: 5_000 });
    expect(await producer.send({ ...event(topic, 1), partition: 0 })).toMatchObject({ offset: 0n });
    const [record] = await fetchBatches(cluster, topic, 0);
    const batch = Buffer.from(record ?? Buffer.alloc(0));
    const write = async (producerEpoch: number, baseSequence: number) => {
      stampBatch(batch, { producerId: batch.readBigInt64BE(43), producerEpoch, baseSequence });
      const request = produceRequest([{ topic, partition: 0, batch }], 5_000);
      const [answer] = await cluster.send(cluster.leaderOf(topic, 0), request);
      return answer?.errorCode;
    };
    expect(await write(1, 5)).toBe(45); // A new epoch begins at sequence 0.
    expect(await write(1, 0)).toBe(0);
    expect(await write(0, 1)).toBe(47);
  });
});

async function fetchBatches(cluster: Cluster, topic: string, partition: number): Promise<Buffer[]> {
  const records = await fetchRaw(cluster, topic, partition);
  return scanRecordSet(records).frames.map(({ start, end }) => records.subarray(start, end));
}

async function fetchAll(cluster: Cluster, topic: string, partition: number): Promise<IncomingRecord[]> {
  const bytes = await fetchRaw(cluster, topic, partition);
  const records: IncomingRecord[] = [];
  for (const frame of scanRecordSet(bytes).frames) {
    decodeBatch(bytes, frame, { topic, partition, fromOffset: 0n }, records);
  }
  return records;
}

/** One fetch from the beginning, version 11. */
function fetchRaw(cluster: Cluster, topic: string, partition: number): Promise<Buffer> {
  const MAX_BYTES = 10_000_000;
  return cluster.fetch(
    cluster.leaderOf(topic, partition),
    {
      replicaId: -1,
      isolationLevel: 0,
      maxWaitTime: 1_000,
      minBytes: 1,
      maxBytes: MAX_BYTES,
      topics: [{ topic, partitions: [{ partition, fetchOffset: "0", maxBytes: MAX_BYTES }] }],
    },
    (payload) => {
      const from = new WireReader(payload);
      from.int32();
      from.int16();
      from.int32();
      const [[records] = []] = from.array(() => {
        from.string();
        return from.array(() => {
          from.int32();
          from.int16();
          for (let field = 0; field < 3; field++) from.int64();
          from.array(() => [from.int64(), from.int64()]);
          from.int32();
          return Buffer.from(from.nullableBytes() ?? []);
        });
      });
      return records ?? Buffer.alloc(0);
    },
  );
}
