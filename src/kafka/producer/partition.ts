import type { Compression } from "../compression.ts";
import { errorOf, KafkaError, type KafkaErrorKind } from "../errors.ts";
import { type BatchIdentity, type BatchWriter, stampBatch } from "../records/encode.ts";
import { type Entry, EntryQueue } from "./entry.ts";
import { advanced, type Identity, identityOf, renewed, rewound } from "./identity.ts";
import type { ProduceAnswer } from "./produce-request.ts";
import type { Delivery } from "./types.ts";

export interface BatchLimits {
  readonly bytesMax: number;
  readonly recordsMax: number;
  readonly compression: Compression;
}

/** One sending of a batch. */
export interface Attempt {
  readonly bytes: Buffer;
  readonly entries: readonly Entry[];
}

/** Bytes that were sent, or are about to be. They never change: a repetition is the same bytes under the same numbers. */
interface Batch extends Attempt {
  /** Size before compression. */
  readonly size: number;
  readonly identity: BatchIdentity;
  /** Entries before this one are answered: their deadline has passed. */
  answered: number;
  inFlight: boolean;
  /** Whether any attempt may have stored it. Once it may have, it stays so until an answer says it has. */
  unknown: boolean;
  /** Whether a broker said that it does not lead the partition. */
  elsewhere: boolean;
  attempts: number;
  lastError: KafkaError | undefined;
}

/** Pause before a batch is sent again; doubles with each attempt. */
const RETRY_BACKOFF_MS = 50;
const RETRY_BACKOFF_MS_MAX = 500;
/** Batches refused as too large are halved, but not for ever because of one large record among small ones. */
const SHRUNK_BYTES_MIN = 16 * 1024;
const GROWTH = 1.1;

/**
 * What waits for one partition, and the one batch of it that is on its way. Does no I/O; the time is an argument.
 *
 * At most one batch is in flight, and it stays first until its outcome is known or its last deadline has passed, so
 * records are stored in the order in which they came. Whatever happens, each entry is answered exactly once.
 */
export class PartitionQueue {
  readonly topic: string;
  readonly partition: number;
  readonly #limits: BatchLimits;
  readonly #settle: (entry: Entry, delivery: Delivery) => void;
  readonly #waiting = new EntryQueue();
  #batch: Batch | undefined;
  #identity: Identity | undefined;
  #bytesMax: number;
  #recordsMax: number;
  #notBefore = 0;
  #spentProducerId: bigint | undefined;

  constructor(
    topic: string,
    partition: number,
    limits: BatchLimits,
    settle: (entry: Entry, delivery: Delivery) => void,
  ) {
    this.topic = topic;
    this.partition = partition;
    this.#limits = limits;
    this.#settle = settle;
    this.#bytesMax = limits.bytesMax;
    this.#recordsMax = limits.recordsMax;
  }

  push(entry: Entry): void {
    this.#waiting.push(entry);
  }

  /** Whether nothing waits and nothing is on its way. */
  get idle(): boolean {
    return this.#batch === undefined && this.#waiting.length === 0;
  }

  /** Whether there is something that may be sent now. */
  ready(now: number): boolean {
    return !this.idle && this.#batch?.inFlight !== true && now >= this.#notBefore;
  }

  /** Takes a producer id for the batches to come, unless it has one. False where it has used this one up. */
  identify(producerId: bigint): boolean {
    if (this.#identity === undefined && producerId === this.#spentProducerId) return false;
    this.#identity ??= identityOf(producerId);
    return true;
  }

  /**
   * Begins an attempt: the batch that is to be sent again, or a new one of what waits. Undefined where all that waited
   * is past its deadline. Needs an identity.
   */
  begin(writer: BatchWriter, now: number): Attempt | undefined {
    this.#batch ??= this.#seal(writer, now);
    if (this.#batch === undefined) return undefined;
    this.#batch.inFlight = true;
    this.#batch.attempts++;
    return this.#batch;
  }

  /** Ends an attempt that got an answer: undefined where the answer did not name this partition. */
  answer(attempt: Attempt, answer: ProduceAnswer | undefined, now: number): void {
    const batch = this.#endOf(attempt);
    if (batch === undefined) return;
    const about = `${this.topic}-${this.partition}`;
    if (answer === undefined) {
      this.#retry(batch, new KafkaError("MALFORMED_ANSWER", `the answer does not name ${about}`), now);
    } else if (answer.errorCode !== 0) {
      const error = errorOf(answer.errorCode, about);
      this.#refused(batch, error, answer.baseOffset < 0n && ELSEWHERE.has(error.kind), now);
    } else if (answer.baseOffset < 0n) {
      this.#retry(batch, new KafkaError("MALFORMED_ANSWER", `success without an offset for ${about}`), now);
    } else {
      this.#stored(batch, answer);
    }
  }

  /** Ends an attempt whose request failed as a whole. */
  fail(attempt: Attempt, error: KafkaError, now: number): void {
    const batch = this.#endOf(attempt);
    if (batch !== undefined) this.#retry(batch, error, now);
  }

  /** Answers every entry whose deadline has passed. */
  expire(now: number): void {
    const batch = this.#batch;
    if (batch !== undefined && (batch.entries[batch.answered]?.deadline ?? Number.POSITIVE_INFINITY) <= now) {
      this.#expireBatch(batch, now);
    }
    this.#expireWaiting(now);
  }

  /** Answers all entries because of an error that no repetition would cure. */
  failAll(error: KafkaError): void {
    const batch = this.#batch;
    if (batch !== undefined) {
      if (batch.inFlight || batch.unknown) this.#giveUp(batch, error);
      else this.#takeBack(batch);
    }
    for (let entry = this.#waiting.shift(); entry !== undefined; entry = this.#waiting.shift()) {
      this.#settle(entry, failed(error));
    }
  }

  #seal(writer: BatchWriter, now: number): Batch | undefined {
    this.#expireWaiting(now);
    if (this.#identity === undefined) return undefined;
    const entries: Entry[] = [];
    for (let next = this.#waiting.peek(); next !== undefined; next = this.#waiting.peek()) {
      if (entries.length === this.#recordsMax || !writer.add(next.record, this.#bytesMax)) break;
      this.#waiting.shift();
      entries.push(next);
    }
    if (entries.length === 0) return undefined;
    const size = writer.size;
    const bytes = writer.finish(this.#limits.compression);
    const { producerId, producerEpoch, nextSequence } = this.#identity;
    const identity = { producerId, producerEpoch, baseSequence: nextSequence };
    stampBatch(bytes, identity);
    this.#identity = advanced(this.#identity, entries.length);
    return {
      entries,
      bytes,
      size,
      identity,
      answered: 0,
      inFlight: false,
      unknown: false,
      elsewhere: false,
      attempts: 0,
      lastError: undefined,
    };
  }

  /** The batch whose attempt ends. Undefined where it was given up meanwhile: the answer is not of the batch of now. */
  #endOf(attempt: Attempt): Batch | undefined {
    if (this.#batch !== attempt) return undefined;
    this.#batch.inFlight = false;
    return this.#batch;
  }

  #stored(batch: Batch, { baseOffset, logAppendTime }: ProduceAnswer): void {
    this.#batch = undefined;
    this.#notBefore = 0;
    this.#recordsMax = Math.min(2 * this.#recordsMax, this.#limits.recordsMax);
    this.#bytesMax = Math.min(Math.ceil(GROWTH * this.#bytesMax), this.#limits.bytesMax);
    const appendedAt = logAppendTime < 0n ? undefined : Number(logAppendTime);
    const { partition } = this;
    let offset = baseOffset + BigInt(batch.answered);
    for (let index = batch.answered; index < batch.entries.length; index++, offset++) {
      const entry = batch.entries[index];
      if (entry === undefined) break; // Never: the index is in range.
      const timestamp = appendedAt ?? entry.record.timestamp;
      this.#settle(entry, { status: "stored", partition, offset, timestamp });
    }
  }

  #refused(batch: Batch, error: KafkaError, elsewhere: boolean, now: number): void {
    if (elsewhere) {
      batch.elsewhere = true;
      this.#pause(batch, error, now);
    } else if (error.retriable) {
      this.#retry(batch, error, now);
    } else if (batch.unknown || error.outcome !== "refused") {
      this.#giveUp(batch, error);
    } else if (NEEDS_IDENTITY.has(error.kind)) {
      this.#takeBack(batch);
      this.#renew(batch, error.kind === "INVALID_PRODUCER_EPOCH");
    } else if (SPLITS.has(error.kind) && batch.entries.length > 1) {
      this.#recordsMax = Math.ceil(batch.entries.length / 2);
      if (error.kind === "MESSAGE_TOO_LARGE" || error.kind === "RECORD_LIST_TOO_LARGE") {
        this.#bytesMax = Math.max(Math.ceil(batch.size / 2), SHRUNK_BYTES_MIN);
      }
      this.#takeBack(batch);
    } else {
      this.#rewind(batch);
      this.#settleRest(batch, failed(error));
    }
  }

  #retry(batch: Batch, error: KafkaError, now: number): void {
    if (error.outcome !== "refused") batch.unknown = true;
    this.#pause(batch, error, now);
  }

  #pause(batch: Batch, error: KafkaError, now: number): void {
    batch.lastError = error;
    this.#notBefore = now + Math.min(RETRY_BACKOFF_MS * 2 ** (batch.attempts - 1), RETRY_BACKOFF_MS_MAX);
  }

  #expireBatch(batch: Batch, now: number): void {
    // Certainly not stored, and not being sent: its entries can wait again without those whose time is over.
    if (!batch.inFlight && !batch.unknown) {
      this.#takeBack(batch);
      return;
    }
    const error = new KafkaError("OUTCOME_UNKNOWN", `no clear answer for ${this.topic}-${this.partition} in time`, {
      cause: batch.lastError,
    });
    const delivery: Delivery = { status: "unknown", error };
    for (let entry = batch.entries[batch.answered]; entry !== undefined; entry = batch.entries[batch.answered]) {
      if (entry.deadline > now) return;
      batch.answered++;
      this.#settle(entry, delivery);
    }
    this.#giveUp(batch, error);
  }

  #expireWaiting(now: number): void {
    for (let entry = this.#waiting.peek(); entry !== undefined; entry = this.#waiting.peek()) {
      if (entry.deadline > now) return;
      this.#waiting.shift();
      const message = `${this.topic}-${this.partition} could not be reached in time`;
      this.#settle(entry, failed(new KafkaError("DELIVERY_TIMEOUT", message)));
    }
  }

  /** Ends with a batch that may or may not be stored. Nothing may follow it under the same numbers. */
  #giveUp(batch: Batch, error: KafkaError): void {
    this.#renew(batch, false);
    this.#batch = undefined;
    this.#notBefore = 0;
    this.#settleRest(batch, { status: "unknown", error });
  }

  /** Dissolves a batch that was certainly not stored: what is left of it waits again, its numbers are free again. */
  #takeBack(batch: Batch): void {
    this.#rewind(batch);
    this.#waiting.unshift(batch.entries.slice(batch.answered));
  }

  #rewind(batch: Batch): void {
    // Other records under numbers that another broker may have seen: a new epoch costs nothing, and leaves no doubt.
    if (batch.elsewhere) this.#renew(batch, false);
    else if (this.#identity !== undefined) this.#identity = rewound(this.#identity, batch.identity);
    this.#batch = undefined;
    this.#notBefore = 0;
  }

  #renew(batch: Batch, otherProducer: boolean): void {
    const { producerId, producerEpoch, baseSequence } = batch.identity;
    this.#identity = otherProducer ? undefined : renewed({ producerId, producerEpoch, nextSequence: baseSequence });
    if (this.#identity === undefined) this.#spentProducerId = producerId;
  }

  #settleRest(batch: Batch, delivery: Delivery): void {
    for (const entry of batch.entries.slice(batch.answered)) this.#settle(entry, delivery);
  }
}

/**
 * The broker does not lead the partition. One that lost it while replicas were copying the batch says so too, but then
 * names the offset at which it had appended it (DelayedProduce and ReplicaManager in Apache Kafka): without an offset
 * it has not.
 */
const ELSEWHERE: ReadonlySet<KafkaErrorKind> = new Set(["NOT_LEADER_OR_FOLLOWER", "LEADER_NOT_AVAILABLE"]);

/** The broker does not take the batch's numbers; the records can go under others. */
const NEEDS_IDENTITY: ReadonlySet<KafkaErrorKind> = new Set([
  "OUT_OF_ORDER_SEQUENCE_NUMBER",
  "UNKNOWN_PRODUCER_ID",
  "INVALID_PRODUCER_EPOCH",
]);

/** One record may be to blame for its batch: halves are tried, so that it takes no other down with it. */
const SPLITS: ReadonlySet<KafkaErrorKind> = new Set([
  "MESSAGE_TOO_LARGE",
  "RECORD_LIST_TOO_LARGE",
  "INVALID_RECORD",
  "INVALID_TIMESTAMP",
]);

export function failed(error: KafkaError): Delivery {
  return { status: "failed", error, retryable: error.retriable };
}
