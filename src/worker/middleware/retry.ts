import type { EventContext } from "../context.ts";
import type { RetryPolicy } from "../define-worker.ts";
import { Abandoned, Rejected } from "../errors.ts";
import type { ConsumedEvent } from "../event.ts";
import type { Handle, Middleware } from "../handle.ts";
import { backoffMs, wait as realWait, type Wait } from "../wait.ts";

export interface RetryOptions extends RetryPolicy {
  /** Whether it is not the event's fault: something that every event needs is away. Such failures cost no attempt. */
  readonly isOutage: (error: unknown) => boolean;
  readonly wait?: Wait;
  readonly random?: () => number;
}

/**
 * Runs the handler again after a growing, random wait, until it succeeds or the attempts are spent. The partition waits
 * meanwhile, because its events would change their order otherwise.
 */
export const retry = (options: RetryOptions): Middleware => {
  return (next) => (event, context) => {
    context.attempt = 1;
    try {
      return next(event, context)?.catch((error: unknown) => again(options, next, event, context, error));
    } catch (error) {
      return again(options, next, event, context, error);
    }
  };
};

async function again(
  { attempts, isOutage, wait = realWait, random = Math.random, ...delays }: RetryOptions,
  next: Handle,
  event: ConsumedEvent,
  first: EventContext,
  firstError: unknown,
): Promise<void> {
  let context = first;
  let error = firstError;
  let spent = 0;
  for (let failures = 1; ; failures++) {
    if (error instanceof Rejected || error instanceof Abandoned) throw error;
    const outage = isOutage(error);
    if (!outage && ++spent >= attempts) throw error;
    const { batch } = context;
    const delayMs = backoffMs(failures, delays, random);
    batch.emit("worker.event.failed", { ...context.where, attempt: context.attempt, outage, delayMs, error });
    await wait(delayMs, batch.closing);
    batch.progress();
    context = context.next();
    try {
      return await next(event, context);
    } catch (failure) {
      error = failure;
    }
  }
}
