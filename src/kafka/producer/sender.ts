import type { Cluster } from "../cluster.ts";
import { KafkaError } from "../errors.ts";
import { BatchWriter } from "../records/encode.ts";
import type { Attempt, PartitionQueue } from "./partition.ts";
import { ITEM_OVERHEAD_BYTES, type ProduceAnswer, produceRequest } from "./produce-request.ts";
import type { ProducerIds } from "./producer-ids.ts";
import type { ProducerOptions } from "./types.ts";

interface Item {
  readonly queue: PartitionQueue;
  readonly attempt: Attempt;
}

/**
 * Sends what the partitions have: one request to each leader at a time, with a batch of every partition of its that has
 * something. Each batch is answered on its own, so a request may carry many: what the broker says of one partition
 * never stands for another.
 */
export class Sender {
  readonly #cluster: Cluster;
  readonly #producerIds: ProducerIds;
  readonly #options: Required<ProducerOptions>;
  readonly #writer = new BatchWriter();
  /** Partitions that have something to send, in the order in which their turn comes. */
  readonly #active = new Set<PartitionQueue>();
  readonly #busy = new Set<number>();
  #wakeUp: { cancel(): void } | undefined;
  #stopped: boolean = false;

  constructor(cluster: Cluster, producerIds: ProducerIds, options: Required<ProducerOptions>) {
    this.#cluster = cluster;
    this.#producerIds = producerIds;
    this.#options = options;
  }

  get inFlightRequests(): number {
    return this.#busy.size;
  }

  /** A partition has got something to send. */
  add(queue: PartitionQueue): void {
    this.#active.add(queue);
    if (this.#wakeUp === undefined) this.#wakeUp = later(this.#options.lingerMs, () => this.#pump());
  }

  /** Something changed that may let a partition be sent: an answer, a connection, a leader, the time. */
  wake(): void {
    if (this.#active.size > 0) this.#wakeUp ??= later(0, () => this.#pump());
  }

  stop(): void {
    this.#stopped = true;
    this.#wakeUp?.cancel();
  }

  /** Asks for metadata; what comes of it is told by the cluster's `onChange`. */
  refresh(topics: Iterable<string>): void {
    // A failure leaves `reachable` false, and whoever still waits asks again at its next tick.
    this.#cluster.refresh(topics).catch(() => {});
  }

  #pump(): void {
    this.#wakeUp = undefined;
    if (this.#stopped) return;
    const now = performance.now();
    const leaderless = new Set<string>();
    for (const [leader, queues] of this.#byLeader(now)) {
      if (leader === NO_LEADER) for (const { topic } of queues) leaderless.add(topic);
      else if (this.#connected(leader, queues)) this.#send(leader, queues, now);
    }
    if (leaderless.size > 0) this.refresh(leaderless);
  }

  /** The partitions that can be sent now, by the leaders that are free. */
  #byLeader(now: number): Map<number, PartitionQueue[]> {
    const byLeader = new Map<number, PartitionQueue[]>();
    for (const queue of this.#active) {
      if (queue.idle) this.#active.delete(queue);
      if (!queue.ready(now) || !this.#identified(queue)) continue;
      const leader = this.#cluster.leaderOf(queue.topic, queue.partition);
      if (this.#busy.has(leader)) continue;
      const queues = byLeader.get(leader);
      if (queues === undefined) byLeader.set(leader, [queue]);
      else queues.push(queue);
    }
    return byLeader;
  }

  #identified(queue: PartitionQueue): boolean {
    const producerId = this.#producerIds.current;
    if (producerId === undefined) return false;
    if (queue.identify(producerId)) return true;
    this.#producerIds.discard(producerId);
    return false;
  }

  /** Whether there is a connection to the leader; opens one where there is none, and is called again then. */
  #connected(leader: number, queues: readonly PartitionQueue[]): boolean {
    if (this.#cluster.connection(leader, "produce") !== undefined) return true;
    this.#cluster.open(leader, "produce").catch(() => {
      // The leader is away. Another may have taken over, or soon will.
      this.refresh(new Set(queues.map(({ topic }) => topic)));
    });
    return false;
  }

  #send(leader: number, queues: readonly PartitionQueue[], now: number): void {
    const items = this.#begin(queues, now);
    if (items.length === 0) return;
    this.#busy.add(leader);
    void this.#exchange(leader, items);
  }

  #begin(queues: readonly PartitionQueue[], now: number): Item[] {
    const items: Item[] = [];
    let left = this.#options.requestBytesMax;
    for (const queue of queues) {
      if (left <= 0) break;
      const attempt = queue.begin(this.#writer, now);
      if (attempt === undefined) continue;
      items.push({ queue, attempt });
      left -= attempt.bytes.length + ITEM_OVERHEAD_BYTES;
      // Behind the others, so that a request that is full does not leave out the same partitions again.
      this.#active.delete(queue);
      this.#active.add(queue);
    }
    return items;
  }

  async #exchange(leader: number, items: readonly Item[]): Promise<void> {
    const { requestTimeoutMs } = this.#options;
    const batches = items.map(({ queue: { topic, partition }, attempt }) => ({
      topic,
      partition,
      batch: attempt.bytes,
    }));
    const begun = performance.now();
    let error: KafkaError | undefined;
    try {
      const request = produceRequest(batches, requestTimeoutMs);
      const answers = await this.#cluster.send(leader, request, { timeoutMs: requestTimeoutMs, lane: "produce" });
      this.#answered(items, answers);
    } catch (cause) {
      error = cause instanceof KafkaError ? cause : new KafkaError("MALFORMED_ANSWER", "Produce", { cause });
      for (const { queue, attempt } of items) queue.fail(attempt, error, performance.now());
      this.refresh(new Set(batches.map(({ topic }) => topic)));
    } finally {
      this.#busy.delete(leader);
      this.wake();
    }
    this.#options.onRequest({
      nodeId: leader,
      records: items.reduce((sum, { attempt }) => sum + attempt.entries.length, 0),
      bytes: items.reduce((sum, { attempt }) => sum + attempt.bytes.length, 0),
      partitions: items.length,
      tookMs: performance.now() - begun,
      error,
    });
  }

  /** Looks up the answer of each batch that was sent: one that is missing is no success. */
  #answered(items: readonly Item[], answers: readonly ProduceAnswer[]): void {
    const byName = new Map(answers.map((answer) => [`${answer.topic}/${answer.partition}`, answer]));
    const stale = new Set<string>();
    const now = performance.now();
    for (const { queue, attempt } of items) {
      const answer = byName.get(`${queue.topic}/${queue.partition}`);
      if (answer === undefined || answer.errorCode !== 0) stale.add(queue.topic);
      queue.answer(attempt, answer, now);
    }
    // Most errors of a partition mean that its leader is another by now; to ask once more costs little.
    if (stale.size > 0) this.refresh(stale);
  }
}

const NO_LEADER = -1;

/** After all I/O that has already happened, so that what arrived together is sent together; or after a pause. */
function later(pauseMs: number, run: () => void): { cancel(): void } {
  if (pauseMs > 0) {
    const timer = setTimeout(run, pauseMs);
    return { cancel: () => clearTimeout(timer) };
  }
  const immediate = setImmediate(run);
  return { cancel: () => clearImmediate(immediate) };
}
