import { join } from "node:path";
import type { Cluster } from "../support/cluster.ts";
import { until } from "../support/until.ts";
import { median } from "./report.ts";
import { freePort, type Service, startService } from "./service.ts";
import { environment, MAIN, post, ROOT, startApi } from "./sluice.ts";

const SAMPLES = 20;

/** Resident memory of both processes, in MiB, after that many events. */
export interface Sample {
  readonly posted: number;
  /** By the worker, which begins with whatever the topic held before. */
  readonly handled: number;
  readonly apiMiB: number;
  readonly workerMiB: number;
}

/** Sends events through the API and a worker, and looks at their memory on the way. */
export async function watchMemory(cluster: Cluster, events: number): Promise<Sample[]> {
  await using api = await startApi(cluster);
  const opsPort = freePort();
  await using worker = await startService([process.execPath, MAIN, "work", "bench-count"], {
    url: `http://127.0.0.1:${opsPort}`,
    env: {
      ...environment(cluster),
      SLUICE_WORKERS: join(import.meta.dir, "workers"),
      OPS_PORT: String(opsPort),
      BENCH_RUN: crypto.randomUUID(),
    },
    cwd: ROOT,
  });
  const before = await caughtUp(worker, 0);
  const samples: Sample[] = [];
  for (let part = 1; part <= SAMPLES; part++) {
    await post(api.url, events / SAMPLES);
    const posted = Math.round((events / SAMPLES) * part);
    const handled = await caughtUp(worker, before + posted);
    samples.push({
      posted,
      handled: handled - before,
      apiMiB: residentMiB(api.pid),
      workerMiB: residentMiB(worker.pid),
    });
  }
  return samples;
}

/** What memory gained from the second quarter of the samples, when all is warm, to the last: in MiB, medians of each. */
export function growthOf(samples: readonly Sample[]): { apiMiB: number; workerMiB: number } {
  const quarter = samples.length / 4;
  const gained = (of: (sample: Sample) => number) =>
    of(median(samples.slice(3 * quarter), of)) - of(median(samples.slice(quarter, 2 * quarter), of));
  return { apiMiB: gained(({ apiMiB }) => apiMiB), workerMiB: gained(({ workerMiB }) => workerMiB) };
}

/** Waits until the worker has handled that many events and lags behind by none; resolves with how many it handled. */
async function caughtUp({ url }: Service, least: number): Promise<number> {
  const { handled } = await until(
    `the worker has handled ${least} events`,
    async () => {
      const metrics = await (await fetch(`${url}/metrics`)).text();
      const assigned = sum(metrics, "sluice_worker_assigned_partitions").total;
      // A partition's lag is not told before its first fetch is answered.
      const lag = sum(metrics, "sluice_worker_lag");
      const handled = sum(metrics, "sluice_worker_handled_total").total;
      return assigned > 0 && lag.lines === assigned && lag.total === 0 && handled >= least && { handled };
    },
    { timeoutMs: 300_000, everyMs: 100 },
  );
  return handled;
}

function sum(metrics: string, name: string): { lines: number; total: number } {
  const values = [...metrics.matchAll(new RegExp(`^${name}(?:{.*})? (\\d+)$`, "gm"))].map(([, value]) => Number(value));
  return { lines: values.length, total: values.reduce((all, value) => all + value, 0) };
}

function residentMiB(pid: number): number {
  const { stdout } = Bun.spawnSync(["ps", "-o", "rss=", "-p", String(pid)]);
  return Math.round(Number(stdout.toString()) / 1_024);
}
