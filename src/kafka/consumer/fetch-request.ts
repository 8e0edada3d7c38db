import type { WireRequest } from "../connection.ts";
import { assertSuccess } from "../errors.ts";
import { WireReader, WireWriter } from "../wire.ts";

export interface FetchPartition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly leaderEpoch: number;
  readonly bytesMax: number;
}

export interface FetchOptions {
  /** How long the broker may wait for the first byte. */
  readonly waitMs: number;
  /** For the whole answer; the first batch comes whole even where it is larger. */
  readonly bytesMax: number;
}

export interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: bigint;
  readonly logStartOffset: bigint;
  /** Transactions to leave out: the producer's records from `firstOffset` to its abort marker. */
  readonly aborted: readonly { readonly producerId: bigint; readonly firstOffset: bigint }[];
  /** Batches back to back, the last one cut off anywhere; a view of the answer. */
  readonly recordSet: Buffer;
}

/**
 * Reads from the partitions that one broker leads, without a fetch session: what is asked for changes with every
 * request. Isolation is read_committed: records of aborted transactions are named in the answer, open ones held back.
 */
export function fetchRequest(
  partitions: readonly FetchPartition[],
  { waitMs, bytesMax }: FetchOptions,
): WireRequest<readonly FetchedPartition[]> {
  return {
    apiKey: 1,
    apiName: "Fetch",
    versions: [4, 11], // 4 is Kafka 4's floor, 12 is flexible.
    encode(version) {
      const body = new WireWriter(64 + 64 * partitions.length)
        .int32(-1) // replica_id of a consumer
        .int32(waitMs)
        .int32(1) // min_bytes
        .int32(bytesMax)
        .int8(READ_COMMITTED);
      if (version >= 7) body.int32(0).int32(-1); // session_id and session_epoch: no session
      // One topic entry per partition keeps the order, in which the broker fills the answer.
      body.array(partitions, ({ topic, partition, offset, leaderEpoch, bytesMax: most }) => {
        body.string(topic).int32(1).int32(partition);
        if (version >= 9) body.int32(leaderEpoch);
        body.int64(offset);
        if (version >= 5) body.int64(-1n); // log_start_offset, for followers
        body.int32(most);
      });
      if (version >= 7) body.int32(0); // forgotten_topics_data
      if (version >= 11) body.string(""); // rack_id
      return body.done();
    },
    decode(payload, version) {
      const from = new WireReader(payload);
      from.int32(); // throttle_time_ms: the broker holds the channel itself (KIP-219).
      if (version >= 7) {
        assertSuccess(from.int16(), "Fetch");
        from.int32(); // session_id
      }
      return from
        .array(() => {
          const topic = from.string();
          return from.array(() => fetchedPartition(from, topic, version));
        })
        .flat();
    },
  };
}

const READ_COMMITTED = 1;

function fetchedPartition(from: WireReader, topic: string, version: number): FetchedPartition {
  const partition = from.int32();
  const errorCode = from.int16();
  const highWatermark = from.int64();
  from.int64(); // last_stable_offset
  const logStartOffset = version >= 5 ? from.int64() : -1n;
  const aborted = from.array(() => ({ producerId: from.int64(), firstOffset: from.int64() }));
  if (version >= 11) from.int32(); // preferred_read_replica: only with a rack
  const recordSet = from.nullableBytes() ?? Buffer.alloc(0);
  return { topic, partition, errorCode, highWatermark, logStartOffset, aborted, recordSet };
}
