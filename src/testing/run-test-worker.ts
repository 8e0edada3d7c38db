import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Catalog } from "../catalog/index.ts";
import type { Emit } from "../events.ts";
import { type KafkaSettings, openAdmin } from "../kafka/index.ts";
import type { Registry } from "../registry/index.ts";
import { openStore, type Sql } from "../store/index.ts";
import { runWorker, type Worker } from "../worker/index.ts";

/** A worker that runs in a test. */
export interface RunningTestWorker extends AsyncDisposable {
  /** For looking into the worker's tables. */
  readonly sql: Sql;
  /**
   * Resolves once it is done with every event that is stored: handled, or in the dead-letter topic.
   * @throws Error where that takes longer than `timeoutMs`
   */
  caughtUp(options?: { readonly timeoutMs?: number }): Promise<void>;
  stop(): Promise<void>;
}

interface Parts {
  readonly kafka: KafkaSettings;
  readonly registry: Registry;
  readonly catalog: Catalog;
  readonly emit: Emit;
}

const CAUGHT_UP_MS_MAX = 10_000;
const ASK_AGAIN_MS = 10;
/** What is handled shows by its commit, which a test should not wait for. */
const COMMIT_MS = 10;
const STOP_MS_MAX = 5_000;

export async function runTestWorker(worker: Worker, parts: Parts): Promise<RunningTestWorker> {
  await using opened = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), "sluice-test-"));
  opened.defer(() => rm(dir, { recursive: true }));
  const url = `sqlite://${join(dir, "tables.sqlite")}`;
  const store = opened.adopt(await openStore(url, { durable: false }), (one) => one.close());
  const admin = opened.adopt(await openAdmin(parts.kafka), (one) => one.close());
  const surroundings = { store, opsPort: 0, opsHost: "127.0.0.1", commitIntervalMs: COMMIT_MS };
  opened.adopt(await runWorker(worker, { ...parts, ...surroundings }), async (one) => {
    await one.stop({ timeoutMs: STOP_MS_MAX });
  });
  const rest = opened.move();
  const behind = async () => {
    const lags = await admin.lag(worker.group, worker.topics);
    return lags.reduce((sum, { lag }) => sum + (lag ?? 0n), 0n);
  };

  return {
    sql: store.sql,
    async caughtUp({ timeoutMs = CAUGHT_UP_MS_MAX } = {}) {
      const deadline = performance.now() + timeoutMs;
      for (let left = await behind(); left > 0n; left = await behind()) {
        if (performance.now() > deadline)
          throw new Error(`${worker.group} is ${left} events behind after ${timeoutMs} ms`);
        await Bun.sleep(ASK_AGAIN_MS);
      }
    },
    stop: () => rest.disposeAsync(),
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  };
}
