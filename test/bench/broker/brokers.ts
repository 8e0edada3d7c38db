import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MESSAGES } from "../../../src/broker/protocol/index.ts";
import { connectWire } from "../../support/broker/client.ts";
import { startKafka } from "../../support/containers.ts";
import { until } from "../../support/until.ts";
import { freePort } from "../service.ts";
import { MAIN } from "../sluice.ts";

/** A broker under load. */
export interface Contender extends AsyncDisposable {
  readonly name: string;
  /** `host:port`. */
  readonly address: string;
  /** From the start of its process until it answered its first request, in milliseconds. */
  readonly readyMs: number;
  /** What its process holds, in MiB. */
  memoryMiB(): Promise<number>;
}

/** Apache Kafka, one node in a container, as the tests start it. Its time to ready is that of the container. */
export async function startApache(): Promise<Contender> {
  const began = performance.now();
  const started = await startKafka();
  await answers(started.address);
  const readyMs = performance.now() - began;
  const top = await run(["docker", "top", started.container.getId(), "-eo", "pid,comm"]);
  const pid = /^\s*(\d+)\s+java/m.exec(top)?.[1];
  if (pid === undefined) throw new Error(`no java in the container: ${top}`);
  return {
    name: "Apache Kafka",
    address: started.address,
    readyMs,
    memoryMiB: () => residentMiB(Number(pid)),
    [Symbol.asyncDispose]: () => started.stop(),
  };
}

/** `sluice broker` in a process of its own, with its logs on disk or in memory. */
export async function startOurs(where: "disk" | "memory"): Promise<Contender> {
  const port = freePort();
  const folder = await mkdtemp(join(tmpdir(), "sluice-bench-"));
  const began = performance.now();
  const child = Bun.spawn(
    [process.execPath, MAIN, "broker", "--port", String(port), ...(where === "disk" ? ["--data", folder] : [])],
    { stdout: "ignore", stderr: "inherit", env: { PATH: process.env.PATH ?? "" } },
  );
  const address = `127.0.0.1:${port}`;
  await answers(address);
  return {
    name: `Sluice, ${where === "disk" ? "on disk" : "in memory"}`,
    address,
    readyMs: performance.now() - began,
    memoryMiB: () => residentMiB(child.pid),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const ANSWER_MS_MAX = 60_000;

/** Waits until a broker answers a request; a listener that accepts connections is not enough. */
const answers = (address: string): Promise<true> =>
  until(
    `${address} answers`,
    async () => {
      await using client = await connectWire(address);
      await client.call(MESSAGES.apiVersions, 0, {});
      return true;
    },
    { timeoutMs: ANSWER_MS_MAX, everyMs: 5 },
  );

async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}

async function run(command: readonly string[]): Promise<string> {
  return new Response(Bun.spawn([...command], { stdout: "pipe" }).stdout).text();
}
