import { MAGIC } from "../../records/index.ts";
import { KafkaFault, type RecordError } from "../protocol/index.ts";
import { BATCH_BYTES_MIN, Batch, batchSize, RecordWalk } from "../protocol/records/index.ts";
import type { LogSettings } from "./types.ts";
import { unpack } from "./unpack.ts";

/**
 * Checks what a client sends to be appended, as Apache Kafka does, and stamps its times; gives the one batch that it has
 * to be. Bytes behind it that are no batch are left out. Packed records are unpacked only where their keys matter, or to
 * say which of them are wrong.
 */
export function checkBatch(records: Buffer, settings: LogSettings, now: number): Batch {
  const batch = firstOf(records);
  if (holdsBatch(records, batch.end)) throw invalid("There has to be exactly one record batch for a partition");
  assertWhole(batch, settings);
  assertHeader(batch);
  const newest = checkRecords(batch, settings, now);
  if (settings.timestampType === "LogAppendTime") batch.stampTime(BigInt(now), true);
  else if (newest !== batch.maxTimestamp || batch.appendTime) batch.stampTime(newest, false);
  return batch;
}

function firstOf(records: Buffer): Batch {
  if (!holdsBatch(records, 0)) throw invalid("There is no whole record batch");
  const magic = records[MAGIC];
  if (magic === 0 || magic === 1) throw invalid(`Records of magic ${magic} are not taken; only magic 2 is`);
  return new Batch(records, 0, batchSize(records, 0));
}

/** @throws KafkaFault CORRUPT_MESSAGE for what cannot become a batch by more bytes. */
function holdsBatch(records: Buffer, at: number): boolean {
  if (records.length - at <= MAGIC) return false;
  const size = batchSize(records, at);
  const magic = records.readInt8(at + MAGIC);
  if (size < OLD_RECORD_BYTES_MIN || (magic === 2 && size < BATCH_BYTES_MIN)) {
    throw new KafkaFault("CORRUPT_MESSAGE", `A batch claims ${size} bytes`);
  }
  if (magic < 0 || magic > 2) throw new KafkaFault("CORRUPT_MESSAGE", `Invalid magic found in record: ${magic}`);
  return at + size <= records.length;
}

/** Of magic 0, with offset and length. */
const OLD_RECORD_BYTES_MIN = 26;

function assertWhole(batch: Batch, { maxMessageBytes, segmentBytes }: LogSettings): void {
  if (batch.size > maxMessageBytes) {
    const message = `The batch takes ${batch.size} bytes, more than the ${maxMessageBytes} that the topic allows`;
    throw new KafkaFault("MESSAGE_TOO_LARGE", message);
  }
  if (!batch.intact) {
    const message = `Record is corrupt (stored crc = ${batch.crc}, computed crc = ${batch.computeCrc()})`;
    throw new KafkaFault("CORRUPT_MESSAGE", message);
  }
  if (batch.size > segmentBytes) {
    const message = `The batch takes ${batch.size} bytes, which do not fit a segment of ${segmentBytes}`;
    throw new KafkaFault("RECORD_LIST_TOO_LARGE", message);
  }
}

function assertHeader(batch: Batch): void {
  const { count, lastOffsetDelta, producerId, baseSequence } = batch;
  if (batch.baseOffset !== 0n) throw invalid(`The base offset is ${batch.baseOffset} instead of 0`);
  if (lastOffsetDelta < 0) throw invalid(`The last offset is ${lastOffsetDelta} from the first`);
  if (count <= 0) throw invalid(`The batch claims ${count} records`);
  if (count !== lastOffsetDelta + 1) {
    throw invalid(`The batch claims ${count} records over ${lastOffsetDelta + 1} offsets`);
  }
  if (batch.control) throw invalid("Clients are not allowed to write control records");
  if (producerId >= 0n && baseSequence < 0) throw invalid(`Producer ${producerId} sends sequence ${baseSequence}`);
  if (producerId < 0n && batch.transactional) throw invalid("A transaction needs a producer id");
  if (batch.codec > ZSTD) throw invalid(`There is no compression codec ${batch.codec}`);
}

const ZSTD = 4;

/** Checks records as far as the topic asks for it, and gives the newest timestamp. */
function checkRecords(batch: Batch, settings: LogSettings, now: number): bigint {
  const range = rangeOf(settings, now);
  const fine = isWithin(range, Number(batch.baseTimestamp)) && isWithin(range, Number(batch.maxTimestamp));
  if (settings.timestampType === "LogAppendTime" && batch.appendTime) {
    throw refused("INVALID_TIMESTAMP", allOf(batch, "A producer must not set the timestamp type LogAppendTime"));
  }
  if (batch.codec !== 0 && !settings.compact && fine) return batch.maxTimestamp;
  const newest = walk(batch, settings, range);
  if (newest === undefined && !fine) throw refused("INVALID_TIMESTAMP", []);
  return batch.codec === 0 ? (newest ?? NO_TIMESTAMP) : batch.maxTimestamp;
}

/** Goes through the records, and gives the newest timestamp; undefined where they cannot be unpacked. */
function walk(batch: Batch, { compact }: LogSettings, range: TimeRange): bigint | undefined {
  const unpacked = unpack(batch);
  if (unpacked === undefined) return undefined;
  const base = Number(batch.baseTimestamp);
  const record = new RecordWalk(unpacked.bytes, unpacked.start, unpacked.end);
  const keyless: RecordError[] = [];
  const untimely: RecordError[] = [];
  let batchIndex = 0;
  let newest = Number(NO_TIMESTAMP);
  for (; record.next(); batchIndex++) {
    if (record.offsetDelta !== batchIndex) throw invalid(`Record ${batchIndex} has the offset ${record.offsetDelta}`);
    const timestamp = base + record.timestampDelta;
    if (timestamp > newest) newest = timestamp;
    if (compact && record.keyLength < 0) keyless.push({ batchIndex, message: KEYLESS });
    else if (!isWithin(range, timestamp)) untimely.push({ batchIndex, message: untimelyMessage(timestamp, range) });
  }
  if (record.bad) throw invalid(`Record ${batchIndex} is malformed`);
  if (batchIndex !== batch.count) throw invalid(`The batch claims ${batch.count} records and holds ${batchIndex}`);
  if (keyless.length > 0) throw refused("INVALID_RECORD", [...keyless, ...untimely]);
  if (untimely.length > 0) throw refused("INVALID_TIMESTAMP", untimely);
  return BigInt(newest);
}

const KEYLESS = "Compacted topic cannot accept message without key";

interface TimeRange {
  readonly oldest: number;
  readonly newest: number;
}

const EVERY_TIME: TimeRange = { oldest: Number.NEGATIVE_INFINITY, newest: Number.POSITIVE_INFINITY };
const NO_TIMESTAMP = -1n;

/** Which timestamps records may have. The topic's own does not depend on theirs. */
function rangeOf({ timestampType, timestampBeforeMaxMs, timestampAfterMaxMs }: LogSettings, now: number): TimeRange {
  if (timestampType === "LogAppendTime") return EVERY_TIME;
  return { oldest: now - timestampBeforeMaxMs, newest: now + timestampAfterMaxMs };
}

const isWithin = ({ oldest, newest }: TimeRange, timestamp: number): boolean =>
  timestamp === Number(NO_TIMESTAMP) || (timestamp >= oldest && timestamp <= newest);

const untimelyMessage = (timestamp: number, { oldest, newest }: TimeRange): string =>
  `Timestamp ${timestamp} is out of range. The timestamp should be within [${oldest}, ${newest}]`;

const allOf = (batch: Batch, message: string): RecordError[] =>
  Array.from({ length: Math.min(batch.count, ERRORS_MAX) }, (_, batchIndex) => ({ batchIndex, message }));

/** A batch may claim two thousand million records; nobody reads so many errors. */
const ERRORS_MAX = 1000;

/** Kafka's own sentences, which clients show. */
function refused(kind: "INVALID_RECORD" | "INVALID_TIMESTAMP", errors: readonly RecordError[]): KafkaFault {
  const message =
    kind === "INVALID_TIMESTAMP"
      ? "One or more records have been rejected due to invalid timestamp"
      : `One or more records have been rejected due to ${errors.length} record errors in total`;
  return new KafkaFault(kind, message, errors.slice(0, ERRORS_MAX));
}

const invalid = (message: string): KafkaFault => new KafkaFault("INVALID_RECORD", message);
