import { Kafka, logLevel } from "kafkajs";

/** Writes one record in a transaction that is aborted, and one in a transaction that is committed. */
export async function abortAndCommit(address: string, topic: string): Promise<void> {
  const kafka = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ transactionalId: `${topic}-id`, idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const aborted = await producer.transaction();
  await aborted.send({ topic, messages: [{ value: "dropped" }] });
  await aborted.abort();
  const committed = await producer.transaction();
  await committed.send({ topic, messages: [{ value: "kept" }] });
  await committed.commit();
  await producer.disconnect();
}
