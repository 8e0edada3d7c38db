import { connectWire } from "../../support/broker/client.ts";
import { median } from "../report.ts";
import { type Contender, startApache, startOurs } from "./brokers.ts";
import { fill, LOADS } from "./loads.ts";

const HELP = `Measures the embedded broker beside Apache Kafka: the same load by the same client, in turn, in one run.

  bun run bench:broker              three rounds, about three minutes

Needs Docker for Apache Kafka.`;

const ROUNDS = 3;
const MIB_BATCHES = 10_000;

if (process.argv.length > 2) {
  console.log(HELP);
  process.exit(process.argv.includes("--help") ? 0 : 1);
}

await using apache = await startApache();
await using disk = await startOurs("disk");
await using memory = await startOurs("memory");
const contenders: readonly Contender[] = [apache, disk, memory];

const lines: string[][] = [["start to first answer", ...contenders.map(({ readyMs }) => `${readyMs.toFixed(0)} ms`)]];
const idle = await Promise.all(contenders.map((one) => one.memoryMiB()));
lines.push(["memory, idle", ...idle.map(mebibytes)]);

for (const { title, unit, run } of LOADS) {
  const measured: number[][] = contenders.map(() => []);
  // The first round warms up: a JVM compiles what is used.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [index, { address }] of contenders.entries()) {
      const figure = await run(address);
      if (round > 0) measured[index]?.push(figure);
    }
  }
  const [base = 0, ...others] = measured.map((figures) => median(figures, (figure) => figure));
  const shown = (figure: number) => `${Number(figure.toPrecision(3)).toLocaleString("en")} ${unit}`;
  const better = (figure: number) => (unit === "ms" ? base / figure : figure / base);
  lines.push([title, shown(base), ...others.map((figure) => `${shown(figure)}, **${better(figure).toFixed(1)}x**`)]);
  console.log(lines.at(-1)?.join(" | "));
}

for (const { address } of contenders) {
  await using client = await connectWire(address);
  await fill(client, MIB_BATCHES);
}
const full = await Promise.all(contenders.map((one) => one.memoryMiB()));
lines.push(["memory, after 1 GB more", ...full.map(mebibytes)]);

const rows = lines.map((cells) => `| ${cells.join(" | ")} |`);
console.log(["", `| | ${contenders.map(({ name }) => name).join(" | ")} |`, "|---|---|---|---|", ...rows].join("\n"));

function mebibytes(figure: number): string {
  return `${figure.toFixed(0)} MiB`;
}
