import type { Consumer } from "../kafka/index.ts";
import type { Batch } from "./context.ts";

export interface HealthInput {
  /** Undefined before the worker has begun to join. */
  readonly consumer: Pick<Consumer, "state" | "assignment"> | undefined;
  readonly running: Iterable<Pick<Batch, "aliveAt" | "current">>;
  /** By the clock of `aliveAt`. */
  readonly now: number;
  /** Milliseconds since 1970. */
  readonly today: number;
  readonly progressTimeoutMs: number;
}

export interface Health {
  readonly ok: boolean;
  readonly why: string;
}

/** How much longer than a handler a join may take: the group waits for every member's handlers, then begins. */
const JOIN_FACTOR = 2;

/** Whether the process gets on with its work. Where it does not, restarting it is what helps. */
export function liveness({ consumer, running, now, today, progressTimeoutMs }: HealthInput): Health {
  if (consumer === undefined) return { ok: true, why: "starting" };
  const { state, since, why } = consumer.state();
  if (state === "failed") return { ok: false, why: `the consumer gave up: ${why}` };
  const joiningMs = today - since;
  if (state === "joining" && joiningMs > JOIN_FACTOR * progressTimeoutMs) {
    return { ok: false, why: `joining the group for ${joiningMs} ms: ${why}` };
  }
  for (const { aliveAt, current } of running) {
    const stuckMs = Math.round(now - aliveAt);
    if (stuckMs <= progressTimeoutMs || current === undefined) continue;
    const { topic, partition, offset } = current.where;
    return { ok: false, why: `stuck for ${stuckMs} ms at ${topic}/${partition}/${offset}` };
  }
  return { ok: true, why: state };
}

/** Whether the worker takes part in its group: it has partitions, or other members have them all. */
export function readiness({ consumer }: HealthInput): Health {
  if (consumer === undefined) return { ok: false, why: "starting" };
  const { state, why, blocked } = consumer.state();
  if (state !== "stable") return { ok: false, why: `${state}: ${why}` };
  const partitions = consumer.assignment().length;
  if (partitions === 0) return { ok: true, why: "idle: other members of the group have all partitions" };
  const [first] = blocked;
  if (blocked.length === partitions && first !== undefined) {
    return { ok: false, why: `no partition can be read; ${first.topic}/${first.partition}: ${first.why}` };
  }
  return { ok: true, why: `${partitions} partitions` };
}
