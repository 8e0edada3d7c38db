import type { PartitionLog, ReadOptions } from "./log/index.ts";
import type { Partition } from "./partition.ts";
import type { Topics } from "./topics.ts";

export interface WaitOptions {
  readonly partitions: readonly Partition[];
  readonly isolation: ReadOptions["isolation"];
  /** How many more bytes the client wants to be worth an answer. */
  readonly missingBytes: number;
  readonly maxWaitMs: number;
  readonly topics: Pick<Topics, "onChange" | "byId">;
  readonly signal: AbortSignal;
}

/**
 * Resolves once so many bytes were appended to the logs, or a partition is led by another node or gone, or the time is up. Each
 * append costs one subtraction; nothing is read meanwhile.
 */
export function untilReadable(options: WaitOptions): Promise<void> {
  const { partitions, isolation, maxWaitMs, topics, signal } = options;
  const { promise, resolve } = Promise.withResolvers<void>();
  let { missingBytes } = options;
  const stops: (() => void)[] = [];
  const finish = () => {
    clearTimeout(timer);
    signal.removeEventListener("abort", finish);
    for (const stop of stops) stop();
    // What waits goes on after the request that appended, with all that it appended.
    resolve();
  };
  const timer = setTimeout(finish, maxWaitMs);
  signal.addEventListener("abort", finish);
  const stayed = partitions.map((partition) => unmoved(partition, topics));
  stops.push(
    topics.onChange(() => {
      if (!stayed.every((holds) => holds())) finish();
    }),
  );
  for (const { log } of partitions) {
    const arrived = isolation === "read_committed" ? committedBytes(log) : appendedBytes(log);
    stops.push(
      log.onAppend(() => {
        missingBytes -= arrived();
        if (missingBytes <= 0) finish();
      }),
    );
  }
  return promise;
}

/** Whether a partition is still there, and led as it was. */
function unmoved(partition: Partition, topics: WaitOptions["topics"]): () => boolean {
  const { topic, leaderEpoch } = partition;
  return () => partition.leaderEpoch === leaderEpoch && topics.byId(topic.id) !== undefined;
}

/** Bytes since it was asked last. */
function appendedBytes(log: PartitionLog): () => number {
  let { bytes } = log;
  return () => {
    const more = Math.max(log.bytes - bytes, 0);
    ({ bytes } = log);
    return more;
  };
}

/** What a transaction holds back can be read when it ends; how much that is was not counted, and is taken for enough. */
function committedBytes(log: PartitionLog): () => number {
  let { stableOffset } = log;
  let heldBack = stableOffset < log.endOffset;
  const appended = appendedBytes(log);
  return () => {
    const moved = log.stableOffset > stableOffset;
    const enough = moved && heldBack;
    ({ stableOffset } = log);
    heldBack = stableOffset < log.endOffset;
    const more = appended();
    if (!moved) return 0;
    return enough ? Number.POSITIVE_INFINITY : more;
  };
}
