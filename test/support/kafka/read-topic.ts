import { Kafka, logLevel } from "kafkajs";
import { until } from "../until.ts";
import type { FoundRecord } from "./receipts.ts";

/** Reads a topic from its beginning to its end of now, with kafkajs: somebody else's view of what is stored. */
export async function readTopic(bootstrapServers: readonly string[], topic: string): Promise<FoundRecord[]> {
  const kafka = new Kafka({ brokers: [...bootstrapServers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  // Leaders may still be moving back to where they were, and kafkajs does not ask again.
  const offsets = await until("the topic's end is known", () => admin.fetchTopicOffsets(topic), { timeoutMs: 60_000 });
  await admin.disconnect();
  const left = new Map(
    offsets
      .filter(({ low, high }) => BigInt(low) < BigInt(high))
      .map(({ partition, high }) => [partition, BigInt(high)]),
  );
  const found: FoundRecord[] = [];
  if (left.size === 0) return found;
  const consumer = kafka.consumer({ groupId: `reader-${crypto.randomUUID()}` });
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    const done = Promise.withResolvers<void>();
    await consumer.run({
      partitionsConsumedConcurrently: 4,
      eachBatch: async ({ batch }) => {
        for (const { offset, value } of batch.messages) {
          found.push({ partition: batch.partition, offset: BigInt(offset), value: String(value) });
        }
        const end = left.get(batch.partition);
        if (end !== undefined && BigInt(batch.lastOffset()) + 1n >= end) left.delete(batch.partition);
        if (left.size === 0) done.resolve();
      },
    });
    await done.promise;
  } finally {
    await consumer.disconnect();
  }
  return found;
}
