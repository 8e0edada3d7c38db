import type { Cluster } from "../cluster.ts";
import { type FetchedPartition, fetchRequest } from "../consumer/fetch-request.ts";
import { visibleFrames } from "../consumer/visible.ts";
import { errorOf, KafkaError } from "../errors.ts";
import { decodeBatch, type IncomingRecord, scanRecordSet } from "../records/decode.ts";
import { topicOffsets } from "./groups.ts";
import { retried } from "./retried.ts";

/** One answer of a partition; the first batch comes whole even where it is larger. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;
const WAIT_MS = 100;
const TIMEOUT_MS = 10_000;
const RETRIES_MS = 10_000;

/**
 * The newest records of a topic, oldest first, without a consumer group: up to `count` by their timestamps, out of as
 * many from the end of each partition. Fewer where the log has gaps, as compaction and transactions leave them. What an
 * open transaction holds back is not among them.
 */
export async function lastRecords(cluster: Cluster, topic: string, count: number): Promise<IncomingRecord[]> {
  const ends = await retried(() => endsOf(cluster, topic), { timeoutMs: RETRIES_MS });
  const partitions = await Promise.all(
    ends.map(async ({ partition, earliest, end }) => {
      const from = end - BigInt(count) > earliest ? end - BigInt(count) : earliest;
      return (await recordsBetween(cluster, { topic, partition, from, end })).slice(-count);
    }),
  );
  const records = partitions.flat();
  return records.sort((one, other) => one.timestamp - other.timestamp).slice(-count);
}

/** Where each partition begins and ends; a topic that was just made has no leaders for a moment. */
async function endsOf(cluster: Cluster, topic: string) {
  const offsets = await topicOffsets(cluster, [topic]);
  return offsets.map(({ partition, earliest, end }) => {
    if (earliest === undefined || end === undefined) {
      throw new KafkaError("LEADER_NOT_AVAILABLE", `${topic}-${partition} has no leader now`);
    }
    return { partition, earliest, end };
  });
}

interface Range {
  readonly topic: string;
  readonly partition: number;
  readonly from: bigint;
  /** The offset after the last. */
  readonly end: bigint;
}

async function recordsBetween(cluster: Cluster, { topic, partition, from, end }: Range): Promise<IncomingRecord[]> {
  const records: IncomingRecord[] = [];
  let bytesMax = ANSWER_BYTES_MAX;
  for (let offset = from; offset < end; ) {
    const fetched = await fetchOnce(cluster, { topic, partition, offset, bytesMax });
    const { frames, cutOffBytes } = scanRecordSet(fetched.recordSet);
    const last = frames.at(-1);
    if (last === undefined && cutOffBytes <= bytesMax) break; // Nothing more may be read by now.
    bytesMax = Math.max(ANSWER_BYTES_MAX, last === undefined ? cutOffBytes : 0);
    if (last === undefined) continue;
    for (const frame of visibleFrames(fetched, frames)) {
      decodeBatch(fetched.recordSet, frame, { topic, partition, fromOffset: offset }, records);
    }
    offset = last.nextOffset;
  }
  return records;
}

interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly bytesMax: number;
}

/** Asks whoever leads the partition now, and again where that has just changed. */
function fetchOnce(cluster: Cluster, { topic, partition, offset, bytesMax }: Position): Promise<FetchedPartition> {
  const ask = async () => {
    const leader = cluster.leaderOf(topic, partition);
    if (leader < 0) throw new KafkaError("LEADER_NOT_AVAILABLE", `${topic}-${partition} has no leader now`);
    const leaderEpoch = cluster.topic(topic)?.partitions[partition]?.leaderEpoch ?? -1;
    const request = fetchRequest([{ topic, partition, offset, leaderEpoch, bytesMax }], { waitMs: WAIT_MS, bytesMax });
    const [fetched] = await cluster.send(leader, request, { lane: "fetch", timeoutMs: TIMEOUT_MS });
    if (fetched === undefined) throw new KafkaError("MALFORMED_ANSWER", `Fetch does not name ${topic}-${partition}`);
    if (fetched.errorCode !== 0) {
      await cluster.refresh([topic]);
      throw errorOf(fetched.errorCode, `Fetch of ${topic}-${partition}`);
    }
    return fetched;
  };
  return retried(ask, { timeoutMs: RETRIES_MS });
}
