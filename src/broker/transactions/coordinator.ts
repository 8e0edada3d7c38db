import type { Emit } from "../../events.ts";
import type { Groups } from "../groups/index.ts";
import type { Table } from "../log/index.ts";
import { type ErrorName, KafkaFault } from "../protocol/index.ts";
import type { Topics } from "../topics.ts";
import { addOffsets, verifyOffsets } from "./add-offsets.ts";
import { addPartitions, verifyPartition } from "./add-partitions.ts";
import { completed, end } from "./end.ts";
import { expire, expiresAt } from "./expire.ts";
import { init } from "./init.ts";
import { writeMarkers } from "./markers.ts";
import { producerIds } from "./producer-ids.ts";
import {
  identityOf,
  isPrepared,
  moved,
  NO_EPOCH,
  NO_ID,
  newTransaction,
  type Step,
  type Transaction,
  type Turn,
} from "./state.ts";
import { changeTo, storedIn } from "./stored.ts";
import type { Identified, TopicPartition, TransactionalProducer, Transactions } from "./types.ts";

export interface TransactionsOptions {
  /** Where transactions and the next producer id are kept. It is closed with the coordinator. */
  readonly table: Table;
  readonly topics: Pick<Topics, "partition">;
  readonly groups: Pick<Groups, "endTransaction">;
  /** As many transactional ids are known at a time. */
  readonly transactionsMax: number;
  readonly now: () => number;
  readonly emit: Emit;
}

/** Opens the coordinator, and completes what was prepared when the process ended. Logs and groups must be open. */
export function openTransactions(options: TransactionsOptions): Transactions {
  return new Coordinator(options);
}

/** No client makes ids anywhere near; each is kept for a week. */
const ID_CHARACTERS_MAX = 4096;
/** `transaction.max.timeout.ms` of Apache Kafka. */
const TIMEOUT_MS_MAX = 15 * 60 * 1000;
/** How long until markers that could not be written are tried again. */
const RETRY_MS = 1000;
/** The timer looks this often at least: the clock may be set. */
const WAIT_MS_MAX = 60_000;
/** Where there is no room for one more transactional id, those that are not used for this long make room. */
const SPARE_AFTER_MS = 60 * 60 * 1000;

class Coordinator implements Transactions {
  readonly #options: TransactionsOptions;
  readonly #newProducerId: () => bigint;
  readonly #all = new Map<string, Transaction>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wakesAt = Number.POSITIVE_INFINITY;

  constructor(options: TransactionsOptions) {
    this.#options = options;
    this.#newProducerId = producerIds(options.table);
    for (const transaction of storedIn(options.table)) this.#all.set(transaction.transactionalId, transaction);
    for (const transaction of this.#all.values()) if (isPrepared(transaction)) this.#complete(transaction, true);
    this.#wakeUp();
  }

  get all(): ReadonlyMap<string, Transaction> {
    return this.#all;
  }

  init({ transactionalId, timeoutMs, was }: Parameters<Transactions["init"]>[0]): Identified {
    if (transactionalId === null) return { error: "NONE", producerId: this.#newProducerId(), producerEpoch: 0 };
    if (transactionalId === "" || transactionalId.length > ID_CHARACTERS_MAX) return failed("INVALID_REQUEST");
    if (timeoutMs <= 0 || timeoutMs > TIMEOUT_MS_MAX) return failed("INVALID_TRANSACTION_TIMEOUT");
    const turn = this.#turn();
    const known = this.#all.get(transactionalId);
    if (!known && !this.#hasRoom(turn.now)) return failed("POLICY_VIOLATION");
    const transaction = known ?? newTransaction(transactionalId, timeoutMs, turn);
    const step = init(transaction, { timeoutMs, was }, turn);
    const result = this.#take(transaction, step);
    // What was under way is aborted by now; the producer asks again, as it does of Apache Kafka, where that takes longer.
    return step.kind === "moved" && step.to.state === "PrepareAbort" ? failed("CONCURRENT_TRANSACTIONS") : result;
  }

  addPartitions(producer: TransactionalProducer, partitions: Transaction["partitions"]): ErrorName {
    const { now } = this.#options;
    return this.#step(producer, (transaction) => addPartitions(transaction, producer, partitions, now())).error;
  }

  addOffsets(producer: TransactionalProducer, groupId: string): ErrorName {
    const { now } = this.#options;
    return this.#step(producer, (transaction) => addOffsets(transaction, producer, groupId, now())).error;
  }

  end(producer: TransactionalProducer, how: Parameters<Transactions["end"]>[1]): Identified {
    return this.#step(producer, (transaction) => end(transaction, { ...producer, ...how }, this.#turn()));
  }

  hasPartition(producer: TransactionalProducer, { topic, partition }: TopicPartition): ErrorName {
    return this.#check(producer, (transaction) => verifyPartition(transaction, producer, topic, partition));
  }

  hasOffsets(producer: TransactionalProducer, groupId: string): ErrorName {
    return this.#check(producer, (transaction) => verifyOffsets(transaction, producer, groupId));
  }

  verify({ partition, add, ...producer }: Parameters<Transactions["verify"]>[0]): ErrorName {
    const { topic } = partition;
    const error = add
      ? this.addPartitions(producer, new Map([[topic, [partition.partition]]]))
      : this.hasPartition(producer, partition);
    // Producers know an epoch that is too old by the name that the log has for it.
    return error === "PRODUCER_FENCED" ? "INVALID_PRODUCER_EPOCH" : error;
  }

  expire(): void {
    const now = this.#options.now();
    for (const transaction of this.#all.values()) {
      if (isPrepared(transaction)) this.#complete(transaction, false);
      else if (expiresAt(transaction) <= now) this.#expire(transaction, now);
    }
    this.#wakeUp();
  }

  close(): void {
    // Nothing is due any more, so that no later call sets the timer.
    this.#wakesAt = Number.NEGATIVE_INFINITY;
    clearTimeout(this.#timer);
    this.#options.table.close();
  }

  #expire(transaction: Transaction, now: number): void {
    const { transactionalId, producerId, state, startedAt } = transaction;
    try {
      this.#take(transaction, expire(transaction, this.#turn()));
    } catch (error) {
      // It cannot be stored now; the timer comes again.
      if (!(error instanceof KafkaFault)) throw error;
      return;
    }
    if (state === "Ongoing") {
      this.#options.emit("broker.transaction.expired", { transactionalId, producerId, tookMs: now - startedAt });
    }
  }

  #turn(): Turn {
    return { now: this.#options.now(), newProducerId: this.#newProducerId };
  }

  #check({ transactionalId }: TransactionalProducer, check: (transaction: Transaction) => ErrorName): ErrorName {
    if (transactionalId === "") return "INVALID_REQUEST";
    const transaction = this.#all.get(transactionalId);
    return transaction ? check(transaction) : "INVALID_PRODUCER_ID_MAPPING";
  }

  #step({ transactionalId }: TransactionalProducer, verb: (transaction: Transaction) => Step): Identified {
    if (transactionalId === "") return failed("INVALID_REQUEST");
    const transaction = this.#all.get(transactionalId);
    return transaction ? this.#take(transaction, verb(transaction)) : failed("INVALID_PRODUCER_ID_MAPPING");
  }

  /** Stores what a verb has decided and does what follows from it. Gives the identity that the producer has then. */
  #take(transaction: Transaction, step: Step): Identified {
    if (step.kind === "refused") return failed(step.error);
    if (step.kind === "unchanged") return { error: "NONE", ...identityOf(transaction) };
    this.#store(step.to);
    if (isPrepared(step.to)) this.#complete(step.to, false);
    return { error: "NONE", ...identityOf(step.to) };
  }

  #store(transaction: Transaction): void {
    this.#options.table.change([changeTo(transaction)]);
    if (transaction.state === "Dead") this.#all.delete(transaction.transactionalId);
    else this.#all.set(transaction.transactionalId, transaction);
    this.#wakeBy(expiresAt(transaction));
  }

  /**
   * Writes the markers and tells the groups. The outcome is decided, so that what fails here is told to nobody: it is
   * tried again until it is done.
   */
  #complete(transaction: Transaction, again: boolean): void {
    const { topics, groups, emit, now } = this.#options;
    const { transactionalId, producerId, state } = transaction;
    const partitions = writeMarkers(transaction, { topics, emit, now: now(), again });
    try {
      for (const group of transaction.groups) groups.endTransaction(group, producerId, state === "PrepareCommit");
      if (partitions.size === 0) {
        this.#store(completed(transaction, now()));
        return;
      }
    } catch (error) {
      if (!(error instanceof KafkaFault)) throw error;
    }
    // In the table all partitions stay: a restart looks into the logs for what is missing.
    this.#all.set(transactionalId, { ...transaction, partitions });
    this.#wakeBy(now() + RETRY_MS);
  }

  #hasRoom(now: number): boolean {
    if (this.#all.size < this.#options.transactionsMax) return true;
    for (const transaction of this.#all.values()) {
      const idle = transaction.updatedAt + SPARE_AFTER_MS <= now;
      if (idle && transaction.state !== "Ongoing" && !isPrepared(transaction)) {
        this.#store(moved(transaction, "Dead", {}, now));
        return true;
      }
    }
    return false;
  }

  /** Sets the timer to what is due next of all. */
  #wakeUp(): void {
    this.#wakesAt = Number.POSITIVE_INFINITY;
    let next = this.#options.now() + WAIT_MS_MAX;
    for (const transaction of this.#all.values()) {
      next = Math.min(next, isPrepared(transaction) ? this.#options.now() + RETRY_MS : expiresAt(transaction));
    }
    this.#wakeBy(next);
  }

  #wakeBy(at: number): void {
    if (at >= this.#wakesAt) return;
    this.#wakesAt = at;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.expire(), Math.min(Math.max(at - this.#options.now(), 1), WAIT_MS_MAX));
    // Whoever holds the broker decides how long the process lives.
    this.#timer.unref();
  }
}

const failed = (error: ErrorName): Identified => ({ error, producerId: NO_ID, producerEpoch: NO_EPOCH });
