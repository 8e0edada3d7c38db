import Decoder from "kafkajs/src/protocol/decoder.js";
import crc32c from "kafkajs/src/protocol/recordBatch/crc32C/index.js";
import decodeBatch from "kafkajs/src/protocol/recordBatch/v0/decoder.js";

/** What a stored record looks like to a test. */
export interface StoredRecord {
  readonly offset: bigint;
  readonly key: string | null;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The header of one batch, as a broker reads it. */
export interface BatchHeader {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly count: number;
}

export type AppendResult = { readonly baseOffset: bigint; readonly duplicate: boolean } | { readonly error: number };

interface ProducerState {
  epoch: number;
  lastSequence: number;
  /** The last five batches, which is what Apache Kafka keeps to tell duplicates by. */
  batches: { first: number; last: number; baseOffset: bigint }[];
}

/** Error numbers that a log answers with. */
export const CORRUPT_MESSAGE = 2;
export const OUT_OF_ORDER_SEQUENCE_NUMBER = 45;
export const INVALID_PRODUCER_EPOCH = 47;

/**
 * One partition's log with the checks of Apache Kafka's ProducerStateManager: duplicates are answered with the offset
 * they have, gaps and old epochs are refused. Records are read by kafkajs's decoder, not by ours.
 */
export class PartitionLog {
  leader: number;
  leaderEpoch = 0;
  readonly #batches: { baseOffset: bigint; bytes: Buffer }[] = [];
  readonly #producers = new Map<bigint, ProducerState>();
  #end = 0n;

  constructor(leader: number) {
    this.leader = leader;
  }

  /** How many batches were appended. */
  get batches(): number {
    return this.#batches.length;
  }

  append(bytes: Buffer): AppendResult {
    if (crc32c(bytes.subarray(21)) !== bytes.readUInt32BE(17)) return { error: CORRUPT_MESSAGE };
    const header = headerOf(bytes);
    const checked = header.producerId < 0n ? undefined : this.#check(header);
    if (checked !== undefined) return checked;
    const baseOffset = this.#end;
    this.#batches.push({ baseOffset, bytes });
    this.#end += BigInt(header.count);
    this.#remember(header, baseOffset);
    return { baseOffset, duplicate: false };
  }

  async records(): Promise<StoredRecord[]> {
    const all: StoredRecord[] = [];
    for (const { baseOffset, bytes } of this.#batches) {
      const { records } = await decodeBatch(new Decoder(bytes));
      for (const [index, { key, value, headers }] of records.entries()) {
        all.push({
          offset: baseOffset + BigInt(index),
          key: key === null ? null : String(key),
          value: String(value),
          headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)])),
        });
      }
    }
    return all;
  }

  #check({ producerId, producerEpoch, baseSequence, count }: BatchHeader): AppendResult | undefined {
    const state = this.#producers.get(producerId);
    // Nothing known of the producer: any sequence will do (its records may have been deleted).
    if (state === undefined) return undefined;
    if (producerEpoch < state.epoch) return { error: INVALID_PRODUCER_EPOCH };
    if (producerEpoch > state.epoch) return baseSequence === 0 ? undefined : { error: OUT_OF_ORDER_SEQUENCE_NUMBER };
    const last = (baseSequence + count - 1) % 2 ** 31;
    const known = state.batches.find((batch) => batch.first === baseSequence && batch.last === last);
    if (known !== undefined) return { baseOffset: known.baseOffset, duplicate: true };
    return baseSequence === (state.lastSequence + 1) % 2 ** 31 ? undefined : { error: OUT_OF_ORDER_SEQUENCE_NUMBER };
  }

  #remember({ producerId, producerEpoch, baseSequence, count }: BatchHeader, baseOffset: bigint): void {
    if (producerId < 0n) return;
    const lastSequence = (baseSequence + count - 1) % 2 ** 31;
    const before = this.#producers.get(producerId);
    const batches = before?.epoch === producerEpoch ? before.batches.slice(-4) : [];
    batches.push({ first: baseSequence, last: lastSequence, baseOffset });
    this.#producers.set(producerId, { epoch: producerEpoch, lastSequence, batches });
  }
}

export function headerOf(batch: Buffer): BatchHeader {
  return {
    producerId: batch.readBigInt64BE(43),
    producerEpoch: batch.readInt16BE(51),
    baseSequence: batch.readInt32BE(53),
    count: batch.readInt32BE(57),
  };
}
