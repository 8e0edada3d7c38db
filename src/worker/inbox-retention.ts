import type { CatalogTopic } from "../catalog/index.ts";
import type { Emit } from "../events.ts";
import type { Store } from "../store/index.ts";
import type { Worker } from "./define-worker.ts";

const DAY_MS = 86_400_000;
/** Apache Kafka's default for `segment.ms`. A segment is deleted as a whole, so a record may outlive `retention.ms` by it. */
const SEGMENT_MS = 7 * DAY_MS;

const EVERY_MS = 3_600_000;

export interface KeepInboxSmallOptions {
  readonly worker: Pick<Worker, "group" | "inboxRetentionMs">;
  readonly topics: readonly CatalogTopic[];
  readonly store: Pick<Store, "used" | "prune"> | undefined;
  readonly emit: Emit;
  readonly everyMs?: number;
  readonly now?: () => number;
}

/** Prunes the inbox every hour, the first time after one hour. Answers how to end that. */
export function keepInboxSmall(options: KeepInboxSmallOptions): () => void {
  const { worker, topics, store, emit, everyMs = EVERY_MS, now = Date.now } = options;
  const { group } = worker;
  const retention = worker.inboxRetentionMs ?? inboxRetentionMs(topics);
  if (store === undefined || retention === undefined) return () => {};
  const prune = async (): Promise<void> => {
    // A worker that stores nothing must not be made to connect to a database.
    if (!store.used()) return;
    try {
      const rows = await store.prune(group, now() - retention);
      if (rows > 0) emit("worker.inbox.pruned", { group, rows });
    } catch (error) {
      emit("worker.inbox.failed", { group, error });
    }
  };
  const timer = setInterval(() => void prune(), everyMs);
  return () => clearInterval(timer);
}

/**
 * How long the inbox must remember an event of these topics: as long as one of them may still hold it, and a day.
 * Undefined, so for ever, where a topic keeps events for ever or does not say how long.
 */
export function inboxRetentionMs(topics: readonly CatalogTopic[]): number | undefined {
  let longest = 0;
  for (const { config } of topics) {
    const retention = Number(config["retention.ms"] ?? -1);
    if (!(retention >= 0) || (config["cleanup.policy"] ?? "delete") !== "delete") return undefined;
    longest = Math.max(longest, retention + Number(config["segment.ms"] ?? SEGMENT_MS));
  }
  return longest + DAY_MS;
}
