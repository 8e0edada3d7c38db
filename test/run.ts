import { join } from "node:path";
import { type Cluster, NEEDS } from "./support/cluster.ts";
import type { StartedCluster } from "./support/containers.ts";
import { startEmbedded } from "./support/embedded.ts";
import { countsOf, sentenceOf } from "./support/summary.ts";

/**
 * Runs the tests and ends with the line `N passed, N failed`. A broker and a registry run in this process meanwhile; with
 * `--docker`, or `SLUICE_TEST_CLUSTER=docker`, Apache Kafka, a registry and PostgreSQL in containers instead.
 * Everything else on the command line goes to `bun test`: names of files, `-t`, `--bail` …
 */
async function main(given: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const docker = given.includes("--docker") || env.SLUICE_TEST_CLUSTER === "docker";
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stopping.abort());

  const cluster = docker ? await startWithReport(env) : await startEmbedded();
  try {
    const { output, exitCode } = await runTests(
      given.filter((one) => one !== "--docker"),
      { ...env, ...variablesOf(cluster, docker), ...(docker && (await variablesOfAvro())) },
      stopping.signal,
    );
    const counts = countsOf(output, exitCode);
    if (!docker && counts.skipped > 0) console.log(`\n${reasonsToSkip(counts.skipped)}`);
    console.log(`\n${sentenceOf(counts)}`);
    return counts.failed === 0 && !stopping.signal.aborted ? 0 : 1;
  } finally {
    await cluster.stop();
  }
}

async function startWithReport(env: NodeJS.ProcessEnv): Promise<StartedCluster> {
  const began = performance.now();
  const { imagesOf, startCluster } = await import("./support/containers.ts");
  const cluster = await startCluster(imagesOf(env));
  console.log(`Kafka, a registry and PostgreSQL started in ${((performance.now() - began) / 1000).toFixed(1)} s.`);
  return cluster;
}

/** What `test/support/cluster.ts` and the contract suites read. */
const variablesOf = ({ kafka, registry, postgres }: Cluster, docker: boolean) => ({
  TEST_KAFKA: kafka,
  TEST_REGISTRY: registry,
  ...(postgres !== undefined && { TEST_POSTGRES: postgres }),
  ...(docker && { TEST_APACHE_KAFKA: kafka }),
  SLUICE_TEST_CLUSTER: docker ? "docker" : "embedded",
});

/** Where the checker is held to Apache Avro itself. */
async function variablesOfAvro(): Promise<Record<string, string>> {
  const { avroJars } = await import("./support/avro-jars.ts");
  const jars = await avroJars();
  if (jars === undefined) console.log("Without Java and Maven the checker is not compared with Apache Avro itself.");
  return jars === undefined ? {} : { TEST_AVRO_JARS: jars };
}

function reasonsToSkip(count: number): string {
  const needs = Object.values(NEEDS).map((need) => `  - ${need}`);
  return [`Skipped: ${count} tests that \`bun run test:docker\` runs. They need`, ...needs].join("\n");
}

/** Runs `bun test`, showing what it prints and keeping it. Each file gets globals of its own. */
async function runTests(filters: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal) {
  const tests = Bun.spawn([process.execPath, "test", "--isolate", ...filters], {
    cwd: join(import.meta.dir, ".."),
    stdio: ["ignore", "inherit", "pipe"],
    // Through a pipe Bun would print without colours, although a terminal is at the other end.
    env: { ...(process.stderr.isTTY && !env.NO_COLOR && { FORCE_COLOR: "1" }), ...env },
    signal,
    killSignal: "SIGINT",
  });
  const decoder = new TextDecoder();
  let output = "";
  for await (const chunk of tests.stderr) {
    process.stderr.write(chunk);
    output += decoder.decode(chunk, { stream: true });
  }
  return { output, exitCode: await tests.exited };
}

process.exitCode = await main(process.argv.slice(2), process.env);
