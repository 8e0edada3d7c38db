import { cluster as given } from "../support/cluster.ts";
import { startCluster } from "../support/containers.ts";
import { compareDoors } from "./http.ts";
import { growthOf, watchMemory } from "./memory.ts";
import { table } from "./report.ts";
import { prepare } from "./sluice.ts";
import { compareWorkers } from "./worker.ts";

const HELP = `Measures Sluice against its peer, FastAPI with librdkafka and fastavro, on one broker, in turn.

  bun run bench              all of it, about five minutes
  bun run bench http         the door: single events and batches
  bun run bench worker       a worker: decode, handle, commit
  bun run bench memory       two million events, and what memory they left behind
  bun run bench codec        Avro alone

Needs Docker for Kafka and the registry, python3 for the peer and wrk for the load.`;

const PARTS = ["http", "worker", "memory", "codec"];
const asked = process.argv.slice(2);
if (asked.some((part) => !PARTS.includes(part))) {
  console.log(HELP);
  process.exit(asked.includes("--help") ? 0 : 1);
}
const wants = (part: string) => asked.length === 0 || asked.includes(part);

if (wants("codec")) await import("./codec.ts");
if (["http", "worker", "memory"].some(wants)) {
  await using started = given === undefined ? await startCluster() : undefined;
  const cluster = started ?? given;
  if (cluster === undefined) throw new Error("no cluster was started or given");
  await prepare(cluster);
  const comparisons = [
    ...(wants("http") ? await compareDoors(cluster, { seconds: 6, rounds: 3 }) : []),
    ...(wants("worker") ? await compareWorkers(cluster, { events: 1_000_000, rounds: 3 }) : []),
  ];
  if (comparisons.length > 0) console.log(table(comparisons));
  if (wants("memory")) {
    const samples = await watchMemory(cluster, 2_000_000);
    console.table(samples);
    const { apiMiB, workerMiB } = growthOf(samples);
    console.log(
      `From the second quarter to the last, the API's memory changed by ${apiMiB} MiB, the worker's by ${workerMiB} MiB.`,
    );
    // Garbage comes and goes; what a leak of 100 bytes an event would leave is 95 MiB.
    if (Math.max(apiMiB, workerMiB) > 48) process.exitCode = 1;
  }
}
