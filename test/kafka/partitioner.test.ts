import { describe, expect, test } from "bun:test";
import { Partitioners } from "kafkajs";
import murmur2OfKafkajs from "kafkajs/src/producer/partitioners/default/murmur2.js";
import { murmur2, partitionOf } from "../../src/kafka/partitioner.ts";

describe("murmur2", () => {
  // From Apache Kafka's UtilsTest.testMurmur2.
  test.each([
    ["21", -973932308],
    ["foobar", -790332482],
    ["a-little-bit-long-string", -985981536],
    ["a-little-bit-longer-string", -1486304829],
    ["lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971],
    ["abc", 479470107],
  ])("of %p is Java's", (text, hash) => {
    expect(murmur2(Buffer.from(text))).toBe(hash);
  });

  test("agrees with kafkajs on every length and on bytes above 127", () => {
    for (let length = 0; length < 64; length++) {
      const bytes = Buffer.from(Array.from({ length }, (_, index) => (index * 89 + length * 7) & 0xff));
      expect(murmur2(bytes)).toBe(murmur2OfKafkajs(bytes));
    }
  });
});

test("the partition of a key, text or bytes, is the one that Java chooses", () => {
  for (const key of ["order-1", "Ärger", "", "x".repeat(300)]) {
    for (const partitions of [1, 2, 6, 50]) {
      const theirs = Partitioners.DefaultPartitioner()({
        topic: "t",
        partitionMetadata: Array.from({ length: partitions }, (_, partitionId) => ({ ...PARTITION, partitionId })),
        message: { key: Buffer.from(key), value: null },
      });
      expect(partitionOf(key, partitions)).toBe(theirs);
      expect(partitionOf(Buffer.from(key), partitions)).toBe(theirs);
    }
  }
});

const PARTITION = { leader: 1, partitionErrorCode: 0, isr: [], replicas: [] };
