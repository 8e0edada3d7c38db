export type { EventOf, TopicName, Topics } from "./catalog/index.ts";
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
