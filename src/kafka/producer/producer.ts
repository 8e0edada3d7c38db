import { Cluster } from "../cluster.ts";
import { KafkaError } from "../errors.ts";
import type { KafkaSettings } from "../settings.ts";
import { type Entry, type Sink, sinkOfAll, sinkOfOne } from "./entry.ts";
import { failed } from "./partition.ts";
import { ProducerIds } from "./producer-ids.ts";
import { Sender } from "./sender.ts";
import { TopicQueue } from "./topic.ts";
import type { Delivery, OutgoingRecord, Producer, ProducerOptions, ProducerStats } from "./types.ts";

/**
 * Opens a producer: acks=all, idempotent, in groups. While a request to a broker is in flight, what arrives for its
 * partitions gathers, and goes with the next.
 * @throws KafkaError where Kafka cannot be reached, or refuses us.
 */
export async function openProducer(settings: KafkaSettings, options: ProducerOptions = {}): Promise<Producer> {
  const producer = new GroupingProducer(settings, { ...DEFAULTS, ...options });
  await producer.open();
  return producer;
}

export const DEFAULTS = {
  compression: "none",
  // Apache Kafka's default for max.message.bytes is 1,048,588.
  batchBytesMax: 1_000_000,
  batchRecordsMax: 10_000,
  requestBytesMax: 8 * 1024 * 1024,
  lingerMs: 0,
  queueBytesMax: 64 * 1024 * 1024,
  deliveryTimeoutMs: 10_000,
  requestTimeoutMs: 3_000,
  connectTimeoutMs: 3_000,
  onRequest: () => {},
} as const satisfies Required<ProducerOptions>;

/** How often deadlines and pauses are looked at: one timer for all records. */
const TICK_MS = 25;
/** How often Kafka is asked again while it does not answer, and how often the metadata is refreshed while it does. */
const PROBE_MS = 1_000;
const METADATA_AGE_MS_MAX = 300_000;
/** What a record counts beyond its key, value and headers. */
const ENTRY_BYTES = 64;

class GroupingProducer implements Producer {
  readonly #options: Required<ProducerOptions>;
  readonly #cluster: Cluster;
  readonly #producerIds: ProducerIds;
  readonly #sender: Sender;
  readonly #topics = new Map<string, TopicQueue>();
  readonly #flushes = new Set<{ open: number }>();
  #before = { open: 0 };
  #onSettled: (() => void)[] = [];
  #queuedRecords = 0;
  #queuedBytes = 0;
  #tick: Timer | undefined;
  #probe: Timer | undefined;
  #probedAt = performance.now();
  #closing: boolean = false;
  #undelivered = 0;

  constructor(settings: KafkaSettings, options: Required<ProducerOptions>) {
    this.#options = options;
    const { connectTimeoutMs, requestTimeoutMs } = options;
    this.#cluster = new Cluster(settings, { connectTimeoutMs, requestTimeoutMs, onChange: () => this.#changed() });
    this.#producerIds = new ProducerIds(this.#cluster, () => this.#sender.wake());
    this.#sender = new Sender(this.#cluster, this.#producerIds, options);
  }

  async open(): Promise<void> {
    try {
      await this.#cluster.connect();
      await this.#producerIds.obtain(this.#options.deliveryTimeoutMs);
    } catch (error) {
      this.#cluster.close();
      throw error;
    }
    this.#probe = setInterval(() => this.#probeIfDue(), PROBE_MS);
    this.#probe.unref();
  }

  send(record: OutgoingRecord): Promise<Delivery> {
    return new Promise((resolve) => {
      this.#accept(record, sinkOfOne(resolve), 0, performance.now() + this.#options.deliveryTimeoutMs);
    });
  }

  sendAll(records: readonly OutgoingRecord[]): Promise<Delivery[]> {
    if (records.length === 0) return Promise.resolve([]);
    return new Promise((resolve) => {
      const sink = sinkOfAll(records.length, resolve);
      const deadline = performance.now() + this.#options.deliveryTimeoutMs;
      for (const [index, record] of records.entries()) this.#accept(record, sink, index, deadline);
    });
  }

  async flush({ timeoutMs }: { timeoutMs: number }): Promise<{ undelivered: number }> {
    const open = await this.#settled(timeoutMs);
    return { undelivered: open };
  }

  async close({ timeoutMs }: { timeoutMs: number }): Promise<{ undelivered: number }> {
    if (this.#closing) return { undelivered: this.#undelivered };
    this.#closing = true;
    this.#undelivered = 0;
    await this.#settled(timeoutMs);
    const error = new KafkaError("CLOSED", "the producer was closed before Kafka answered");
    for (const topic of this.#topics.values()) topic.failAll(error);
    this.#sender.stop();
    clearInterval(this.#probe);
    clearInterval(this.#tick);
    this.#cluster.close();
    return { undelivered: this.#undelivered };
  }

  stats(): ProducerStats {
    return {
      queuedRecords: this.#queuedRecords,
      queuedBytes: this.#queuedBytes,
      inFlightRequests: this.#sender.inFlightRequests,
    };
  }

  available(): boolean {
    return this.#cluster.reachable;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close({ timeoutMs: this.#options.deliveryTimeoutMs });
  }

  #accept(record: OutgoingRecord, sink: Sink, index: number, deadline: number): void {
    const bytes = bytesOf(record);
    const problem = this.#problemWith(record, bytes);
    if (problem !== undefined) {
      sink.settle(index, failed(problem));
      return;
    }
    const before = this.#before;
    before.open++;
    this.#queuedRecords++;
    this.#queuedBytes += bytes;
    this.#tick ??= setInterval(() => this.#onTick(), TICK_MS);
    this.#topicOf(record.topic).push({ record, bytes, deadline, sink, index, before });
  }

  #problemWith({ topic, timestamp }: OutgoingRecord, bytes: number): KafkaError | undefined {
    const { queueBytesMax, requestBytesMax } = this.#options;
    if (this.#closing) return new KafkaError("CLOSED", "the producer is closed");
    if (bytes > requestBytesMax) {
      return new KafkaError(
        "MESSAGE_TOO_LARGE",
        `${bytes} bytes for ${topic}; a request has ${requestBytesMax} at most`,
      );
    }
    if (!Number.isSafeInteger(timestamp)) return new KafkaError("INVALID_TIMESTAMP", `${timestamp} for ${topic}`);
    if (this.#queuedBytes + bytes > queueBytesMax) {
      return new KafkaError("QUEUE_FULL", `${this.#queuedBytes} bytes wait; the limit is ${queueBytesMax}`);
    }
    return undefined;
  }

  #topicOf(topic: string): TopicQueue {
    const known = this.#topics.get(topic);
    if (known !== undefined) return known;
    const { batchBytesMax, batchRecordsMax, compression } = this.#options;
    const queue = new TopicQueue(topic, {
      bytesMax: batchBytesMax,
      recordsMax: batchRecordsMax,
      compression,
      settle: (entry, delivery) => this.#settle(entry, delivery),
      onReady: (partition) => this.#sender.add(partition),
    });
    this.#topics.set(topic, queue);
    queue.learn(this.#cluster.topic(topic));
    if (queue.unknown) this.#sender.refresh([topic]);
    return queue;
  }

  #settle(entry: Entry, delivery: Delivery): void {
    this.#queuedRecords--;
    this.#queuedBytes -= entry.bytes;
    if (delivery.status !== "stored") this.#undelivered++;
    if (--entry.before.open === 0) for (const check of this.#onSettled) check();
    entry.sink.settle(entry.index, delivery);
  }

  /** Waits until everything accepted so far is answered; resolves with the number of records that are not. */
  #settled(timeoutMs: number): Promise<number> {
    // Records from here on count for the next flush, so that a flush ends although others go on sending.
    this.#flushes.add(this.#before);
    this.#before = { open: 0 };
    const groups = [...this.#flushes];
    const open = () => groups.reduce((sum, group) => sum + group.open, 0);
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#onSettled = this.#onSettled.filter((other) => other !== check);
        for (const group of groups) if (group.open === 0) this.#flushes.delete(group);
        resolve(open());
      };
      const check = () => {
        if (open() === 0) end();
      };
      const timer = setTimeout(end, timeoutMs);
      this.#onSettled.push(check);
      check();
    });
  }

  /** A connection opened or broke, or the metadata came. */
  #changed(): void {
    // The last connection is gone: whether Kafka is, or only the connection, shows when it is asked.
    if (this.#cluster.reachable && !this.#cluster.connected && !this.#closing) this.#sender.refresh([]);
    for (const [name, queue] of this.#topics) {
      if (queue.learn(this.#cluster.topic(name))) continue;
      // Gone: whoever sends to it next asks again.
      this.#topics.delete(name);
      this.#cluster.forget(name);
    }
    this.#sender.wake();
  }

  #onTick(): void {
    const now = performance.now();
    for (const queue of this.#topics.values()) {
      queue.expire(now);
      if (queue.unknown && !queue.idle) this.#sender.refresh([queue.topic]);
    }
    this.#sender.wake();
    if (this.#queuedRecords > 0) return;
    clearInterval(this.#tick);
    this.#tick = undefined;
  }

  #probeIfDue(): void {
    const now = performance.now();
    if (this.#cluster.reachable && this.#cluster.connected && now - this.#probedAt < METADATA_AGE_MS_MAX) return;
    this.#probedAt = now;
    this.#sender.refresh([]);
  }
}

function bytesOf({ key, value, headers, prepared }: OutgoingRecord): number {
  let bytes = ENTRY_BYTES + (key?.length ?? 0) + (value?.length ?? 0) + (prepared?.bytes.length ?? 0);
  if (headers !== undefined) for (const [name, text] of headers) bytes += name.length + (text?.length ?? 0);
  return bytes;
}
