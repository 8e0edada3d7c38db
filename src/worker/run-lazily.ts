import type { checkWorker as check, runWorker as run } from "./run-worker.ts";

/**
 * Running a worker, loaded with the first that runs: whoever only declares workers, or looks at declarations, as
 * `sluice check` does, has no use for Kafka's client.
 */
export const runWorker: typeof run = async (...given) => (await import("./run-worker.ts")).runWorker(...given);

/** As `runWorker`. */
export const checkWorker: typeof check = async (...given) => (await import("./run-worker.ts")).checkWorker(...given);
