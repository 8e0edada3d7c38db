import type { WireRequest } from "../connection.ts";
import { WireReader, WireWriter } from "../wire.ts";

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

function encode(items: readonly ProduceItem[], timeoutMs: number): Buffer[] {
  const topics = Map.groupBy(items, ({ topic }) => topic);
  const head = new WireWriter().nullableString(null); // transactional_id
  const parts = [head.int16(ACKS_ALL).int32(timeoutMs).int32(topics.size).done()];
  for (const [topic, ofTopic] of topics) {
    parts.push(new WireWriter().string(topic).int32(ofTopic.length).done());
    for (const { partition, batch } of ofTopic) {
      parts.push(new WireWriter(8).int32(partition).int32(batch.length).done(), batch);
    }
  }
  return parts;
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
