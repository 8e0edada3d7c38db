import type { Emit } from "../../events.ts";
import type { Cluster } from "../cluster.ts";
import { listOffsets } from "../offsets.ts";
import type { PartitionQueue } from "./partition-queue.ts";

/**
 * Moves a queue whose offset is not in the log to the earliest record that is, and tells how many are missing. Never
 * to the end, and never silently: what a group has not handled must not vanish without a word.
 * @throws KafkaError where the leader cannot be asked now
 */
export async function closeDataGap(
  queue: PartitionQueue,
  { cluster, group, emit }: { cluster: Cluster; group: string; emit: Emit },
): Promise<void> {
  const expected = queue.fetchOffset;
  const earliest = await logEnd(cluster, queue, "earliest");
  const latest = await logEnd(cluster, queue, "latest");
  if (queue.fetchOffset !== expected) return;
  // A new leader may not have caught up when it refused the offset. Asking again will do.
  if (expected >= earliest && expected <= latest) return queue.backOff(RETRY_MS_MAX);
  // A new group begins at offset 0, and nothing that it has not seen counts as missing.
  const begins = queue.committed === undefined && queue.position === 0n && expected === 0n;
  if (!begins) {
    const { topic, partition } = queue;
    const missing = earliest > expected ? earliest - expected : 0n;
    emit("consumer.data_gap", { group, topic, partition, expected, earliest, latest, missing });
  }
  // What is queued from before the gap keeps its turn; past the end of the log there is nothing worth keeping.
  if (expected < earliest) queue.offer(Buffer.alloc(0), [], earliest);
  else queue.seek(earliest);
}

async function logEnd(cluster: Cluster, queue: PartitionQueue, which: "earliest" | "latest"): Promise<bigint> {
  const [listed] = await listOffsets(cluster, [queue], which);
  if (typeof listed?.offset === "bigint") return listed.offset;
  throw listed?.offset ?? new Error("listOffsets answers for each partition");
}

const RETRY_MS_MAX = 2_000;
