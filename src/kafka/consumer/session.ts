import type { Cluster } from "../cluster.ts";
import { KafkaError } from "../errors.ts";
import { listOffsets } from "../offsets.ts";
import { commitHandled, committedOffsets } from "./commits.ts";
import { type Coordinator, isFenced, isHopeless } from "./coordinator.ts";
import { closeDataGap } from "./data-gap.ts";
import { Fetcher } from "./fetcher.ts";
import { type Generation, type Membership, partitionsOf } from "./membership.ts";
import { PartitionQueue } from "./partition-queue.ts";
import { pause } from "./pause.ts";
import type { Running } from "./running.ts";
import type { ConsumerOptions } from "./types.ts";

/** Why a session ended. `fenced`: the group went on without us, so nothing can be committed. */
export type SessionEnd =
  | { readonly kind: "stop" }
  | { readonly kind: "rejoin"; readonly why: string; readonly fenced: boolean }
  | { readonly kind: "failed"; readonly error: KafkaError };

export interface SessionParts {
  readonly cluster: Cluster;
  readonly coordinator: Coordinator;
  readonly membership: Membership;
  readonly options: Required<ConsumerOptions>;
  readonly running: Running;
  readonly isPaused: (topic: string, partition: number) => boolean;
  readonly onFetched: () => void;
  readonly onHeartbeat: () => void;
}

/** How often the ends of logs are asked for that no fetch has told of, for the lag. */
const WATERMARK_INTERVAL_MS = 1_000;
const WATERMARK_AGE_MS_MAX = 3_000;
/** A topic that does not exist yet is looked for more often. */
const MISSING_INTERVAL_MS = 5_000;
const RETRY_MS = 500;
const FINAL_COMMIT_MS = 5_000;

/** One generation at work: heartbeats, fetches, handlers and commits, from the assignment to the next rebalance. */
export class Session {
  readonly generation: Generation;
  readonly #parts: SessionParts;
  /** Aborts when the session ends: handlers finish their record, loops return. */
  readonly #ending = new AbortController();
  /** Aborts when all is committed; the member stays alive until then. */
  readonly #closing = new AbortController();
  readonly #ended = Promise.withResolvers<SessionEnd>();
  #queues: readonly PartitionQueue[] = [];
  #fetcher: Fetcher | undefined;
  #fenced: boolean = false;
  #committing: Promise<void> = Promise.resolve();
  #commitFailing: boolean = false;

  constructor(generation: Generation, parts: SessionParts) {
    this.generation = generation;
    this.#parts = parts;
    this.#ending.signal.addEventListener("abort", () => this.#fetcher?.stop());
  }

  get queues(): readonly PartitionQueue[] {
    return this.#queues;
  }

  /** Works until something ends it, and returns what did. Never rejects. */
  async run(): Promise<SessionEnd> {
    this.#watch(this.#heartbeats());
    this.#watch(this.#work());
    return await this.#ended.promise;
  }

  /** Ends the session; only the first reason counts. */
  end(reason: SessionEnd): void {
    if (reason.kind === "rejoin" && reason.fenced) this.#fenced = true;
    this.#ended.resolve(reason);
    this.#ending.abort();
  }

  /** Commits what is handled, if the group still lets us. From here on `done` changes nothing. */
  async close(timeoutMs: number): Promise<void> {
    try {
      if (!this.#fenced) await this.#finalCommit(Math.min(timeoutMs, FINAL_COMMIT_MS));
    } finally {
      this.#closing.abort();
      for (const queue of this.#queues) queue.close();
    }
  }

  /** To be called when what is paused has changed. */
  applyPaused(): void {
    for (const queue of this.#queues) queue.paused = this.#parts.isPaused(queue.topic, queue.partition);
    this.#fetcher?.pump();
  }

  async #work(): Promise<void> {
    const committed = await this.#committed();
    if (committed === undefined) return;
    const { cluster, options, running } = this.#parts;
    const { group, emit } = options;
    this.#queues = [...this.generation.assignment].flatMap(([topic, partitions]) =>
      partitions.map((partition) => {
        const offset = committed.get(topic)?.get(partition);
        // Offset 0 stands for the earliest: where the log begins later, the fetch finds out.
        return new PartitionQueue({ topic, partition }, { offset: offset ?? 0n, committed: offset });
      }),
    );
    this.applyPaused();
    const onBlocked = (queue: PartitionQueue, error: KafkaError) => {
      const { topic, partition, fetchOffset: offset } = queue;
      emit("consumer.blocked", { group, topic, partition, offset, error });
      this.#fetcher?.pump(); // So that its next attempt is on the timer.
    };
    const fetcher = new Fetcher({
      cluster,
      queues: this.#queues,
      queueBytesMax: options.queueBytesMax,
      queuedBytesMax: options.queuedBytesMax,
      onFetched: this.#parts.onFetched,
      onBlocked,
      onOutOfRange: (queue) => closeDataGap(queue, { cluster, group, emit }),
      onBug: (error) => this.#fail(error),
    });
    this.#fetcher = fetcher;
    const run = { handle: options.handle, signal: this.#ending.signal, onRoom: () => fetcher.pump(), onBlocked };
    for (const queue of this.#queues) running.start(queue, run, (error) => this.end({ kind: "failed", error }));
    this.#watch(this.#commits());
    this.#watch(this.#watermarks());
    this.#watch(this.#newPartitions());
    await cluster.refresh(this.generation.assignment.keys()).catch(() => {}); // The fetcher asks again.
    if (!this.#ending.signal.aborted) fetcher.pump();
  }

  /** Where the group stands; undefined where the session ended before that could be told. */
  async #committed(): Promise<Map<string, Map<number, bigint>> | undefined> {
    while (!this.#ending.signal.aborted) {
      try {
        return await committedOffsets(this.#parts.coordinator, this.generation.assignment);
      } catch (error) {
        this.#heard(error);
        await pause(RETRY_MS, this.#ending.signal);
      }
    }
    return undefined;
  }

  /**
   * On a timer of their own, whatever the handlers do; that those make progress is watched elsewhere. They go on while
   * the session ends, so that a handler may finish its record.
   */
  async #heartbeats(): Promise<void> {
    const { coordinator, options, onHeartbeat } = this.#parts;
    const { generationId, memberId } = this.generation;
    const fields = { groupId: coordinator.group, groupGenerationId: generationId, memberId };
    const timeoutMs = Math.max(1_000, options.sessionTimeoutMs / 3);
    let answeredAt = performance.now();
    let waitMs = options.heartbeatIntervalMs;
    for (;;) {
      await pause(waitMs, this.#closing.signal);
      if (this.#closing.signal.aborted) return;
      waitMs = options.heartbeatIntervalMs;
      try {
        await coordinator.call("Heartbeat", fields, { timeoutMs });
        answeredAt = performance.now();
        onHeartbeat();
      } catch (error) {
        if (this.#heard(error)) answeredAt = performance.now();
        else waitMs = Math.min(waitMs, RETRY_MS);
        // The group has given us up by now, although it could not say so.
        if (performance.now() - answeredAt > options.sessionTimeoutMs) {
          const why = error instanceof Error ? error.message : String(error);
          this.end({ kind: "rejoin", why: `the coordinator has not answered for a session: ${why}`, fenced: true });
        }
      }
    }
  }

  async #commits(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      await pause(this.#parts.options.commitIntervalMs, signal);
      if (signal.aborted) return;
      await this.#commit(this.#parts.options.sessionTimeoutMs).catch((error: unknown) => this.#commitFailed(error));
    }
  }

  /** One at a time: an older offset must not overtake a newer one. */
  #commit(timeoutMs: number): Promise<void> {
    const { coordinator } = this.#parts;
    const next = async () => {
      await commitHandled(coordinator, this.generation, this.#queues, timeoutMs);
      this.#commitFailing = false;
    };
    this.#committing = this.#committing.then(next, next);
    return this.#committing;
  }

  /** What is not committed is tried again with the next commit. */
  #commitFailed(error: unknown): void {
    this.#heard(error);
    if (this.#commitFailing || this.#ending.signal.aborted) return;
    this.#commitFailing = true;
    this.#parts.options.emit("consumer.commit_failed", { group: this.#parts.options.group, error });
  }

  async #finalCommit(timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      try {
        return await this.#commit(Math.max(1, deadline - performance.now()));
      } catch (error) {
        this.#heard(error);
        const lasting = !(error instanceof KafkaError) || !error.retriable || isHopeless(error);
        if (
          lasting ||
          error.kind === "UNKNOWN_TOPIC_OR_PARTITION" ||
          this.#fenced ||
          performance.now() + RETRY_MS > deadline
        ) {
          // The records will be handled again by whoever reads the partition next.
          this.#parts.options.emit("consumer.commit_failed", { group: this.#parts.options.group, error });
          return;
        }
        await Bun.sleep(RETRY_MS);
      }
    }
  }

  /**
   * A partition that is paused, or whose queue is full, is not fetched, and its lag would stand still. Looks for
   * something to fetch as well, in case that nobody else did: a consumer that stops without a word is the worst.
   */
  async #watermarks(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      await pause(WATERMARK_INTERVAL_MS, signal);
      this.#fetcher?.pump();
      const now = performance.now();
      const old = this.#queues.filter(({ highWatermarkAt }) => now - highWatermarkAt > WATERMARK_AGE_MS_MAX);
      if (signal.aborted || old.length === 0) continue;
      const listed = await listOffsets(this.#parts.cluster, old, "latest");
      for (const [index, { offset }] of listed.entries()) {
        const queue = old.find(
          ({ topic, partition }) => topic === listed[index]?.topic && partition === listed[index]?.partition,
        );
        if (queue === undefined || typeof offset !== "bigint") continue;
        queue.highWatermark = offset;
        queue.highWatermarkAt = now;
      }
    }
  }

  /** Only the leader looks: it divides the partitions anew when there are others than it divided. */
  async #newPartitions(): Promise<void> {
    const { divided } = this.generation;
    if (divided === undefined) return;
    const { cluster, options } = this.#parts;
    const missing = [...divided].filter(([, partitions]) => partitions === 0).map(([topic]) => topic);
    if (missing.length > 0) options.emit("consumer.topics_missing", { group: options.group, topics: missing });
    const intervalMs = missing.length > 0 ? MISSING_INTERVAL_MS : options.metadataIntervalMs;
    let before = "";
    while (!this.#ending.signal.aborted) {
      await pause(Math.min(intervalMs, options.metadataIntervalMs), this.#ending.signal);
      if (this.#ending.signal.aborted) return;
      await cluster.refresh(divided.keys()).catch(() => {}); // Then what is known has not changed.
      const changed = [...divided].filter(([topic, partitions]) => partitionsOf(cluster, topic) !== partitions);
      const now = changed.map(([topic]) => `${topic} has ${partitionsOf(cluster, topic)} partitions`).join(", ");
      const grown = changed.every(([topic, partitions]) => partitionsOf(cluster, topic) > partitions);
      // Fewer are believed when seen twice: a broker that has just started does not know every topic yet.
      if (now !== "" && (grown || now === before)) return this.end({ kind: "rejoin", why: now, fenced: false });
      before = now;
    }
  }

  /** Draws the conclusions of an error; true where the group's coordinator was heard with it. */
  #heard(error: unknown): boolean {
    if (!(error instanceof KafkaError)) {
      this.#fail(error);
      return false;
    }
    if (error.kind === "REBALANCE_IN_PROGRESS") {
      this.end({ kind: "rejoin", why: "the group is rebalancing", fenced: false });
      return true;
    }
    if (isFenced(error)) {
      this.#fenced = true;
      this.#parts.membership.heard(error);
      this.end({ kind: "rejoin", why: error.message, fenced: true });
      return true;
    }
    if (isHopeless(error)) this.end({ kind: "failed", error });
    return false;
  }

  /** Background work that must not end without a word. */
  #watch(work: Promise<void>): void {
    work.catch((error: unknown) => this.#fail(error));
  }

  #fail(cause: unknown): void {
    this.end({ kind: "failed", error: internal(cause) });
  }
}

/** An error that is not Kafka's is a mistake of ours. */
export function internal(cause: unknown): KafkaError {
  if (cause instanceof KafkaError) return cause;
  return new KafkaError("INTERNAL", `the consumer met what it does not expect: ${String(cause)}`, { cause });
}
