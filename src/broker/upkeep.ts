import type { Emit } from "../events.ts";
import type { Partition, Topics } from "./topics.ts";

export interface UpkeepOptions {
  readonly topics: Topics;
  /** Closes connections that are silent. */
  readonly sweep: () => void;
  readonly now: () => number;
  readonly emit: Emit;
}

/** What a broker does by itself every now and then. It keeps no process alive. */
export interface Upkeep {
  /** Drops what is too old or too much in all logs, and compacts them, at once. Tests call it by hand. */
  clean(): void;
  stop(): void;
}

const SWEEP_MS = 5_000;
const CLEAN_MS = 30_000;
/** Requests are let in again after this long. */
const SLICE_MS = 10;

export function startUpkeep({ topics, sweep, now, emit }: UpkeepOptions): Upkeep {
  let stopped = false;
  let cleaning = false;

  function* cleanings(): Generator<void> {
    for (const topic of topics.all.values()) {
      for (const partition of topic.partitions) {
        // A pass over a large log has several steps, and between two of them the topic may be deleted.
        while (topics.get(topic.name) === topic && cleanStep(partition)) yield;
        yield;
      }
    }
  }

  /** Whether there is more to do. */
  function cleanStep({ topic, index, log }: Partition): boolean {
    try {
      const start = log.startOffset;
      const more = log.clean(now());
      const records = log.startOffset - start;
      if (records > 0n) emit("broker.records.dropped", { topic: topic.name, partition: index, records });
      return more;
    } catch (error) {
      emit("broker.clean.failed", { topic: topic.name, partition: index, error });
      return false;
    }
  }

  const cleanInSlices = async () => {
    if (cleaning) return;
    cleaning = true;
    let began = performance.now();
    for (const _ of cleanings()) {
      if (performance.now() - began < SLICE_MS) continue;
      await new Promise((resolve) => setImmediate(resolve));
      if (stopped) return;
      began = performance.now();
    }
    cleaning = false;
  };

  const timers = [setInterval(sweep, SWEEP_MS), setInterval(() => void cleanInSlices(), CLEAN_MS)];
  for (const timer of timers) timer.unref();
  return {
    clean() {
      for (const _ of cleanings());
    },
    stop() {
      stopped = true;
      for (const timer of timers) clearInterval(timer);
    },
  };
}
