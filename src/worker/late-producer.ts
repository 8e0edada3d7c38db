import {
  type Delivery,
  KafkaError,
  type KafkaSettings,
  type OutgoingRecord,
  openProducer,
  type ProducerOptions,
} from "../kafka/index.ts";

/** A producer that connects with the first record: most workers never give anything up. */
export interface LateProducer {
  /** Never rejects: where Kafka cannot be reached, the record is not stored, and may be sent again. */
  send(record: OutgoingRecord): Promise<Delivery>;
  close(options: { readonly timeoutMs: number }): Promise<void>;
}

export function createLateProducer(kafka: KafkaSettings, options: ProducerOptions): LateProducer {
  let opening: ReturnType<typeof openProducer> | undefined;
  const open = () => {
    opening ??= openProducer(kafka, options).catch((error: unknown) => {
      opening = undefined; // Kafka may be there next time.
      throw error;
    });
    return opening;
  };
  return {
    async send(record) {
      try {
        return await (await open()).send(record);
      } catch (error) {
        if (!(error instanceof KafkaError)) throw error;
        return { status: "failed", error, retryable: true };
      }
    },
    async close(given) {
      const producer = await opening?.catch(() => undefined); // Who sent has been told.
      await producer?.close(given);
    },
  };
}
