import { KafkaFault } from "../protocol/index.ts";
import type { Batch, EndMarker } from "../protocol/records/index.ts";
import type { ActiveProducer } from "./types.ts";

/** A batch that a producer wrote, kept to tell when it comes again. */
export interface WrittenBatch {
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly firstOffset: bigint;
  readonly lastOffset: bigint;
  readonly timestamp: bigint;
}

interface Producer {
  epoch: number;
  coordinatorEpoch: number;
  lastTimestamp: bigint;
  /** Of its open transaction; -1 where it has none. */
  transactionStart: bigint;
  /** The last ones of this epoch, the oldest first. */
  batches: WrittenBatch[];
}

/** What Apache Kafka keeps, and the most requests that its producer has under way at a time. */
const BATCHES_KEPT = 5;
/** `producer.id.expiration.ms` */
const EXPIRATION_MS = 86_400_000;
const SEQUENCE_MAX = 2 ** 31 - 1;

/**
 * What each producer may write next in one partition, and which transactions are open there: the rules of Apache Kafka's
 * ProducerStateManager. Checks come first and change nothing; what was written is then noted.
 */
export class Producers {
  readonly #byId = new Map<bigint, Producer>();
  /** Producers with an open transaction. Later ones begin at later offsets, so the first in the map is the oldest. */
  readonly #open = new Map<bigint, bigint>();

  /** First offset of the oldest open transaction. */
  get firstOpenOffset(): bigint | undefined {
    for (const offset of this.#open.values()) return offset;
    return undefined;
  }

  /** The batch as it was written the first time; both of its sequences have to be the same. */
  duplicateOf(batch: Batch): WrittenBatch | undefined {
    const producer = this.#byId.get(batch.producerId);
    if (producer === undefined || producer.epoch !== batch.producerEpoch) return undefined;
    const { baseSequence, lastSequence } = batch;
    return producer.batches.find((one) => one.firstSequence === baseSequence && one.lastSequence === lastSequence);
  }

  /** @throws KafkaFault INVALID_PRODUCER_EPOCH, OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_TXN_STATE */
  assertMayWrite(batch: Batch): void {
    const producer = this.#byId.get(batch.producerId);
    // One that is not known, or not any more, may begin with any sequence.
    if (producer === undefined) return;
    assertEpoch(producer, batch.producerId, batch.producerEpoch);
    assertSequence(producer, batch);
    if (producer.transactionStart >= 0n && !batch.transactional) {
      throw new KafkaFault(
        "INVALID_TXN_STATE",
        `Producer ${batch.producerId} has a transaction open, and wrote outside of it`,
      );
    }
  }

  /** @throws KafkaFault INVALID_PRODUCER_EPOCH, TRANSACTION_COORDINATOR_FENCED */
  assertMayEnd({ producerId, producerEpoch, coordinatorEpoch }: EndMarker): void {
    const producer = this.#byId.get(producerId);
    if (producer === undefined) return;
    assertEpoch(producer, producerId, producerEpoch);
    if (coordinatorEpoch < producer.coordinatorEpoch) {
      const message = `Coordinator epoch ${coordinatorEpoch} of producer ${producerId} is below ${producer.coordinatorEpoch}`;
      throw new KafkaFault("TRANSACTION_COORDINATOR_FENCED", message);
    }
  }

  wrote(batch: Batch, firstOffset: bigint, lastOffset: bigint): void {
    const { producerId, transactional, maxTimestamp: timestamp } = batch;
    const producer = this.#at(producerId, batch.producerEpoch);
    producer.lastTimestamp = timestamp;
    const { baseSequence: firstSequence, lastSequence } = batch;
    producer.batches.push({ firstSequence, lastSequence, firstOffset, lastOffset, timestamp });
    if (producer.batches.length > BATCHES_KEPT) producer.batches.shift();
    if (!transactional || producer.transactionStart >= 0n) return;
    producer.transactionStart = firstOffset;
    this.#open.set(producerId, firstOffset);
  }

  /** Notes a marker, and gives the first offset of the transaction that it ended, if there was one. */
  ended({ producerId, producerEpoch, coordinatorEpoch }: EndMarker, timestamp: bigint): bigint | undefined {
    const producer = this.#at(producerId, producerEpoch);
    const start = producer.transactionStart;
    producer.coordinatorEpoch = coordinatorEpoch;
    producer.lastTimestamp = timestamp;
    producer.transactionStart = -1n;
    this.#open.delete(producerId);
    return start < 0n ? undefined : start;
  }

  /** Forgets producers that have not written for a day, unless a transaction of theirs is open. */
  expire(now: number): void {
    for (const [producerId, producer] of this.#byId) {
      if (isExpired(producer, now)) this.#byId.delete(producerId);
    }
  }

  active(now: number): ActiveProducer[] {
    return [...this.#byId]
      .filter(([, producer]) => !isExpired(producer, now))
      .map(([producerId, producer]) => ({
        producerId,
        producerEpoch: producer.epoch,
        lastSequence: producer.batches.at(-1)?.lastSequence ?? -1,
        lastTimestamp: producer.lastTimestamp,
        coordinatorEpoch: producer.coordinatorEpoch,
        currentTransactionStartOffset: producer.transactionStart,
      }));
  }

  /** Whether a batch is the last that tells of a producer: of its sequence or, where it has none, of its epoch. */
  stopsAt(batch: Batch): boolean {
    const producer = this.#byId.get(batch.producerId);
    if (producer === undefined) return false;
    const last = producer.batches.at(-1);
    if (last !== undefined) return last.lastOffset === batch.lastOffset;
    return batch.control && batch.producerEpoch === producer.epoch;
  }

  toJSON(): StoredProducer[] {
    return [...this.#byId].map(([id, { epoch, coordinatorEpoch, lastTimestamp, transactionStart, batches }]) => [
      String(id),
      epoch,
      coordinatorEpoch,
      String(lastTimestamp),
      String(transactionStart),
      batches.map((one) => [
        one.firstSequence,
        one.lastSequence,
        String(one.firstOffset),
        String(one.lastOffset),
        String(one.timestamp),
      ]),
    ]);
  }

  static from(stored: readonly StoredProducer[]): Producers {
    const producers = new Producers();
    const open: [bigint, bigint][] = [];
    for (const [id, epoch, coordinatorEpoch, lastTimestamp, start, batches] of stored) {
      const transactionStart = BigInt(start);
      if (transactionStart >= 0n) open.push([BigInt(id), transactionStart]);
      producers.#byId.set(BigInt(id), {
        epoch,
        coordinatorEpoch,
        lastTimestamp: BigInt(lastTimestamp),
        transactionStart,
        batches: batches.map(([firstSequence, lastSequence, firstOffset, lastOffset, timestamp]) => ({
          firstSequence,
          lastSequence,
          firstOffset: BigInt(firstOffset),
          lastOffset: BigInt(lastOffset),
          timestamp: BigInt(timestamp),
        })),
      });
    }
    open.sort(([, a], [, b]) => (a < b ? -1 : 1));
    for (const [id, start] of open) producers.#open.set(id, start);
    return producers;
  }

  /** The state of a producer under an epoch; what it wrote under another does not count any more. */
  #at(producerId: bigint, epoch: number): Producer {
    let producer = this.#byId.get(producerId);
    if (producer === undefined) {
      producer = { epoch, coordinatorEpoch: -1, lastTimestamp: -1n, transactionStart: -1n, batches: [] };
      this.#byId.set(producerId, producer);
    } else if (producer.epoch !== epoch) {
      producer.epoch = epoch;
      producer.batches = [];
    }
    return producer;
  }
}

/** As it is kept in a checkpoint: id, epoch, coordinator epoch, last timestamp, start of its transaction, batches. */
export type StoredProducer = [string, number, number, string, string, [number, number, string, string, string][]];

function assertEpoch(producer: Producer, producerId: bigint, epoch: number): void {
  if (epoch >= producer.epoch) return;
  throw new KafkaFault("INVALID_PRODUCER_EPOCH", `Epoch ${epoch} of producer ${producerId} is below ${producer.epoch}`);
}

function assertSequence(producer: Producer, batch: Batch): void {
  const { producerId, producerEpoch, baseSequence } = batch;
  if (producerEpoch !== producer.epoch) {
    if (baseSequence === 0) return; // KIP-360: a higher epoch begins anew.
    throw outOfOrder(producerId, `epoch ${producerEpoch} begins with sequence ${baseSequence} instead of 0`);
  }
  const last = producer.batches.at(-1)?.lastSequence ?? -1;
  if (baseSequence === last + 1 || (baseSequence === 0 && last === SEQUENCE_MAX)) return;
  throw outOfOrder(producerId, `sequence ${baseSequence} comes after ${last}`);
}

function outOfOrder(producerId: bigint, what: string): KafkaFault {
  return new KafkaFault(
    "OUT_OF_ORDER_SEQUENCE_NUMBER",
    `Out of order sequence number of producer ${producerId}: ${what}`,
  );
}

function isExpired({ transactionStart, lastTimestamp }: Producer, now: number): boolean {
  return transactionStart < 0n && BigInt(now) - lastTimestamp >= BigInt(EXPIRATION_MS);
}
