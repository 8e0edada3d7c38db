import { KafkaFault } from "../protocol/index.ts";
import { BATCH_BYTES_MIN, Batch, batchSize, layout, RecordWalk } from "../protocol/records/index.ts";
import type { LogSettings } from "./types.ts";
import { unpack } from "./unpack.ts";

/**
 * Checks what a client sends to be appended, as Apache Kafka does, and stamps its times; gives the batches. Records are
 * gone through where that needs no unpacking, or where their keys matter.
 */
export function checkBatches(records: Buffer, settings: LogSettings, now: number): Batch[] {
  const batches = split(records, settings);
  for (const batch of batches) {
    assertHeader(batch);
    checkRecords(batch, settings, now);
    if (settings.timestampType === "LogAppendTime") batch.stampTime(BigInt(now), true);
  }
  return batches;
}

/** Cuts into batches, each whole, not too large, and with the checksum of its bytes. */
function split(records: Buffer, { maxMessageBytes }: LogSettings): Batch[] {
  const batches: Batch[] = [];
  let at = 0;
  while (records.length - at >= BATCH_BYTES_MIN) {
    const magic = records[at + layout.MAGIC];
    if (magic !== 2) throw new KafkaFault("INVALID_RECORD", `Records of magic ${magic} are not taken; only magic 2 is`);
    const size = batchSize(records, at);
    if (size < BATCH_BYTES_MIN) throw new KafkaFault("CORRUPT_MESSAGE", `A batch claims ${size} bytes`);
    if (size > maxMessageBytes) {
      const message = `The batch takes ${size} bytes, more than the ${maxMessageBytes} that the topic allows`;
      throw new KafkaFault("MESSAGE_TOO_LARGE", message);
    }
    if (at + size > records.length) break;
    const batch = new Batch(records, at, at + size);
    if (!batch.intact) {
      const message = `Record is corrupt (stored crc = ${batch.crc}, computed crc = ${batch.computeCrc()})`;
      throw new KafkaFault("CORRUPT_MESSAGE", message);
    }
    batches.push(batch);
    at += size;
  }
  if (batches.length === 0) throw new KafkaFault("INVALID_RECORD", "There is no whole record batch");
  if (at < records.length) throw new KafkaFault("CORRUPT_MESSAGE", "The last record batch is cut off");
  return batches;
}

function assertHeader(batch: Batch): void {
  const { count, lastOffsetDelta, producerId, baseSequence } = batch;
  if (batch.baseOffset !== 0n) throw invalid(`The base offset is ${batch.baseOffset} instead of 0`);
  if (lastOffsetDelta < 0) throw invalid(`The last offset is ${lastOffsetDelta} from the first`);
  if (count <= 0) throw invalid(`The batch claims ${count} records`);
  if (count !== lastOffsetDelta + 1)
    throw invalid(`The batch claims ${count} records over ${lastOffsetDelta + 1} offsets`);
  if (batch.control) throw invalid("Clients are not allowed to write control records");
  if (producerId >= 0n && baseSequence < 0) throw invalid(`Producer ${producerId} sends sequence ${baseSequence}`);
  if (producerId >= 0n && batch.producerEpoch < 0) throw invalid(`Producer ${producerId} has no epoch`);
  if (producerId < 0n && batch.transactional) throw invalid("A transaction needs a producer id");
  if (batch.codec > ZSTD) throw invalid(`There is no compression codec ${batch.codec}`);
}

const ZSTD = 4;

function checkRecords(batch: Batch, settings: LogSettings, now: number): void {
  const stampedByProducer = settings.timestampType === "CreateTime";
  if (stampedByProducer && batch.appendTime) {
    throw new KafkaFault("INVALID_TIMESTAMP", "A producer must not set the timestamp type LogAppendTime");
  }
  const range = stampedByProducer ? rangeOf(settings, now) : EVERY_TIME;
  const walked = walk(batch, settings, range);
  const maxTimestamp = walked ?? batch.maxTimestamp;
  if (walked === undefined) {
    assertTime(Number(batch.baseTimestamp), range);
    assertTime(Number(maxTimestamp), range);
  }
  if (stampedByProducer && maxTimestamp !== batch.maxTimestamp) batch.stampTime(maxTimestamp, false);
}

/** Goes through the records, and gives the newest timestamp; undefined where they are packed and may stay so. */
function walk(batch: Batch, { compact }: LogSettings, range: TimeRange): bigint | undefined {
  if (batch.codec !== 0 && !compact) return undefined;
  const unpacked = unpack(batch);
  if (unpacked === undefined) return undefined;
  const base = Number(batch.baseTimestamp);
  const record = new RecordWalk(unpacked.bytes, unpacked.start, unpacked.end);
  let count = 0;
  let newest = Number.NEGATIVE_INFINITY;
  while (record.next()) {
    if (record.offsetDelta !== count) throw invalid(`Record ${count} has the offset delta ${record.offsetDelta}`);
    if (compact && record.keyLength < 0) throw invalid("A compacted topic takes no record without a key");
    const timestamp = base + record.timestampDelta;
    assertTime(timestamp, range);
    if (timestamp > newest) newest = timestamp;
    count++;
  }
  if (record.bad) throw invalid(`Record ${count} is malformed`);
  if (count !== batch.count) throw invalid(`The batch claims ${batch.count} records and holds ${count}`);
  return batch.codec === 0 ? BigInt(newest) : undefined;
}

interface TimeRange {
  readonly oldest: number;
  readonly newest: number;
}

const EVERY_TIME: TimeRange = { oldest: Number.NEGATIVE_INFINITY, newest: Number.POSITIVE_INFINITY };
const NO_TIMESTAMP = -1;

const rangeOf = ({ timestampBeforeMaxMs, timestampAfterMaxMs }: LogSettings, now: number): TimeRange => ({
  oldest: now - timestampBeforeMaxMs,
  newest: now + timestampAfterMaxMs,
});

function assertTime(timestamp: number, { oldest, newest }: TimeRange): void {
  if (timestamp === NO_TIMESTAMP || (timestamp >= oldest && timestamp <= newest)) return;
  const message = `Timestamp ${timestamp} is out of range: the topic takes ${oldest} to ${newest}`;
  throw new KafkaFault("INVALID_TIMESTAMP", message);
}

const invalid = (message: string): KafkaFault => new KafkaFault("INVALID_RECORD", message);
