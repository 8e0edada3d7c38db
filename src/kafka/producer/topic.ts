import { KafkaError } from "../errors.ts";
import type { TopicMetadata } from "../metadata.ts";
import { partitionOf } from "../partitioner.ts";
import { type Entry, EntryQueue } from "./entry.ts";
import { type BatchLimits, failed, PartitionQueue } from "./partition.ts";
import type { Delivery } from "./types.ts";

export interface TopicOptions extends BatchLimits {
  readonly settle: (entry: Entry, delivery: Delivery) => void;
  /** Called with each partition that gets something to send. */
  readonly onReady: (queue: PartitionQueue) => void;
}

/** A topic is missing when two answers in a row say so: a broker that has just started may not know it yet. */
const MISSING_ANSWERS = 2;

/** The records of one topic on the way to their partitions. What comes before the partitions are known, waits here. */
export class TopicQueue {
  readonly topic: string;
  readonly #options: TopicOptions;
  readonly #unrouted = new EntryQueue();
  readonly #partitions: PartitionQueue[] = [];
  #learned: TopicMetadata | undefined;
  #missing = 0;
  #sticky = 0;
  #stickyBytes = 0;

  constructor(topic: string, options: TopicOptions) {
    this.topic = topic;
    this.#options = options;
  }

  /** Whether its partitions are not known. */
  get unknown(): boolean {
    return this.#partitions.length === 0;
  }

  get idle(): boolean {
    return this.#unrouted.length === 0 && this.#partitions.every(({ idle }) => idle);
  }

  push(entry: Entry): void {
    if (this.unknown) this.#unrouted.push(entry);
    else this.#route(entry);
  }

  /** Takes in what the cluster says of the topic. False where the topic is gone: everything is answered then. */
  learn(metadata: TopicMetadata | undefined): boolean {
    // The same object again is no answer of its own.
    if (metadata === undefined || metadata === this.#learned) return true;
    this.#learned = metadata;
    if (metadata.error !== undefined) return this.#learnError(metadata.error);
    this.#missing = 0;
    const { topic } = this;
    for (let partition = this.#partitions.length; partition < metadata.partitions.length; partition++) {
      this.#partitions.push(new PartitionQueue(topic, partition, this.#options, this.#options.settle));
    }
    // Deleted, and made anew with fewer.
    for (const gone of this.#partitions.splice(metadata.partitions.length)) {
      gone.failAll(new KafkaError("UNKNOWN_TOPIC_OR_PARTITION", `${topic}-${gone.partition}`));
    }
    if (this.unknown) return true;
    for (let entry = this.#unrouted.shift(); entry !== undefined; entry = this.#unrouted.shift()) this.#route(entry);
    return true;
  }

  expire(now: number): void {
    for (let entry = this.#unrouted.peek(); entry !== undefined; entry = this.#unrouted.peek()) {
      if (entry.deadline > now) break;
      this.#unrouted.shift();
      const message = `the partitions of ${this.topic} did not become known in time`;
      this.#options.settle(entry, failed(new KafkaError("DELIVERY_TIMEOUT", message)));
    }
    for (const queue of this.#partitions) if (!queue.idle) queue.expire(now);
  }

  failAll(error: KafkaError): void {
    for (let entry = this.#unrouted.shift(); entry !== undefined; entry = this.#unrouted.shift()) {
      this.#options.settle(entry, failed(error));
    }
    for (const queue of this.#partitions) queue.failAll(error);
  }

  #learnError(kind: KafkaError["kind"]): boolean {
    const error = new KafkaError(kind, `topic ${this.topic}`);
    if (kind === "UNKNOWN_TOPIC_OR_PARTITION" && ++this.#missing < MISSING_ANSWERS) return true;
    if (error.retriable && kind !== "UNKNOWN_TOPIC_OR_PARTITION") return true;
    this.failAll(error);
    return false;
  }

  #route(entry: Entry): void {
    const { record } = entry;
    const partition = record.partition ?? this.#choose(entry);
    const queue = this.#partitions[partition];
    if (queue === undefined) {
      const message = `${this.topic} has partitions 0 to ${this.#partitions.length - 1}, not ${partition}`;
      this.#options.settle(entry, failed(new KafkaError("UNKNOWN_TOPIC_OR_PARTITION", message)));
      return;
    }
    queue.push(entry);
    this.#options.onReady(queue);
  }

  #choose({ record: { key }, bytes }: Entry): number {
    if (key !== null) return partitionOf(key, this.#partitions.length);
    // One partition after the other, a batch each: many small batches would cost more than they spread (KIP-794).
    this.#stickyBytes += bytes;
    if (this.#stickyBytes > this.#options.bytesMax || this.#partitions[this.#sticky]?.idle !== false) {
      this.#stickyBytes = bytes;
      this.#sticky = (this.#sticky + 1) % this.#partitions.length;
    }
    return this.#sticky;
  }
}
