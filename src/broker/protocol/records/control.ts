import {
  ATTRIBUTES,
  BASE_OFFSET,
  BASE_SEQUENCE,
  BASE_TIMESTAMP,
  CONTROL_BIT,
  COUNT,
  CRC,
  LEADER_EPOCH,
  LENGTH,
  LENGTH_END,
  MAGIC,
  MAX_TIMESTAMP,
  PRODUCER_EPOCH,
  PRODUCER_ID,
  RECORDS,
  TRANSACTIONAL_BIT,
} from "../../../records/index.ts";
import { Batch } from "./batch.ts";
import { RecordWalk } from "./walk.ts";

/** What ends a producer's transaction in a partition. */
export interface EndMarker {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly coordinatorEpoch: number;
  readonly committed: boolean;
}

/** The control batch that Apache Kafka writes for a marker: one record, its key and value of version 0. */
export function markerBatch(marker: EndMarker, timestamp: bigint): Batch {
  const bytes = Buffer.alloc(MARKER_BYTES);
  bytes.writeBigInt64BE(0n, BASE_OFFSET);
  bytes.writeInt32BE(MARKER_BYTES - LENGTH_END, LENGTH);
  bytes.writeInt32BE(-1, LEADER_EPOCH);
  bytes[MAGIC] = 2;
  bytes.writeInt16BE(TRANSACTIONAL_BIT | CONTROL_BIT, ATTRIBUTES);
  bytes.writeBigInt64BE(timestamp, BASE_TIMESTAMP);
  bytes.writeBigInt64BE(timestamp, MAX_TIMESTAMP);
  bytes.writeBigInt64BE(marker.producerId, PRODUCER_ID);
  bytes.writeInt16BE(marker.producerEpoch, PRODUCER_EPOCH);
  bytes.writeInt32BE(-1, BASE_SEQUENCE);
  bytes.writeInt32BE(1, COUNT);
  RECORD.copy(bytes, RECORDS);
  bytes.writeInt16BE(marker.committed ? COMMIT : ABORT, RECORDS + TYPE_AT);
  bytes.writeInt32BE(marker.coordinatorEpoch, RECORDS + COORDINATOR_EPOCH_AT);
  const batch = new Batch(bytes, 0, bytes.length);
  bytes.writeUInt32BE(batch.computeCrc(), CRC);
  return batch;
}

/** What a control batch says; undefined where it ends no transaction. */
export function markerOf(batch: Batch): EndMarker | undefined {
  const { bytes, start, end } = batch;
  const record = new RecordWalk(bytes, start + RECORDS, end);
  if (!record.next() || record.keyLength < 4 || record.valueLength < 6) return undefined;
  const type = bytes.readInt16BE(record.keyAt + 2);
  if (type !== ABORT && type !== COMMIT) return undefined;
  return {
    producerId: batch.producerId,
    producerEpoch: batch.producerEpoch,
    coordinatorEpoch: bytes.readInt32BE(record.valueAt + 2),
    committed: type === COMMIT,
  };
}

const ABORT = 0;
const COMMIT = 1;

/**
 * Length, attributes, timestamp delta, offset delta; a key of four bytes (version, type) and a value of six (version,
 * coordinator epoch), each behind its length; no headers. Lengths are zigzag varints.
 */
const RECORD = Buffer.from([16 * 2, 0, 0, 0, 4 * 2, 0, 0, 0, 0, 6 * 2, 0, 0, 0, 0, 0, 0, 0]);
const TYPE_AT = 7;
const COORDINATOR_EPOCH_AT = 12;
const MARKER_BYTES = RECORDS + RECORD.length;
