import type { Delivery, OutgoingRecord } from "./types.ts";

/** Takes the answers of records: of one, or of all that were sent together. */
export interface Sink {
  settle(index: number, delivery: Delivery): void;
}

/** A record inside the producer. An object per record and no promise: `sendAll` makes one promise for all. */
export interface Entry {
  readonly record: OutgoingRecord;
  /** What it counts in the queue. */
  readonly bytes: number;
  /** When it must be answered, in the time of `performance.now()`. */
  readonly deadline: number;
  readonly sink: Sink;
  readonly index: number;
  /** What a flush waits for: how many records of before are open. */
  readonly before: { open: number };
}

/** Waits for the answer of one record. */
export function sinkOfOne(resolve: (delivery: Delivery) => void): Sink {
  return { settle: (_, delivery) => resolve(delivery) };
}

/** Waits for the answers of `count` records, in their order. */
export function sinkOfAll(count: number, resolve: (deliveries: Delivery[]) => void): Sink {
  const deliveries = new Array<Delivery>(count);
  let open = count;
  return {
    settle(index, delivery) {
      deliveries[index] = delivery;
      if (--open === 0) resolve(deliveries);
    },
  };
}

/** First in, first out, without moving what waits behind. */
export class EntryQueue {
  #entries: (Entry | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#entries.length - this.#head;
  }

  push(entry: Entry): void {
    this.#entries.push(entry);
  }

  peek(): Entry | undefined {
    return this.#entries[this.#head];
  }

  shift(): Entry | undefined {
    const entry = this.#entries[this.#head];
    if (entry === undefined) return undefined;
    this.#entries[this.#head++] = undefined;
    // Gives the memory back when half of it is behind the head: each entry is moved once at most, on average.
    if (this.#head === this.#entries.length) this.#reset([]);
    else if (this.#head > 1024 && 2 * this.#head > this.#entries.length) this.#reset(this.#entries.slice(this.#head));
    return entry;
  }

  /** Puts entries back before all others, in their order. */
  unshift(entries: readonly Entry[]): void {
    this.#reset([...entries, ...this.#entries.slice(this.#head)]);
  }

  #reset(entries: (Entry | undefined)[]): void {
    this.#entries = entries;
    this.#head = 0;
  }
}
