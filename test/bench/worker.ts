import { join } from "node:path";
import type { Cluster } from "../support/cluster.ts";
import { peerConsumes } from "./peer.ts";
import { type Comparison, median, ratio } from "./report.ts";
import { freePort } from "./service.ts";
import { environment, fill, MAIN, ROOT, TOPIC } from "./sluice.ts";

/** Reads the same records with the peer's worker and with ours, in turn, and compares decode, handle and commit. */
export async function compareWorkers(
  cluster: Cluster,
  { events, rounds }: { events: number; rounds: number },
): Promise<Comparison[]> {
  await fill(cluster, events);
  const theirs: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round < rounds; round++) {
    theirs.push(await peerConsumes(cluster.kafka, TOPIC, events));
    ours.push(await sluiceConsumes(cluster, events));
  }
  const middle = (rates: number[]) => ({ rate: median(rates, (rate) => rate), note: "" });
  return [
    { title: "worker: decode, handle, commit", target: 3, unit: "events/s", ...ratio(middle(theirs), middle(ours)) },
  ];
}

async function sluiceConsumes(cluster: Cluster, count: number): Promise<number> {
  const child = Bun.spawn([process.execPath, MAIN, "work", "bench-count"], {
    cwd: ROOT,
    stdout: "pipe",
    stderr: "inherit",
    env: {
      ...environment(cluster),
      PATH: process.env.PATH ?? "",
      SLUICE_WORKERS: join(import.meta.dir, "workers"),
      OPS_PORT: String(freePort()),
      BENCH_COUNT: String(count),
      BENCH_RUN: crypto.randomUUID(),
    },
  });
  try {
    return await printedRate(child.stdout);
  } finally {
    child.kill("SIGTERM");
    await child.exited;
  }
}

async function printedRate(stdout: ReadableStream<Uint8Array>): Promise<number> {
  let printed = "";
  const decoder = new TextDecoder();
  for await (const chunk of stdout) {
    printed += decoder.decode(chunk, { stream: true });
    const rate = /handled (\d+) events\/s/.exec(printed)?.[1];
    if (rate !== undefined) return Number(rate);
  }
  throw new Error(`the worker ended before it had handled them all: ${printed}`);
}
