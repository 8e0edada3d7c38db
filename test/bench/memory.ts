import { join } from "node:path";
import type { Cluster } from "../support/cluster.ts";
import { freePort, startService } from "./service.ts";
import { environment, MAIN, post, ROOT, startApi } from "./sluice.ts";

const SAMPLES = 20;

/** Resident memory of both processes, in MiB, after that many events. */
export interface Sample {
  readonly events: number;
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
  const samples: Sample[] = [];
  for (let part = 1; part <= SAMPLES; part++) {
    await post(api.url, events / SAMPLES);
    samples.push({
      events: Math.round((events / SAMPLES) * part),
      apiMiB: residentMiB(api.pid),
      workerMiB: residentMiB(worker.pid),
    });
  }
  return samples;
}

function residentMiB(pid: number): number {
  const { stdout } = Bun.spawnSync(["ps", "-o", "rss=", "-p", String(pid)]);
  return Math.round(Number(stdout.toString()) / 1_024);
}
