import type { Marker, Table } from "../../../src/broker/log/index.ts";
import { KafkaFault } from "../../../src/broker/protocol/index.ts";
import type { Partition } from "../../../src/broker/topics.ts";
import { openTransactions, type Transactions } from "../../../src/broker/transactions/index.ts";
import { type Emit, silent } from "../../../src/events.ts";

/** The process is gone: nothing after it happens. */
export class Crash extends Error {}

/** What a partition holds: a value that a producer wrote, or the end of its transaction. */
export type Entry =
  | { readonly producerId: bigint; readonly producerEpoch: number; readonly value: string }
  | { readonly producerId: bigint; readonly producerEpoch: number; readonly committed: boolean };

/** A partition's log as far as transactions go: it fences by epoch, and knows who has a transaction open. */
export class FakeLog {
  readonly entries: Entry[] = [];
  readonly #epochs = new Map<bigint, number>();
  readonly #open = new Set<bigint>();
  readonly #happen: () => void;

  constructor(happen: () => void) {
    this.#happen = happen;
  }

  append(producerId: bigint, producerEpoch: number, value: string): void {
    this.#happen();
    this.#fence(producerId, producerEpoch);
    this.#open.add(producerId);
    this.entries.push({ producerId, producerEpoch, value });
  }

  appendMarker({ producerId, producerEpoch, committed }: Marker): void {
    this.#happen();
    this.#fence(producerId, producerEpoch);
    this.#open.delete(producerId);
    this.entries.push({ producerId, producerEpoch, committed });
  }

  producers() {
    return [...this.#open].map((producerId) => ({ producerId, currentTransactionStartOffset: 0n }));
  }

  /** Values that a read-committed consumer sees, and those whose transaction was aborted; the others are undecided. */
  get values(): { readonly committed: readonly string[]; readonly aborted: readonly string[] } {
    const waiting = new Map<bigint, string[]>();
    const committed: string[] = [];
    const aborted: string[] = [];
    for (const entry of this.entries) {
      const values = waiting.get(entry.producerId) ?? [];
      if ("value" in entry) waiting.set(entry.producerId, [...values, entry.value]);
      else {
        (entry.committed ? committed : aborted).push(...values);
        waiting.delete(entry.producerId);
      }
    }
    return { committed, aborted };
  }

  get markers(): number {
    return this.entries.filter((entry) => "committed" in entry).length;
  }

  get hasOpen(): boolean {
    return this.#open.size > 0;
  }

  #fence(producerId: bigint, producerEpoch: number): void {
    if (producerEpoch < (this.#epochs.get(producerId) ?? -1)) throw new KafkaFault("INVALID_PRODUCER_EPOCH");
    this.#epochs.set(producerId, producerEpoch);
  }
}

/** Everything that outlives the coordinator's process, a clock, and ways to make it fail. */
export class World {
  now = 1_000_000;
  /** After so many more things have happened the process is gone. */
  crashesAfter = Number.POSITIVE_INFINITY;
  /** So many markers cannot be written, since the disk refuses. */
  refusedMarkers = 0;
  /** So many changes of the table cannot be written. */
  refusedChanges = 0;
  readonly logs: readonly FakeLog[];
  /** The offsets that count, and those that wait for their transaction. */
  readonly offsets: string[] = [];
  readonly waitingOffsets = new Map<bigint, string[]>();
  readonly endedOffsets: (readonly [groupId: string, producerId: bigint, committed: boolean])[] = [];
  readonly #stored = new Map<string, string>();
  readonly #emit: Emit;
  readonly #transactionsMax: number;

  constructor({ partitions = 3, transactionsMax = 100, emit = silent as Emit } = {}) {
    this.#emit = emit;
    this.#transactionsMax = transactionsMax;
    this.logs = Array.from({ length: partitions }, () => new FakeLog(() => this.#happen()));
  }

  /** Starts a process on what is stored. */
  open(): Transactions {
    return openTransactions({
      table: this.#table(),
      topics: { partition: (topic, index) => (topic === TOPIC ? this.#partition(index) : undefined) },
      groups: { endTransaction: (...ended) => this.#endOffsets(...ended) },
      transactionsMax: this.#transactionsMax,
      now: () => this.now,
      emit: this.#emit,
    });
  }

  commitOffset(producerId: bigint, value: string): void {
    this.#happen();
    this.waitingOffsets.set(producerId, [...(this.waitingOffsets.get(producerId) ?? []), value]);
  }

  #happen(): void {
    this.crashesAfter -= 1;
    if (this.crashesAfter < 0) throw new Crash();
  }

  #endOffsets(groupId: string, producerId: bigint, committed: boolean): void {
    this.#happen();
    this.endedOffsets.push([groupId, producerId, committed]);
    if (committed) this.offsets.push(...(this.waitingOffsets.get(producerId) ?? []));
    this.waitingOffsets.delete(producerId);
  }

  /** Through JSON, as on disk. */
  #table(): Table {
    const entries = new Map<string, unknown>([...this.#stored].map(([key, json]) => [key, JSON.parse(json)]));
    return {
      entries,
      change: (changes) => {
        this.#happen();
        if (this.refusedChanges-- > 0) throw new KafkaFault("KAFKA_STORAGE_ERROR");
        for (const [key, value] of changes) {
          if (value === undefined) this.#stored.delete(key);
          else this.#stored.set(key, JSON.stringify(value));
        }
      },
      close() {},
    };
  }

  #partition(index: number): Partition | undefined {
    const log = this.logs[index];
    if (!log) return undefined;
    const appendMarker = (marker: Marker) => {
      if (this.refusedMarkers-- > 0) throw new KafkaFault("KAFKA_STORAGE_ERROR");
      log.appendMarker(marker);
    };
    // Of a partition the coordinator uses no more than this.
    return {
      topic: { name: TOPIC },
      index,
      leaderEpoch: 0,
      log: { appendMarker, producers: () => log.producers() },
    } as unknown as Partition;
  }
}

export const TOPIC = "orders";
