import type { Emit } from "../events.ts";
import type { IncomingRecord, PartitionBatch } from "../kafka/index.ts";
import type { Store } from "../store/index.ts";
import { type Batch, EventContext } from "./context.ts";
import { byKey, Contiguous } from "./contiguous.ts";
import type { Durations } from "./durations.ts";
import { Abandoned } from "./errors.ts";
import { ConsumedEvent, type EventTopic } from "./event.ts";
import type { Handle } from "./handle.ts";
import type { WorkerMetrics } from "./metrics.ts";

export interface BatchHandlerOptions {
  readonly group: string;
  readonly handle: Handle;
  readonly topics: ReadonlyMap<string, EventTopic>;
  readonly store: Store | undefined;
  readonly emit: Emit;
  readonly metrics: WorkerMetrics;
  /** Holds each batch while it is worked on; health and a forced stop look here. */
  readonly running: Set<Batch>;
  /** How many keys of a partition are handled at the same time. */
  readonly concurrency?: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/**
 * How long events may be handled without letting timers and sockets have a turn: handlers that never really wait would
 * otherwise keep the heartbeat from being sent.
 */
const TURN_MS = 15;

/**
 * Builds what the consumer calls with each batch. The events of a key come one after the other, each done before the
 * next begins; and so do all events of the partition, where `concurrency` is 1.
 */
export function createBatchHandler(options: BatchHandlerOptions) {
  const { concurrency = 1, topics, metrics } = options;

  return async (batch: PartitionBatch, closing: AbortSignal): Promise<void> => {
    const shared = topics.get(batch.topic);
    if (shared === undefined) throw new Error(`a batch of ${batch.topic}, which the worker does not read`);
    const given = { options, batch, closing, shared, durations: metrics.topic(batch.topic).durations };
    if (concurrency === 1) return await runQueue(given, batch.records, (record) => batch.done(record.offset));

    const handled = new Contiguous(batch.records, (offset) => batch.done(offset));
    const queues = byKey(batch.records).values();
    const lane = async (): Promise<void> => {
      // The lanes share the iterator: each takes the next key that no other has taken.
      for (const queue of queues) await runQueue(given, queue, (record) => handled.add(record));
    };
    const lanes = await Promise.allSettled(Array.from({ length: concurrency }, lane));
    for (const ended of lanes) if (ended.status === "rejected") throw ended.reason;
  };
}

interface QueueGiven {
  readonly options: BatchHandlerOptions;
  readonly batch: PartitionBatch;
  readonly closing: AbortSignal;
  readonly shared: EventTopic;
  readonly durations: Durations;
}

/** Handles one record after the other until the batch is to close. */
async function runQueue(
  { options, batch, closing, shared, durations }: QueueGiven,
  records: readonly IncomingRecord[],
  done: (record: IncomingRecord) => void,
): Promise<void> {
  const { handle, running, now = () => performance.now() } = options;
  const state = stateOf(options, batch, closing, now);
  let turnAt = state.aliveAt;
  running.add(state);
  try {
    for (const record of records) {
      if (closing.aborted) return;
      const startedAt = state.aliveAt;
      const event = new ConsumedEvent(record, shared);
      const context = new EventContext(event, state);
      state.current = context;
      const pending = handle(event, context);
      // Awaiting every event would cost more than decoding it.
      if (pending !== undefined) await pending;
      done(record);
      state.aliveAt = now();
      durations.observe(state.aliveAt - startedAt);
      if (state.aliveAt - turnAt > TURN_MS) {
        batch.progress();
        await turn();
        turnAt = state.aliveAt = now();
      }
    }
  } catch (error) {
    // Not done, so whoever has the partition next reads it again.
    if (!(error instanceof Abandoned)) throw error;
  } finally {
    running.delete(state);
  }
}

function stateOf(
  { group, store, emit }: BatchHandlerOptions,
  batch: PartitionBatch,
  closing: AbortSignal,
  now: () => number,
): Batch {
  return {
    group,
    store,
    emit,
    closing,
    current: undefined,
    aliveAt: now(),
    progress() {
      this.aliveAt = now();
      batch.progress();
    },
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
