import type { Cluster } from "../cluster.ts";
import { KafkaError, type KafkaErrorKind, kindOf } from "../errors.ts";
import { scanRecordSet } from "../records/decode.ts";
import { type FetchedPartition, type FetchPartition, fetchRequest } from "./fetch-request.ts";
import type { PartitionQueue } from "./partition-queue.ts";
import { visibleFrames } from "./visible.ts";

export interface FetcherOptions {
  readonly cluster: Cluster;
  readonly queues: readonly PartitionQueue[];
  readonly queueBytesMax: number;
  readonly queuedBytesMax: number;
  readonly onFetched: () => void;
  readonly onBlocked: (queue: PartitionQueue, error: KafkaError) => void;
  /** Called when the offset asked for is not in the log. Moves the queue; the partition is left alone meanwhile. */
  readonly onOutOfRange: (queue: PartitionQueue) => Promise<void>;
  /** Called on what should not happen: an error that is not Kafka's. */
  readonly onBug: (error: unknown) => void;
}

/** How long a broker may wait for records while every partition has room. */
const FETCH_WAIT_MS = 500;
/** Half of Java's default: answers of a few megabytes cost less memory traffic than larger ones. */
const PARTITION_BYTES_MAX = 512 * 1024;
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;
const ANSWER_MARGIN_MS = 10_000;
const RETRY_MS_MAX = 2_000;

/** Somebody else leads the partition, or nobody yet: the metadata is old. */
const MOVED: ReadonlySet<KafkaErrorKind> = new Set([
  "NOT_LEADER_OR_FOLLOWER",
  "LEADER_NOT_AVAILABLE",
  "UNKNOWN_TOPIC_OR_PARTITION",
  "FENCED_LEADER_EPOCH",
  "UNKNOWN_LEADER_EPOCH",
  "REPLICA_NOT_AVAILABLE",
  "KAFKA_STORAGE_ERROR",
  "OFFSET_NOT_AVAILABLE",
] as const);

/**
 * Keeps the queues filled: one long poll at a time to each broker, for those of its partitions that have room. A
 * partition whose handler is slow fills its own queue and is then left out, so it holds up no other.
 */
export class Fetcher {
  readonly #options: FetcherOptions;
  readonly #busyNodes = new Set<number>();
  readonly #seeking = new Set<PartitionQueue>();
  readonly #queueBytesMax: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Moves with every fetch: the broker fills the answer in order, and the first must not always be the same. */
  #turn = 0;
  #stopped: boolean = false;
  #refreshing: boolean = false;

  constructor(options: FetcherOptions) {
    this.#options = options;
    const { queueBytesMax, queuedBytesMax, queues } = options;
    this.#queueBytesMax = Math.min(queueBytesMax, Math.ceil(queuedBytesMax / Math.max(1, queues.length)));
  }

  /** Fetches wherever there is room. To be called whenever that may have changed. */
  pump(): void {
    if (this.#stopped) return;
    const now = performance.now();
    const ready = this.#options.queues.filter((queue) => queue.retryAt <= now && this.#hasRoom(queue));
    const byLeader = Map.groupBy(ready, ({ topic, partition }) => this.#options.cluster.leaderOf(topic, partition));
    for (const [nodeId, queues] of byLeader) {
      if (nodeId < 0) this.#withoutLeader(queues);
      else if (!this.#busyNodes.has(nodeId)) void this.#fetchFrom(nodeId, queues);
    }
    this.#wakeForRetries(now);
  }

  /** Starts no more fetches. What is on its way is dropped when it comes. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #hasRoom(queue: PartitionQueue): boolean {
    if (queue.paused || this.#seeking.has(queue)) return false;
    return queue.queuedBytes === 0 || queue.queuedBytes + PARTITION_BYTES_MAX <= this.#queueBytesMax;
  }

  /** Never rejects: nobody waits for it. */
  async #fetchFrom(nodeId: number, queues: readonly PartitionQueue[]): Promise<void> {
    this.#busyNodes.add(nodeId);
    try {
      const asked = new Map(this.#inTurn(queues).map((queue) => [queue, this.#ask(queue)]));
      const waitMs = this.#waitMs(nodeId);
      const request = fetchRequest([...asked.values()], { waitMs, bytesMax: ANSWER_BYTES_MAX });
      const timeoutMs = waitMs + ANSWER_MARGIN_MS;
      const answer = await this.#options.cluster.send(nodeId, request, { lane: "fetch", timeoutMs });
      if (this.#stopped) return;
      this.#options.onFetched();
      this.#accept(asked, answer);
    } catch (error) {
      if (this.#stopped) return;
      if (!(error instanceof KafkaError)) return this.#options.onBug(error);
      for (const queue of queues) queue.backOff(RETRY_MS_MAX);
      this.#refresh();
    } finally {
      this.#busyNodes.delete(nodeId);
      this.pump();
    }
  }

  #inTurn(queues: readonly PartitionQueue[]): readonly PartitionQueue[] {
    const first = this.#turn++ % queues.length;
    const rotated = [...queues.slice(first), ...queues.slice(0, first)];
    // A batch larger than its partition's limit comes whole only where it comes first.
    return rotated.sort((one, other) => Math.sign(other.neededBytes) - Math.sign(one.neededBytes));
  }

  #ask({ topic, partition, fetchOffset, neededBytes }: PartitionQueue): FetchPartition {
    const leaderEpoch = this.#options.cluster.topic(topic)?.partitions[partition]?.leaderEpoch ?? -1;
    const bytesMax = Math.max(neededBytes, Math.min(PARTITION_BYTES_MAX, this.#queueBytesMax));
    return { topic, partition, offset: fetchOffset, leaderEpoch, bytesMax };
  }

  /**
   * A fetch that waits is a fetch that nobody can join: a partition of this broker whose queue is full now would find
   * it empty before the wait is over. So wait no longer than such a partition took for its last batch.
   */
  #waitMs(nodeId: number): number {
    let waitMs = FETCH_WAIT_MS;
    for (const queue of this.#options.queues) {
      if (queue.paused || queue.queuedBytes === 0 || this.#hasRoom(queue)) continue;
      if (this.#options.cluster.leaderOf(queue.topic, queue.partition) !== nodeId) continue;
      const since = queue.handling === undefined ? 0 : performance.now() - queue.handling.startedAt;
      waitMs = Math.min(waitMs, Math.max(queue.handledMs, since));
    }
    return Math.max(5, Math.round(waitMs));
  }

  #accept(asked: ReadonlyMap<PartitionQueue, FetchPartition>, answer: readonly FetchedPartition[]): void {
    const fetched = new Map(answer.map((one) => [`${one.topic}-${one.partition}`, one]));
    for (const [queue, { offset }] of asked) {
      // Moved while the fetch was on its way.
      if (queue.fetchOffset !== offset) continue;
      const one = fetched.get(`${queue.topic}-${queue.partition}`);
      const kind = one === undefined ? "MALFORMED_ANSWER" : kindOf(one.errorCode);
      if (one !== undefined && kind === undefined) this.#take(queue, one);
      else if (kind === "OFFSET_OUT_OF_RANGE") void this.#seek(queue);
      else this.#failed(queue, kind ?? "MALFORMED_ANSWER");
    }
  }

  #take(queue: PartitionQueue, fetched: FetchedPartition): void {
    queue.highWatermark = fetched.highWatermark;
    queue.highWatermarkAt = performance.now();
    try {
      const { frames, cutOffBytes } = scanRecordSet(fetched.recordSet);
      queue.neededBytes = frames.length === 0 ? cutOffBytes : 0;
      const nextOffset = frames.at(-1)?.nextOffset ?? queue.fetchOffset;
      if (!queue.damaged) {
        queue.blocked = undefined;
        queue.failures = 0;
      }
      if (frames.length === 0) return;
      // Asking again at once would get the same answer for ever.
      if (nextOffset <= queue.fetchOffset) throw new KafkaError("MALFORMED_ANSWER", "batches before the one asked for");
      const visible = visibleFrames(fetched, frames);
      queue.offer(visible.length === 0 ? NO_BYTES : ownBytes(fetched.recordSet), visible, nextOffset);
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      queue.block(queue.fetchOffset, error);
      this.#options.onBlocked(queue, error);
    }
  }

  #failed(queue: PartitionQueue, kind: KafkaErrorKind): void {
    queue.backOff(RETRY_MS_MAX);
    if (MOVED.has(kind)) {
      this.#refresh();
      return;
    }
    const { topic, partition } = queue;
    const error = new KafkaError(kind, `Fetch of ${topic}-${partition}`);
    if (queue.blocked === error.message) return;
    queue.blocked = error.message;
    this.#options.onBlocked(queue, error);
  }

  async #seek(queue: PartitionQueue): Promise<void> {
    this.#seeking.add(queue);
    try {
      await this.#options.onOutOfRange(queue);
    } catch (error) {
      if (!(error instanceof KafkaError)) this.#options.onBug(error);
      queue.backOff(RETRY_MS_MAX);
      this.#refresh();
    } finally {
      this.#seeking.delete(queue);
      this.pump();
    }
  }

  #withoutLeader(queues: readonly PartitionQueue[]): void {
    for (const queue of queues) queue.backOff(RETRY_MS_MAX);
    this.#refresh();
  }

  /** Failing to ask is no news: the fetch that failed will fail again, and ask again. */
  #refresh(): void {
    if (this.#refreshing) return;
    this.#refreshing = true;
    this.#options.cluster
      .refresh(new Set(this.#options.queues.map(({ topic }) => topic)))
      .catch(() => {})
      .finally(() => {
        this.#refreshing = false;
        this.pump();
      });
  }

  #wakeForRetries(now: number): void {
    clearTimeout(this.#timer);
    const times = this.#options.queues.map(({ retryAt }) => retryAt).filter((retryAt) => retryAt > now);
    if (times.length > 0) this.#timer = setTimeout(() => this.pump(), Math.min(...times) - now + 1);
  }
}

/** For batches that nobody will look at. */
const NO_BYTES = Buffer.alloc(0);

/** A view keeps the whole answer alive. A slow partition's share of it would, so a small one is copied. */
function ownBytes(recordSet: Buffer): Buffer {
  return recordSet.length * 2 < recordSet.buffer.byteLength ? Buffer.from(recordSet) : recordSet;
}
