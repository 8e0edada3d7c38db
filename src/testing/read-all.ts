import { type IncomingRecord, type KafkaSettings, openAdmin, openConsumer } from "../kafka/index.ts";

/** Everything that is stored in a topic when it is called, by partition and offset. */
export async function readAll(kafka: KafkaSettings, topic: string): Promise<IncomingRecord[]> {
  const left = await endsOf(kafka, topic);
  if (left.size === 0) return [];
  const records: IncomingRecord[] = [];
  const { promise: all, resolve } = Promise.withResolvers<void>();
  const consumer = await openConsumer(kafka, {
    group: `sluice-test-${crypto.randomUUID()}`,
    topics: [topic],
    handle: async (batch) => {
      for (const record of batch.records) {
        const end = left.get(record.partition);
        if (end !== undefined) records.push(record);
        // Offsets may have gaps, so the last one is what counts.
        if (end !== undefined && record.offset + 1n >= end) left.delete(record.partition);
      }
      if (left.size === 0) resolve();
    },
  });
  await Promise.race([all, consumer.closed]);
  await consumer.stop({ timeoutMs: STOP_MS_MAX });
  return records.sort((one, other) => one.partition - other.partition || Number(one.offset - other.offset));
}

const STOP_MS_MAX = 5_000;

/** The partitions that hold something, each with the offset after its last record. */
async function endsOf(kafka: KafkaSettings, topic: string): Promise<Map<number, bigint>> {
  const admin = await openAdmin(kafka);
  try {
    const offsets = await admin.topicOffsets([topic]);
    return new Map(
      offsets.flatMap(({ partition, earliest = 0n, end = 0n }) => (end > earliest ? [[partition, end]] : [])),
    );
  } finally {
    await admin.close();
  }
}
