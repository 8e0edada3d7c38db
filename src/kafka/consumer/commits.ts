import { errorOf, KafkaError, kindOf } from "../errors.ts";
import type { Coordinator } from "./coordinator.ts";
import type { Generation } from "./membership.ts";
import type { PartitionQueue } from "./partition-queue.ts";

/**
 * Commits what is handled, all partitions in one request.
 * @throws KafkaError of the first partition that was refused; the others are committed
 */
export async function commitHandled(
  coordinator: Coordinator,
  { generationId, memberId }: Generation,
  queues: Iterable<PartitionQueue>,
  timeoutMs: number,
): Promise<void> {
  // What is handled while the request is on its way belongs to the next commit.
  const written = new Map<PartitionQueue, bigint>();
  for (const queue of queues) if (queue.uncommitted) written.set(queue, queue.position);
  if (written.size === 0) return;
  const { responses } = await coordinator.call(
    "OffsetCommit",
    { groupId: coordinator.group, groupGenerationId: generationId, memberId, topics: byTopic(written) },
    { timeoutMs },
  );
  const codes: ReadonlyMap<string, number> = new Map(
    responses.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, errorCode }) => [`${topic}-${partition}`, errorCode] as const),
    ),
  );
  const refused: KafkaError[] = [];
  for (const [queue, offset] of written) {
    const name = `${queue.topic}-${queue.partition}`;
    const code = codes.get(name);
    if (code === 0) queue.committed = offset;
    else if (code === undefined) refused.push(new KafkaError("MALFORMED_ANSWER", `OffsetCommit does not name ${name}`));
    else refused.push(errorOf(code, `OffsetCommit of ${name}`));
  }
  for (const { kind } of refused) coordinator.heard(kind);
  if (refused[0] !== undefined) throw refused[0];
}

/**
 * The committed offsets of these partitions; a partition without one is left out.
 * @throws KafkaError
 */
export async function committedOffsets(
  coordinator: Coordinator,
  topics: ReadonlyMap<string, readonly number[]> | "all",
): Promise<Map<string, Map<number, bigint>>> {
  const { responses } = await coordinator.call("OffsetFetch", {
    groupId: coordinator.group,
    topics:
      topics === "all"
        ? null
        : [...topics].map(([topic, partitions]) => ({
            topic,
            partitions: partitions.map((partition) => ({ partition })),
          })),
  });
  const committed = new Map<string, Map<number, bigint>>();
  for (const { topic, partitions } of responses) {
    const offsets = committed.getOrInsert(topic, new Map<number, bigint>());
    for (const { partition, offset, errorCode } of partitions) {
      const kind = kindOf(errorCode);
      // A topic that is gone has no offsets either.
      if (kind === "UNKNOWN_TOPIC_OR_PARTITION") continue;
      if (kind !== undefined) throw errorOf(errorCode, `OffsetFetch of ${topic}-${partition}`);
      if (BigInt(offset) >= 0n) offsets.set(partition, BigInt(offset));
    }
  }
  return committed;
}

function byTopic(written: ReadonlyMap<PartitionQueue, bigint>) {
  const groups = Map.groupBy(written, ([{ topic }]) => topic);
  return [...groups].map(([topic, entries]) => ({
    topic,
    partitions: entries.map(([{ partition }, offset]) => ({ partition, offset: offset.toString() })),
  }));
}
