import { createDecoderCache } from "../avro/index.ts";
import { type Catalog, type CatalogTopic, envelopeOf } from "../catalog/index.ts";
import type { Emit } from "../events.ts";
import { type Admin, type Consumer, type KafkaSettings, openAdmin, openConsumer } from "../kafka/index.ts";
import type { Registry } from "../registry/index.ts";
import type { Store } from "../store/index.ts";
import { createBatchHandler } from "./batch-handler.ts";
import { problemsOf } from "./checks.ts";
import type { Batch } from "./context.ts";
import type { Worker } from "./define-worker.ts";
import { WorkerRefused } from "./errors.ts";
import type { Handle } from "./handle.ts";
import { liveness, readiness } from "./health.ts";
import { keepInboxSmall } from "./inbox-retention.ts";
import { createLateProducer, type LateProducer } from "./late-producer.ts";
import { createWorkerMetrics } from "./metrics.ts";
import { listen } from "./ops.ts";
import { policyOf } from "./policy.ts";
import { readTopics } from "./readers.ts";
import { ensureDeadLetterTopics, missingTopics } from "./topics.ts";

/** What a worker is given. Whoever made admin, registry and store closes them, after the worker has stopped. */
export interface WorkerParts {
  readonly kafka: KafkaSettings;
  /** Looks at topics while the worker is started; where left out, one is opened and closed for that. */
  readonly admin?: Admin;
  readonly registry: Registry;
  readonly catalog: Catalog;
  readonly store?: Store;
  /** Port of health and metrics. 0 picks a free one. */
  readonly opsPort: number;
  readonly opsHost?: string;
  readonly emit: Emit;
  /** How long a handler may go without any sign of life before the worker counts as stuck. */
  readonly progressTimeoutMs?: number;
  /** How long the group keeps the partitions of a worker that it no longer hears from. */
  readonly sessionTimeoutMs?: number;
  /** How long what is handled may wait to be committed. */
  readonly commitIntervalMs?: number;
}

/** How a worker came to its end. */
export interface WorkerStopped {
  /** Whether the deadline passed while events were still handled. */
  readonly forced: boolean;
  /** `topic/partition/offset for 1200 ms` of each. They are read again by whoever has their partitions next. */
  readonly running: readonly string[];
}

export interface RunningWorker {
  readonly worker: Worker;
  readonly opsUrl: string;
  /** Resolves when the worker has stopped; rejects when the consumer gives up, and then nothing is handled any more. */
  readonly closed: Promise<void>;
  /** Finishes the events at hand, commits, and leaves the group, within the time. Stopping twice is a no-op. */
  stop(options: { readonly timeoutMs: number }): Promise<WorkerStopped>;
}

const PROGRESS_TIMEOUT_MS = 300_000;
/** What the consumer allows beyond an attempt for the rest of a rebalance. */
const REBALANCE_MARGIN_MS = 15_000;
const REBALANCE_MS_MIN = 60_000;

/** Room for any event that a topic has taken, and packed again so that it fits where it fitted before. */
const DEAD_LETTERS = {
  compression: "zstd",
  requestBytesMax: 100 * 1024 * 1024,
  queueBytesMax: 256 * 1024 * 1024,
} as const;
const DEAD_LETTER_CLOSE_MS = 5_000;

/**
 * Checks, sets up and starts a worker. It resolves when the worker has begun to join its group.
 * @throws WorkerRefused with everything that keeps it from being started.
 */
export async function runWorker(worker: Worker, parts: WorkerParts): Promise<RunningWorker> {
  const { kafka, catalog, registry, store, progressTimeoutMs = PROGRESS_TIMEOUT_MS } = parts;
  await using opened = new AsyncDisposableStack();
  const topics = readTopics(worker, catalog);
  await withAdmin(parts, async (admin) => {
    await assertSound(worker, parts, admin);
    await prepare(worker, topics, { admin, store });
  });
  const producer = opened.adopt(createLateProducer(kafka, DEAD_LETTERS), (one) =>
    one.close({ timeoutMs: DEAD_LETTER_CLOSE_MS }),
  );

  const metrics = createWorkerMetrics(worker.group, worker.topics, () =>
    consumer === undefined ? [] : consumer.lag(),
  );
  const emit = metrics.listen(parts.emit);
  const running = new Set<Batch>();
  const input = () => ({ consumer, running, now: performance.now(), today: Date.now(), progressTimeoutMs });
  let consumer: Consumer | undefined;
  const ops = opened.adopt(
    await listen({
      live: () => liveness(input()),
      ready: () => readiness(input()),
      metrics,
      port: parts.opsPort,
      host: parts.opsHost ?? "0.0.0.0",
    }),
    ({ stop }) => stop(),
  );
  opened.adopt(keepInboxSmall({ worker, topics, store, emit }), (stop) => stop());

  consumer = await openConsumer(kafka, {
    group: worker.group,
    topics: worker.topics,
    progressTimeoutMs,
    // Otherwise a handler that is slow but in time would lose its partition to a rebalance, and its event be repeated.
    rebalanceTimeoutMs: Math.max(REBALANCE_MS_MIN, worker.timeoutMs + REBALANCE_MARGIN_MS),
    ...(parts.sessionTimeoutMs !== undefined && { sessionTimeoutMs: parts.sessionTimeoutMs }),
    ...(parts.commitIntervalMs !== undefined && { commitIntervalMs: parts.commitIntervalMs }),
    emit,
    handle: createBatchHandler({
      group: worker.group,
      handle: handleOf(worker, topics, { registry, store, producer }),
      topics: new Map(topics.map((topic) => [topic.topic, { topic, envelope: envelopeOf(topic) }])),
      store,
      emit,
      metrics,
      running,
      concurrency: worker.concurrency,
    }),
  });
  emit("worker.started", { group: worker.group, topics: worker.topics, opsUrl: ops.url });
  return start({ worker, opsUrl: ops.url, consumer, running, emit, parts: opened.move() });
}

/**
 * Checks what can be checked without starting anything.
 * @throws WorkerRefused with everything that keeps the worker from being started.
 */
export async function checkWorker(worker: Worker, parts: CheckedParts): Promise<void> {
  await withAdmin(parts, (admin) => assertSound(worker, parts, admin));
}

type CheckedParts = Pick<WorkerParts, "kafka" | "admin" | "catalog" | "registry" | "progressTimeoutMs">;

async function assertSound(
  worker: Worker,
  { catalog, registry, progressTimeoutMs = PROGRESS_TIMEOUT_MS }: CheckedParts,
  admin: OpenAdmin,
): Promise<void> {
  const missing = async (topics: readonly CatalogTopic[]) => missingTopics(await admin(), topics);
  const problems = await problemsOf(worker, { catalog, registry, progressTimeoutMs, missing });
  if (problems.length > 0) throw new WorkerRefused(worker.group, problems);
}

/** Connects with the first call: where Kafka does not answer, that is one problem among the others. */
type OpenAdmin = () => Promise<Admin>;

async function withAdmin<T>(
  { kafka, admin: given }: Pick<WorkerParts, "kafka" | "admin">,
  use: (admin: OpenAdmin) => Promise<T>,
): Promise<T> {
  if (given !== undefined) return use(async () => given);
  let opened: Promise<Admin> | undefined;
  try {
    return await use(() => {
      opened ??= openAdmin(kafka);
      return opened;
    });
  } finally {
    await opened?.then(
      (admin) => admin.close(),
      () => {}, // Whoever asked for it has the error.
    );
  }
}

/** The middlewares around the worker's handler. */
function handleOf(
  worker: Worker,
  topics: readonly CatalogTopic[],
  { registry, store, producer }: { registry: Registry; store: Store | undefined; producer: LateProducer },
): Handle {
  return policyOf(worker, {
    topics,
    registry,
    cache: createDecoderCache(),
    send: (record) => producer.send(record),
    isOutage: (error) => store?.isUnavailable(error) ?? false,
  });
}

/** Makes what must be there before the first event. Whatever fails here is a reason not to start. */
async function prepare(
  worker: Worker,
  topics: readonly CatalogTopic[],
  { admin, store }: { readonly admin: OpenAdmin; readonly store: Store | undefined },
): Promise<void> {
  const steps = await Promise.allSettled([
    admin().then((one) => ensureDeadLetterTopics(one, topics, worker.group)),
    worker.setup === undefined ? undefined : setUp(worker.setup, store),
  ]);
  const failed = steps.filter((step) => step.status === "rejected");
  if (failed.length === 0) return;
  const reasons = failed.map(({ reason }) => (reason instanceof Error ? reason.message : String(reason)));
  throw new WorkerRefused(worker.group, reasons, { cause: failed[0]?.reason });
}

async function setUp(setup: NonNullable<Worker["setup"]>, store: Store | undefined): Promise<void> {
  if (store === undefined) throw new Error("it has a setup and was given no store; DATABASE_URL names one");
  try {
    await store.setup(setup);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`its setup, in the database of DATABASE_URL: ${reason}`, { cause: error });
  }
}

interface Started {
  readonly worker: Worker;
  readonly opsUrl: string;
  readonly consumer: Consumer;
  readonly running: Set<Batch>;
  readonly emit: Emit;
  readonly parts: AsyncDisposableStack;
}

function start({ worker, opsUrl, consumer, running, emit, parts }: Started): RunningWorker {
  let stopped: Promise<WorkerStopped> | undefined;

  const stop = async (timeoutMs: number): Promise<WorkerStopped> => {
    emit("worker.stopping", { group: worker.group, reason: "asked to" });
    const atDeadline = await deadline(consumer.stop({ timeoutMs }), timeoutMs, () => {
      const left = describe(running);
      for (const { current } of running) current?.abort(new Error("the worker was stopped by force"));
      return left;
    });
    const ended = { forced: atDeadline.length > 0, running: atDeadline };
    await parts.disposeAsync();
    emit("worker.stopped", { group: worker.group, ...ended });
    return ended;
  };

  const closed = consumer.closed.catch(async (error: unknown) => {
    await parts.disposeAsync();
    throw error;
  });
  // Whoever looks at `closed` sees the rejection; nobody looking must not end the process before `stop` is called.
  closed.catch(() => {});
  return {
    worker,
    opsUrl,
    closed,
    stop: ({ timeoutMs }) => {
      stopped ??= stop(timeoutMs);
      return stopped;
    },
  };
}

/** What was running when the time was up; empty where the stop came to its end before, or nothing ran. */
async function deadline(
  stop: Promise<void>,
  timeoutMs: number,
  expired: () => readonly string[],
): Promise<readonly string[]> {
  let left: readonly string[] = [];
  const timer = setTimeout(() => {
    left = expired();
  }, timeoutMs);
  try {
    await stop;
  } catch (error) {
    // The consumer has the same deadline and says so with an error; it may come before our timer.
    if (left.length === 0) left = expired();
    if (left.length === 0) throw error;
  } finally {
    clearTimeout(timer);
  }
  return left;
}

function describe(running: ReadonlySet<Batch>): string[] {
  const now = performance.now();
  return [...running].flatMap(({ current, aliveAt }) => {
    if (current === undefined) return [];
    const { topic, partition, offset } = current.where;
    return [`${topic}/${partition}/${offset} for ${Math.round(now - aliveAt)} ms`];
  });
}
