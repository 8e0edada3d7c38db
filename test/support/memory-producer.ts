import type { Delivery, OutgoingRecord, Producer, ProducerStats } from "../../src/kafka/index.ts";

/** Decides what becomes of a record; undefined stores it. A promise keeps it waiting. */
export type Fate = (record: OutgoingRecord) => Delivery | Promise<Delivery> | undefined;

/**
 * A producer that stores records in this process. For outcomes that a broker seldom has, and to look at what was sent;
 * what the real one does with brokers is tested with it.
 */
export class MemoryProducer implements Producer {
  readonly records: OutgoingRecord[] = [];
  readonly #waiting = new Set<Promise<Delivery>>();
  reachable: boolean = true;
  fate: Fate = () => undefined;
  queued: Partial<ProducerStats> = {};

  send(record: OutgoingRecord): Promise<Delivery> {
    const fate = this.fate(record);
    if (fate !== undefined) return this.#waitFor(Promise.resolve(fate));
    return Promise.resolve(this.store(record));
  }

  /** Stores a record as one partition would. */
  store(record: OutgoingRecord): Delivery {
    this.records.push(record);
    return {
      status: "stored",
      partition: 0,
      offset: BigInt(this.records.length - 1),
      timestamp: record.timestamp,
    };
  }

  sendAll(records: readonly OutgoingRecord[]): Promise<Delivery[]> {
    return Promise.all(records.map((record) => this.send(record)));
  }

  async flush(): Promise<{ undelivered: number }> {
    return { undelivered: this.#waiting.size };
  }

  async close(): Promise<{ undelivered: number }> {
    return { undelivered: this.#waiting.size };
  }

  stats(): ProducerStats {
    return { queuedRecords: this.#waiting.size, queuedBytes: 0, inFlightRequests: 0, ...this.queued };
  }

  available(): boolean {
    return this.reachable;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #waitFor(delivery: Promise<Delivery>): Promise<Delivery> {
    this.#waiting.add(delivery);
    void delivery.finally(() => this.#waiting.delete(delivery));
    return delivery;
  }
}
