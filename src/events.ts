/**
 * Everything worth telling an operator, by name. Core code gets an `Emit` and calls it; `log.ts` alone turns an event
 * into a line.
 */
export interface Events {
  "api.listening": { url: string; topics: number };
  "api.stopping": { reason: string };
  "api.stopped": { undelivered: number };
}

/** Tells one event. Never throws, never waits. */
export type Emit = <Name extends keyof Events>(name: Name, detail: Events[Name]) => void;

/** For callers that have nobody to tell. */
export const silent: Emit = () => {};
