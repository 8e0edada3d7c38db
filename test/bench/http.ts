import type { Cluster } from "../support/cluster.ts";
import { installPeer, startPeer } from "./peer.ts";
import { type Comparison, median, ratio } from "./report.ts";
import { PEER_TOPIC, startApi, TOPIC } from "./sluice.ts";
import { type Load, load } from "./wrk.ts";

const EVENTS_PER_BATCH = 100;

/** What is asked of each door, how many events a request carries, and how many times the peer's rate we want. */
const LOADS = [
  {
    title: "single event, acknowledged, 64 connections",
    script: "order.lua",
    connections: 64,
    events: 1,
    peer: "/orders",
    target: 5,
  },
  {
    title: "single event, acknowledged, 256 connections",
    script: "order.lua",
    connections: 256,
    events: 1,
    peer: "/orders",
    target: 8,
  },
  {
    title: "batches of 100, 8 connections",
    script: "batch.lua",
    connections: 8,
    events: EVENTS_PER_BATCH,
    peer: "/orders/batch",
    target: 2.5,
  },
] as const;

/** Loads the peer and the API in turn, on one broker, several rounds each, and compares the medians. */
export async function compareDoors(
  cluster: Cluster,
  { seconds, rounds }: { seconds: number; rounds: number },
): Promise<Comparison[]> {
  await installPeer();
  await using peer = await startPeer(cluster.kafka, PEER_TOPIC);
  await using api = await startApi(cluster);
  const comparisons: Comparison[] = [];
  for (const { title, script, connections, events, peer: path, target } of LOADS) {
    const theirs: Load[] = [];
    const ours: Load[] = [];
    // The first round of each warms both up and is thrown away.
    for (let round = 0; round <= rounds; round++) {
      const options = { connections, seconds: round === 0 ? 2 : seconds };
      const measured = {
        peer: await load(`${peer.url}${path}`, script, options),
        sluice: await load(`${api.url}/topics/${TOPIC}/events`, script, options),
      };
      if (round === 0) continue;
      theirs.push(measured.peer);
      ours.push(measured.sluice);
    }
    comparisons.push({ title, target, unit: "events/s", ...ratio(middle(theirs, events), middle(ours, events)) });
  }
  return comparisons;
}

function middle(loads: readonly Load[], eventsPerRequest: number): { rate: number; note: string } {
  const found = median(loads, ({ requestsPerSecond }) => requestsPerSecond);
  return { rate: found.requestsPerSecond * eventsPerRequest, note: `p50 ${found.p50}, p99 ${found.p99}` };
}
