import type { WireRequest } from "../connection.ts";
import { WireReader } from "../wire.ts";

/** One batch on its way to one partition. */
export interface ProduceItem {
  readonly topic: string;
  readonly partition: number;
  readonly batch: Buffer;
}

export interface ProduceAnswer {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  /** Offset of the batch's first record; negative where the broker does not say. */
  readonly baseOffset: bigint;
  /** When the broker appended it, where the topic's timestamps are those; -1 otherwise. */
  readonly logAppendTime: bigint;
}

/**
 * Produce with acks=all. The answer is returned as it came: whether it names what was asked is the caller's to check.
 * Version 7 is the first that takes zstd (KIP-110), and the last that kafkajs knows.
 */
export function produceRequest(
  items: readonly ProduceItem[],
  timeoutMs: number,
): WireRequest<readonly ProduceAnswer[]> {
  return { apiKey: 0, apiName: "Produce", versions: [7, 7], encode: () => encode(items, timeoutMs), decode };
}

/** Bytes that a batch of this topic adds to a request, beyond its own. */
export const ITEM_OVERHEAD_BYTES = 32;

const ACKS_ALL = -1;
const NULL_STRING = -1;

function encode(items: readonly ProduceItem[], timeoutMs: number): Buffer {
  const topics = Map.groupBy(items, ({ topic }) => topic);
  let size = 12;
  for (const [topic, parts] of topics) {
    size += 6 + Buffer.byteLength(topic);
    for (const { batch } of parts) size += 8 + batch.length;
  }
  const body = Buffer.allocUnsafe(size);
  let at = body.writeInt16BE(NULL_STRING, 0); // transactional_id
  at = body.writeInt16BE(ACKS_ALL, at);
  at = body.writeInt32BE(timeoutMs, at);
  at = body.writeInt32BE(topics.size, at);
  for (const [topic, parts] of topics) {
    at = body.writeInt16BE(Buffer.byteLength(topic), at);
    at += body.write(topic, at);
    at = body.writeInt32BE(parts.length, at);
    for (const { partition, batch } of parts) {
      at = body.writeInt32BE(partition, at);
      at = body.writeInt32BE(batch.length, at);
      body.set(batch, at);
      at += batch.length;
    }
  }
  return body;
}

function decode(payload: Buffer): readonly ProduceAnswer[] {
  const from = new WireReader(payload);
  return from
    .array(() => {
      const topic = from.string();
      return from.array(() => {
        const partition = from.int32();
        const errorCode = from.int16();
        const baseOffset = from.int64();
        const logAppendTime = from.int64();
        from.int64(); // log_start_offset
        return { topic, partition, errorCode, baseOffset, logAppendTime };
      });
    })
    .flat();
}
