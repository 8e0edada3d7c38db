/**
 * Everything worth telling an operator, by name. Core code gets an `Emit` and calls it; `log.ts` alone turns an event
 * into a line.
 */
export interface Events {
  "api.listening": { url: string; topics: number };
  "api.stopping": { reason: string };
  "api.stopped": { undelivered: number };
  /** An event that was answered with 202 did not reach Kafka, or nobody knows whether it did. */
  "api.event.lost": { topic: string; id: string; outcome: "failed" | "unknown"; error: unknown };
  /** A request was answered with a problem. */
  "api.refused": { method: string; path: string; problem: string; status: number; detail: string };
  /** A request met what the API does not expect; it was answered with 500. */
  "api.failed": { error: unknown };

  "worker.started": { group: string; topics: readonly string[]; opsUrl: string };
  "worker.stopping": { group: string; reason: string };
  /** `running` is what a forced stop left behind. */
  "worker.stopped": { group: string; forced: boolean; running: readonly string[] };
  /** A handler's own line. */
  "worker.said": { group: string; text: string; topic: string; partition: number; offset: bigint; id: string };
  /** An attempt failed, and there will be another; `outage` is one that costs none. */
  "worker.event.failed": WorkerPlace & { attempt: number; outage: boolean; delayMs: number; error: unknown };
  "worker.event.dead": WorkerPlace & { to: string; attempts: number; error: unknown };
  "worker.deadLetter.failed": WorkerPlace & { to: string; delayMs: number; error: unknown };
  /** The event's transaction was committed before, so its effect was left out. */
  "worker.event.repeated": WorkerPlace & { id: string };
  "worker.registry.failed": WorkerPlace & { schemaId: number; delayMs: number; error: unknown };
  "worker.inbox.pruned": { group: string; rows: number };
  "worker.inbox.failed": { group: string; error: unknown };

  "consumer.joined": {
    group: string;
    memberId: string;
    generationId: number;
    leader: boolean;
    partitions: number;
    tookMs: number;
  };
  "consumer.rejoining": { group: string; why: string };
  "consumer.join_failed": { group: string; error: unknown };
  "consumer.leave_failed": { group: string; error: unknown };
  /** What was handled is not committed yet; it is tried again, or handled again by the partition's next owner. */
  "consumer.commit_failed": { group: string; error: unknown };
  /** Subscribed topics that do not exist, or not yet. */
  "consumer.topics_missing": { group: string; topics: readonly string[] };
  /** The log does not hold the offset that was next; `missing` records were deleted before they were read. */
  "consumer.data_gap": {
    group: string;
    topic: string;
    partition: number;
    expected: bigint;
    earliest: bigint;
    latest: bigint;
    missing: bigint;
  };
  /** The partition cannot be read at this offset, and is asked for again later. */
  "consumer.blocked": { group: string; topic: string; partition: number; offset: bigint; error: unknown };
  "consumer.failed": { group: string; error: unknown };
  "consumer.stopped": { group: string };

  "registry.listening": { url: string; durable: boolean };
  "registry.stopped": { url: string };
  /** What is kept says otherwise than `schemas.lock.json`, and wins: ids are not those of the other registry. */
  "registry.lock_ignored": { conflict: string };
  /** The embedded registry met what it does not expect; the request was answered with 500. */
  "registry.failed": { error: unknown };

  "broker.listening": { addresses: readonly string[]; topics: number; durable: boolean };
  "broker.stopped": { connections: number };
  /** Where requests are made to go wrong on purpose. */
  "broker.faults.listening": { url: string };
  /** There are as many connections as the broker takes. */
  "broker.connection.refused": { clientHost: string; connections: number };
  /** A client is not let in. `username` is who it said to be, where it said so. */
  "broker.login.failed": { clientHost: string; mechanism: string; username: string | undefined };
  /** What came was not Kafka's protocol, or not allowed; the connection was closed. */
  "broker.connection.failed": { clientHost: string; error: unknown };
  /** A request met what the broker does not expect; it was answered UNKNOWN_SERVER_ERROR. */
  "broker.request.failed": { api: string; error: unknown };
  /** What was asked for could not be written or read: the disk, or memory, is full or damaged. The client was told. */
  "broker.storage.failed": { api: string; error: unknown };
  /** Records are missing that had been stored: files were damaged, cut or removed while the broker was away. */
  "broker.log.damaged": { folder: string; endOffset: bigint; removedBytes: number };
  /** Records are gone that were older, or more, than the topic's settings let stay. */
  "broker.records.dropped": { topic: string; partition: number; records: bigint };
  /** A log could not be cleaned; it is tried again. */
  "broker.clean.failed": { topic: string; partition: number; error: unknown };
  /** A transaction took longer than its producer had asked for, and was aborted. */
  "broker.transaction.expired": { transactionalId: string; producerId: bigint; tookMs: number };
  /** A transaction's outcome is decided, and could not be written to this partition. */
  "broker.marker.failed": { transactionalId: string; topic: string; partition: number; error: unknown };
  /** A group's new state could not be written; its members were told to ask again. */
  "broker.group.unstored": { group: string; error: unknown };
}

/** Where a worker is. */
interface WorkerPlace {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** Tells one event. Never throws, never waits. */
export type Emit = <Name extends keyof Events>(name: Name, detail: Events[Name]) => void;

/** For callers that have nobody to tell. */
export const silent: Emit = () => {};
