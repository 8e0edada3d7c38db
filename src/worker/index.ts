export { deadLetterSpec, deadLetterTopic } from "./dead-letter-topic.ts";
export {
  type AnyEvent,
  type Context,
  type Declaration,
  defineWorker,
  type RetryPolicy,
  type TopicEvent,
  type Worker,
} from "./define-worker.ts";
export { Rejected, Unavailable, WorkerRefused } from "./errors.ts";
export { loadFresh } from "./load-fresh.ts";
export { loadWorkers, workerFiles } from "./load-workers.ts";
export { readerOf } from "./readers.ts";
export { checkWorker, runWorker } from "./run-lazily.ts";
export type { RunningWorker, WorkerParts, WorkerStopped } from "./run-worker.ts";
export { type LoadedWorker, WorkersError } from "./worker-file.ts";
