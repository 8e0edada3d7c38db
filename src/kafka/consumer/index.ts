import { silent } from "../../events.ts";
import { Cluster } from "../cluster.ts";
import { KafkaError } from "../errors.ts";
import type { KafkaSettings } from "../settings.ts";
import { Coordinator, isFenced, isHopeless } from "./coordinator.ts";
import { type Generation, Membership } from "./membership.ts";
import { pause, within } from "./pause.ts";
import { Running } from "./running.ts";
import { internal, Session, type SessionEnd } from "./session.ts";
import type {
  Consumer,
  ConsumerOptions,
  ConsumerState,
  ConsumerStatus,
  PartitionLag,
  TopicPartition,
} from "./types.ts";

export type * from "./types.ts";

/**
 * Joins a consumer group and hands its records to `handle`. New groups start at the earliest record. Resolves once a
 * broker has answered; joining goes on behind it, and is repeated for as long as it takes.
 * @throws KafkaError UNAVAILABLE, INVALID_OPTION, or a kind of SASL
 */
export async function openConsumer(settings: KafkaSettings, options: ConsumerOptions): Promise<Consumer> {
  const complete = { ...DEFAULTS, ...options };
  assertUsable(complete);
  const cluster = new Cluster(settings);
  try {
    await cluster.refresh(complete.topics);
  } catch (error) {
    cluster.close();
    throw error;
  }
  return new GroupConsumer(cluster, complete);
}

export const DEFAULTS = {
  emit: silent,
  sessionTimeoutMs: 30_000,
  rebalanceTimeoutMs: 60_000,
  heartbeatIntervalMs: 3_000,
  commitIntervalMs: 500,
  progressTimeoutMs: 300_000,
  queueBytesMax: 4 * 1024 * 1024,
  queuedBytesMax: 64 * 1024 * 1024,
  metadataIntervalMs: 30_000,
} satisfies Partial<ConsumerOptions>;

const JOIN_RETRY_MS = 200;
const JOIN_RETRY_MS_MAX = 5_000;
/** What a rebalance leaves for the commit and the way to the coordinator, after the handlers have returned. */
const REBALANCE_MARGIN_MS = 5_000;
/** How long handlers may finish their record when it will not be committed. */
const FORSAKEN_MS = 2_000;
/** What a stop keeps back for the commit and LeaveGroup. */
const STOP_RESERVE_MS = 2_000;
const LEAVE_MS = 5_000;

class GroupConsumer implements Consumer {
  readonly closed: Promise<void>;
  readonly #options: Required<ConsumerOptions>;
  readonly #cluster: Cluster;
  readonly #coordinator: Coordinator;
  readonly #membership: Membership;
  readonly #running = new Running();
  readonly #paused = new Set<string>();
  /** Aborts when no generation is to follow: asked to stop, or beyond help. */
  readonly #over = new AbortController();
  #stopDeadline = Number.POSITIVE_INFINITY;
  #stopped: Promise<void> | undefined;
  #failure: KafkaError | undefined;
  #session: Session | undefined;
  #state: { state: ConsumerState; since: number; why: string };
  #lastFetchAt: number | undefined;
  #lastHeartbeatAt: number | undefined;

  constructor(cluster: Cluster, options: Required<ConsumerOptions>) {
    this.#cluster = cluster;
    this.#options = options;
    this.#coordinator = new Coordinator(cluster, options.group);
    this.#membership = new Membership(cluster, this.#coordinator, options);
    this.#state = { state: "joining", since: Date.now(), why: "just started" };
    this.closed = this.#run();
    this.closed.catch(() => {}); // Whoever does not wait for it sees it in `state` and the events.
  }

  assignment(): readonly TopicPartition[] {
    return (this.#session?.queues ?? []).map(({ topic, partition }) => ({ topic, partition }));
  }

  lag(): readonly PartitionLag[] {
    return (this.#session?.queues ?? []).map((queue) => {
      const { topic, partition, position, committed, highWatermark, paused } = queue;
      // What was handled since the high watermark was told may lie beyond it.
      const lag = highWatermark === undefined ? undefined : highWatermark > position ? highWatermark - position : 0n;
      return { topic, partition, position, committed, highWatermark, lag, paused };
    });
  }

  pause(topic: string, partition: number): void {
    this.#paused.add(`${topic}-${partition}`);
    this.#session?.applyPaused();
  }

  resume(topic: string, partition: number): void {
    this.#paused.delete(`${topic}-${partition}`);
    this.#session?.applyPaused();
  }

  state(): ConsumerStatus {
    const blocked = (this.#session?.queues ?? []).flatMap(({ topic, partition, blocked: why }) =>
      why === undefined ? [] : [{ topic, partition, why }],
    );
    return { ...this.#state, lastFetchAt: this.#lastFetchAt, lastHeartbeatAt: this.#lastHeartbeatAt, blocked };
  }

  stop({ timeoutMs }: { readonly timeoutMs: number }): Promise<void> {
    this.#stopped ??= this.#stop(timeoutMs);
    return this.#stopped;
  }

  async #stop(timeoutMs: number): Promise<void> {
    if (this.#failure !== undefined) return;
    this.#stopDeadline = performance.now() + timeoutMs;
    this.#become("stopping", "asked to");
    this.#over.abort();
    this.#session?.end({ kind: "stop" });
    const closed = this.closed.catch(() => {}); // `closed` itself tells what went wrong.
    await within(closed, timeoutMs);
    // From here on nothing is waited for: requests on their way end with the connections.
    this.#cluster.close();
    const left = this.#running.handling().map(({ topic, partition }) => `${topic}-${partition}`);
    if (left.length === 0) return await closed;
    throw new KafkaError("STOP_TIMEOUT", `handlers still at work after ${timeoutMs} ms: ${left.join(", ")}`);
  }

  /** The life of the member: join, work, join again, until asked to stop or beyond help. */
  async #run(): Promise<void> {
    const { group, emit, progressTimeoutMs } = this.#options;
    const watchdog = setInterval(() => this.#watchProgress(), Math.min(1_000, progressTimeoutMs / 4));
    try {
      while (!this.#over.signal.aborted) await this.#generations();
    } catch (error) {
      // At the deadline of a stop the connections are closed under whatever still waits for an answer.
      if (this.#stopped === undefined) this.#fail(error);
    }
    clearInterval(watchdog);
    await this.#leave();
    this.#session = undefined;
    this.#cluster.close();
    if (this.#failure === undefined) {
      this.#become("stopped", "asked to");
      return emit("consumer.stopped", { group });
    }
    this.#become("failed", this.#failure.message);
    emit("consumer.failed", { group, error: this.#failure });
    throw this.#failure;
  }

  /** One generation after the other for as long as joining succeeds; then a pause, longer after each failure. */
  async #generations(): Promise<void> {
    for (let failures = 0; !this.#over.signal.aborted; ) {
      try {
        const startedAt = performance.now();
        const generation = await this.#join();
        if (generation === undefined) return;
        failures = 0;
        await this.#work(generation, performance.now() - startedAt);
      } catch (error) {
        if (!(error instanceof KafkaError) || isHopeless(error)) throw error;
        this.#become("joining", error.message);
        // That the group rebalances again, or has forgotten us, is a reason to join once more and no trouble.
        const trouble = !isFenced(error) && error.kind !== "REBALANCE_IN_PROGRESS";
        if (trouble) this.#options.emit("consumer.join_failed", { group: this.#options.group, error });
        const ms = Math.min(JOIN_RETRY_MS * 2 ** failures++, JOIN_RETRY_MS_MAX);
        await pause(ms * (0.8 + 0.4 * Math.random()), this.#over.signal);
      }
    }
  }

  /** Undefined where the consumer was stopped meanwhile: a join waits for other members, who may take their time. */
  async #join(): Promise<Generation | undefined> {
    const joining = this.#membership.join();
    await within(joining, Number.POSITIVE_INFINITY, this.#over.signal);
    if (!this.#over.signal.aborted) return await joining;
    joining.catch(() => {}); // LeaveGroup, or the closing connection, makes it fail.
    return undefined;
  }

  async #work(generation: Generation, tookMs: number): Promise<void> {
    const { group, emit } = this.#options;
    const { generationId, memberId, assignment } = generation;
    const session = new Session(generation, {
      cluster: this.#cluster,
      coordinator: this.#coordinator,
      membership: this.#membership,
      options: this.#options,
      running: this.#running,
      isPaused: (topic, partition) => this.#paused.has(`${topic}-${partition}`),
      onFetched: () => {
        this.#lastFetchAt = Date.now();
      },
      onHeartbeat: () => {
        this.#lastHeartbeatAt = Date.now();
      },
    });
    this.#session = session;
    const partitions = [...assignment.values()].flat().length;
    this.#become("stable", `${partitions} partitions in generation ${generationId}`);
    const leader = generation.divided !== undefined;
    emit("consumer.joined", { group, memberId, generationId, leader, partitions, tookMs });
    // Asked to stop between the join and here, when there was no session to end.
    if (this.#over.signal.aborted) session.end({ kind: "stop" });
    const end = await session.run();
    if (end.kind === "failed") this.#fail(end.error);
    if (end.kind === "rejoin") {
      this.#become("joining", end.why);
      emit("consumer.rejoining", { group, why: end.why });
    }
    await this.#handlersEnded(end);
    await session.close(this.#leftMs());
    this.#session = undefined;
  }

  /** Lets handlers finish their current record, for as long as that is of use. */
  async #handlersEnded(end: SessionEnd): Promise<void> {
    const ended = this.#running.ended();
    const { rebalanceTimeoutMs } = this.#options;
    if (end.kind === "rejoin") {
      const usefulMs = Math.max(rebalanceTimeoutMs - REBALANCE_MARGIN_MS, rebalanceTimeoutMs / 2);
      await within(ended, end.fenced ? FORSAKEN_MS : usefulMs, this.#over.signal);
    }
    if (this.#failure !== undefined || end.kind === "failed") await within(ended, FORSAKEN_MS);
    else if (this.#over.signal.aborted) await within(ended, this.#leftMs() - STOP_RESERVE_MS);
  }

  /** What is left until the deadline of a stop; without limit where none was asked for. */
  #leftMs(): number {
    return Math.max(0, this.#stopDeadline - performance.now());
  }

  async #leave(): Promise<void> {
    const deadline = performance.now() + Math.min(LEAVE_MS, this.#leftMs());
    for (;;) {
      try {
        return await this.#membership.leave(Math.max(1, deadline - performance.now()));
      } catch (error) {
        if (error instanceof KafkaError && isFenced(error)) return;
        const again = error instanceof KafkaError && error.retriable && performance.now() + JOIN_RETRY_MS < deadline;
        if (!again) return this.#options.emit("consumer.leave_failed", { group: this.#options.group, error });
        await Bun.sleep(JOIN_RETRY_MS);
      }
    }
  }

  #watchProgress(): void {
    const stuck = this.#running.stuck(this.#options.progressTimeoutMs);
    if (stuck !== undefined) this.#fail(stuck);
  }

  #fail(cause: unknown): void {
    const error = internal(cause);
    this.#failure ??= error;
    this.#over.abort();
    this.#become("failed", this.#failure.message);
    this.#session?.end({ kind: "failed", error });
  }

  #become(state: ConsumerState, why: string): void {
    // What happens on the way out does not undo that it is on the way out.
    if (this.#over.signal.aborted && (state === "joining" || state === "stable")) return;
    const since = this.#state.state === state ? this.#state.since : Date.now();
    this.#state = { state, since, why };
  }
}

function assertUsable({ group, topics, heartbeatIntervalMs, sessionTimeoutMs }: Required<ConsumerOptions>): void {
  const problem =
    group === ""
      ? "the group has no name"
      : topics.length === 0
        ? "no topics"
        : heartbeatIntervalMs >= sessionTimeoutMs
          ? `a heartbeat every ${heartbeatIntervalMs} ms does not keep a session of ${sessionTimeoutMs} ms`
          : undefined;
  if (problem !== undefined) throw new KafkaError("INVALID_OPTION", problem);
}
