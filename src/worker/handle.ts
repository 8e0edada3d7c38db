import type { EventContext } from "./context.ts";
import type { ConsumedEvent } from "./event.ts";

/**
 * Takes one event. It returns undefined when it is through already, so a handler that waits for nothing costs no
 * promise; it throws, or rejects, when the event is not handled.
 */
export type Handle = (event: ConsumedEvent, context: EventContext) => Promise<void> | undefined;

/**
 * One policy around what comes after it. It must keep the promise of `Handle`: call `next`, and only where that threw
 * or returned a promise do anything that waits.
 */
export type Middleware = (next: Handle) => Handle;

/** Puts the middlewares around the handler, the first of them outermost. */
export function compose(middlewares: readonly Middleware[], handle: Handle): Handle {
  return middlewares.reduceRight((next, middleware) => middleware(next), handle);
}
