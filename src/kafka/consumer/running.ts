import { KafkaError } from "../errors.ts";
import type { PartitionQueue, RunOptions } from "./partition-queue.ts";

interface Run {
  readonly queue: PartitionQueue;
  /** Resolves when the handler has returned for the last time. Never rejects. */
  readonly ended: Promise<void>;
}

/**
 * The handlers at work, over all generations: one that a rebalance could not wait for is still at work when its
 * partition comes back, and two must never work on one partition at once.
 */
export class Running {
  readonly #runs = new Set<Run>();

  /** Hands the queue's batches to its handler, once the handler of an earlier generation has returned. */
  start(queue: PartitionQueue, options: RunOptions, onFailed: (error: KafkaError) => void): void {
    const before = [...this.#runs].filter(
      (run) => run.queue.topic === queue.topic && run.queue.partition === queue.partition,
    );
    const work = async () => {
      await Promise.all(before.map(({ ended }) => ended));
      try {
        await queue.run(options);
      } catch (cause) {
        const place = `${queue.topic}-${queue.partition}`;
        onFailed(new KafkaError("HANDLER_FAILED", `the handler of ${place} rejected: ${String(cause)}`, { cause }));
      } finally {
        this.#runs.delete(run);
      }
    };
    const run: Run = { queue, ended: Promise.resolve().then(work) };
    this.#runs.add(run);
  }

  /** Resolves when every handler at work now has returned. */
  async ended(): Promise<void> {
    await Promise.all([...this.#runs].map(({ ended }) => ended));
  }

  /** The partitions whose handler is at work. */
  handling(): PartitionQueue[] {
    return [...this.#runs].map(({ queue }) => queue).filter(({ handling }) => handling !== undefined);
  }

  /** The handler that has made no progress for longer than `timeoutMs`. */
  stuck(timeoutMs: number): KafkaError | undefined {
    const now = performance.now();
    for (const { topic, partition, position, handling } of this.handling()) {
      const idleMs = now - (handling?.progressAt ?? now);
      if (idleMs <= timeoutMs) continue;
      const seconds = (idleMs / 1000).toFixed(1);
      const message = `the handler of ${topic}-${partition} has made no progress at offset ${position} for ${seconds} s`;
      return new KafkaError("STUCK", message);
    }
    return undefined;
  }
}
