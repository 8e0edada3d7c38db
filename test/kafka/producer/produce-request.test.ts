import { expect, test } from "bun:test";
import kafkajsMetadata from "kafkajs/src/protocol/requests/metadata/v6/request.js";
import kafkajsProduce from "kafkajs/src/protocol/requests/produce/v7/request.js";
import type { Body } from "../../../src/kafka/connection.ts";
import { metadataRequest } from "../../../src/kafka/metadata.ts";
import { produceRequest } from "../../../src/kafka/producer/produce-request.ts";
import { BatchWriter, stampBatch } from "../../../src/kafka/records/encode.ts";

const hex = (body: Body) => Buffer.concat("byteLength" in body ? [body] : body).toString("hex");

/** The broker's to fill in: kafkajs leaves 0 there, we -1, as Java does. */
const LEADER_EPOCH = 12;
const TOPICS = [
  { topic: "orders", partitions: [0, 7] },
  { topic: "Zählung", partitions: [2] },
];
const MESSAGES = [
  { key: "k", value: "one", timestamp: 1_700_000_000_000 },
  { key: "k", value: "two", timestamp: 1_700_000_000_005 },
];

function batch(): Buffer {
  const writer = new BatchWriter();
  for (const { key, value, timestamp } of MESSAGES) writer.add({ key, value: Buffer.from(value), timestamp }, 1_000);
  const bytes = writer.finish("none");
  stampBatch(bytes, { producerId: 12n, producerEpoch: 3, baseSequence: 5 });
  bytes.writeInt32BE(0, LEADER_EPOCH);
  return bytes;
}

test("a produce request is byte for byte kafkajs's", async () => {
  const items = TOPICS.flatMap(({ topic, partitions }) =>
    partitions.map((partition) => ({ topic, partition, batch: batch() })),
  );
  const theirs = await kafkajsProduce({
    acks: -1,
    timeout: 3_000,
    transactionalId: null,
    producerId: "12",
    producerEpoch: 3,
    compression: 0,
    topicData: TOPICS.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map((partition) => ({ partition, firstSequence: 5, messages: MESSAGES })),
    })),
  }).encode();
  expect(hex(await produceRequest(items, 3_000).encode(7))).toBe(theirs.buffer.toString("hex"));
});

test("a metadata request is byte for byte kafkajs's; versions 6 and 7 have the same fields", async () => {
  const theirs = await kafkajsMetadata({ topics: ["a", "b"], allowAutoTopicCreation: false }).encode();
  expect(hex(await metadataRequest(["a", "b"]).encode(7))).toBe(theirs.buffer.toString("hex"));
});
