// All of it, because only then does `declare module "sluice"` add to `Topics`.
export type * from "./catalog/event-types.ts";
export type { Sql } from "./store/index.ts";
export {
  type AnyEvent,
  type Context,
  type Declaration,
  defineWorker,
  Rejected,
  type RetryPolicy,
  type TopicEvent,
  Unavailable,
  type Worker,
} from "./worker/index.ts";
