import {
  APPEND_TIME_BIT,
  ATTRIBUTES,
  BASE_OFFSET,
  BASE_SEQUENCE,
  BASE_TIMESTAMP,
  COMPRESSION_BITS,
  CONTROL_BIT,
  COUNT,
  CRC,
  crc32c,
  DELETE_HORIZON_BIT,
  LAST_OFFSET_DELTA,
  LEADER_EPOCH,
  LENGTH,
  LENGTH_END,
  MAX_TIMESTAMP,
  PRODUCER_EPOCH,
  PRODUCER_ID,
  RECORDS,
  TRANSACTIONAL_BIT,
} from "../../../records/index.ts";

/** One record batch of magic 2 inside some bytes: a view of its header, which reads each field when it is asked for. */
export class Batch {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;

  constructor(bytes: Buffer, start: number, end: number) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }

  get size(): number {
    return this.end - this.start;
  }

  get baseOffset(): bigint {
    return this.bytes.readBigInt64BE(this.start + BASE_OFFSET);
  }

  get lastOffset(): bigint {
    return this.baseOffset + BigInt(this.lastOffsetDelta);
  }

  get lastOffsetDelta(): number {
    return this.bytes.readInt32BE(this.start + LAST_OFFSET_DELTA);
  }

  get leaderEpoch(): number {
    return this.bytes.readInt32BE(this.start + LEADER_EPOCH);
  }

  get crc(): number {
    return this.bytes.readUInt32BE(this.start + CRC);
  }

  get attributes(): number {
    return this.bytes.readInt16BE(this.start + ATTRIBUTES);
  }

  get baseTimestamp(): bigint {
    return this.bytes.readBigInt64BE(this.start + BASE_TIMESTAMP);
  }

  get maxTimestamp(): bigint {
    return this.bytes.readBigInt64BE(this.start + MAX_TIMESTAMP);
  }

  get producerId(): bigint {
    return this.bytes.readBigInt64BE(this.start + PRODUCER_ID);
  }

  get producerEpoch(): number {
    return this.bytes.readInt16BE(this.start + PRODUCER_EPOCH);
  }

  get baseSequence(): number {
    return this.bytes.readInt32BE(this.start + BASE_SEQUENCE);
  }

  /** Sequences count to 2^31 - 1 and begin at 0 again. */
  get lastSequence(): number {
    const first = this.baseSequence;
    return first < 0 ? first : (first + this.lastOffsetDelta) % 2 ** 31;
  }

  get count(): number {
    return this.bytes.readInt32BE(this.start + COUNT);
  }

  get codec(): number {
    return this.attributes & COMPRESSION_BITS;
  }

  get appendTime(): boolean {
    return (this.attributes & APPEND_TIME_BIT) !== 0;
  }

  get transactional(): boolean {
    return (this.attributes & TRANSACTIONAL_BIT) !== 0;
  }

  get control(): boolean {
    return (this.attributes & CONTROL_BIT) !== 0;
  }

  /** When tombstones and markers of this batch may go; undefined before the first compaction. */
  get deleteHorizon(): bigint | undefined {
    return (this.attributes & DELETE_HORIZON_BIT) === 0 ? undefined : this.baseTimestamp;
  }

  /** What the checksum should be. */
  computeCrc(): number {
    return crc32c(this.bytes, this.start + ATTRIBUTES, this.end);
  }

  /** Whether the bytes are those that the checksum was made of. */
  get intact(): boolean {
    return this.crc === this.computeCrc();
  }

  /** The broker's own part of the header, which the checksum leaves out. */
  stamp(baseOffset: bigint, leaderEpoch: number): void {
    this.bytes.writeBigInt64BE(baseOffset, this.start + BASE_OFFSET);
    this.bytes.writeInt32BE(leaderEpoch, this.start + LEADER_EPOCH);
  }

  /** Changes the newest timestamp, and whether it is the time of the append; the checksum is made anew. */
  stampTime(maxTimestamp: bigint, appendTime: boolean): void {
    const attributes = appendTime ? this.attributes | APPEND_TIME_BIT : this.attributes & ~APPEND_TIME_BIT;
    this.bytes.writeInt16BE(attributes, this.start + ATTRIBUTES);
    this.bytes.writeBigInt64BE(maxTimestamp, this.start + MAX_TIMESTAMP);
    this.bytes.writeUInt32BE(this.computeCrc(), this.start + CRC);
  }
}

/** How many bytes the batch at `at` takes by its own account; needs `LENGTH_END` bytes from there. */
export const batchSize = (bytes: Buffer, at: number): number => LENGTH_END + bytes.readInt32BE(at + LENGTH);

/** The least that a batch takes. */
export const BATCH_BYTES_MIN = RECORDS;
