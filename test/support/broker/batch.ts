import type { Compression } from "../../../src/kafka/compression.ts";
import { decodeBatch, scanRecordSet } from "../../../src/kafka/records/decode.ts";
import { BatchWriter, stampBatch } from "../../../src/kafka/records/encode.ts";
import {
  ATTRIBUTES,
  BASE_SEQUENCE,
  BASE_TIMESTAMP,
  LEADER_EPOCH,
  MAX_TIMESTAMP,
  PRODUCER_EPOCH,
} from "../../../src/records/index.ts";

export interface RecordInput {
  readonly key?: Uint8Array | string | null;
  readonly value?: Uint8Array | string | null;
  readonly headers?: Readonly<Record<string, Uint8Array | string | null>>;
  /** Milliseconds since 1970. */
  readonly timestamp?: number;
}

export interface BatchInput {
  readonly records: readonly RecordInput[];
  readonly producerId?: bigint;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  readonly transactional?: boolean;
  readonly control?: boolean;
  /** Time of the records that have none of their own. */
  readonly baseTimestamp?: number;
  readonly compression?: Compression;
}

/** One record batch as a producer sends it. Without a producer id it is not idempotent. */
export function batchOf({
  records,
  producerId = -1n,
  producerEpoch = producerId < 0n ? -1 : 0,
  baseSequence = producerId < 0n ? -1 : 0,
  transactional = false,
  control = false,
  baseTimestamp = Date.now(),
  compression = "none",
}: BatchInput): Buffer {
  const writer = new BatchWriter();
  for (const { key = null, value = null, headers = {}, timestamp = baseTimestamp } of records) {
    const content = { key, value: bytesOf(value), headers: Object.entries(headers), timestamp };
    writer.add(content, Number.POSITIVE_INFINITY);
  }
  const batch = writer.finish(compression);
  const flags = (transactional ? TRANSACTIONAL : 0) | (control ? CONTROL : 0);
  batch.writeInt16BE(batch.readInt16BE(ATTRIBUTES) | flags, ATTRIBUTES);
  stampBatch(batch, { producerId, producerEpoch, baseSequence });
  return batch;
}

export interface StoredRecord {
  readonly offset: bigint;
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [string, Buffer | null])[];
}

export interface StoredBatch {
  readonly baseOffset: bigint;
  readonly lastOffset: bigint;
  readonly leaderEpoch: number;
  readonly attributes: number;
  readonly transactional: boolean;
  readonly control: boolean;
  readonly baseTimestamp: bigint;
  readonly maxTimestamp: bigint;
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly records: readonly StoredRecord[];
  /** What a control batch says; undefined for any other. */
  readonly marker: { readonly committed: boolean; readonly coordinatorEpoch: number } | undefined;
}

/** The whole batches of what a broker gave, with their records. Throws where a checksum is wrong. */
export function batchesOf(fetched: Buffer | readonly Buffer[] | null): StoredBatch[] {
  const bytes = Buffer.isBuffer(fetched) ? fetched : Buffer.concat(fetched ?? []);
  return scanRecordSet(bytes).frames.map((frame) => {
    const decoded: Parameters<typeof decodeBatch>[3] = [];
    decodeBatch(bytes, frame, { topic: "", partition: 0, fromOffset: 0n }, decoded);
    const records = decoded.map((record) => ({
      offset: record.offset,
      timestamp: record.timestamp,
      key: record.key,
      value: record.value,
      headers: record.headers(),
    }));
    const { start } = frame;
    return {
      baseOffset: frame.baseOffset,
      lastOffset: frame.nextOffset - 1n,
      leaderEpoch: bytes.readInt32BE(start + LEADER_EPOCH),
      attributes: bytes.readInt16BE(start + ATTRIBUTES),
      transactional: frame.transactional,
      control: frame.control,
      baseTimestamp: bytes.readBigInt64BE(start + BASE_TIMESTAMP),
      maxTimestamp: bytes.readBigInt64BE(start + MAX_TIMESTAMP),
      producerId: frame.producerId,
      producerEpoch: bytes.readInt16BE(start + PRODUCER_EPOCH),
      baseSequence: bytes.readInt32BE(start + BASE_SEQUENCE),
      records,
      marker: frame.control ? markerOf(records[0]) : undefined,
    };
  });
}

/** The records of what a broker gave; those of control batches are not among them. */
export const recordsOf = (fetched: Buffer | readonly Buffer[] | null): StoredRecord[] =>
  batchesOf(fetched).flatMap(({ control, records }) => (control ? [] : records));

const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;

const bytesOf = (value: Uint8Array | string | null): Uint8Array | null =>
  typeof value === "string" ? Buffer.from(value) : value;

/** Key of a control record: version and type (0 abort, 1 commit), both int16. Its value: version, coordinator epoch. */
function markerOf(record: StoredRecord | undefined): StoredBatch["marker"] {
  const { key, value } = record ?? {};
  if (!key || !value || key.length < 4 || value.length < 6) return undefined;
  return { committed: key.readInt16BE(2) === 1, coordinatorEpoch: value.readInt32BE(2) };
}
