import { Command } from "commander";
import { loadCatalog } from "../catalog/index.ts";
import { type Config, readConfig } from "../config.ts";
import { kafkaSettings } from "../kafka/index.ts";
import { createLog } from "../log.ts";
import { createRegistry } from "../registry/index.ts";
import { openStore } from "../store/index.ts";
import { loadWorkers, runWorker, type Worker } from "../worker/index.ts";
import { registrySettings } from "./connections.ts";
import { withExamples } from "./example.ts";
import { CommandFailed, EXIT_CODES } from "./exit.ts";
import { type Io, stopped } from "./io.ts";
import { supervise } from "./supervise.ts";

/** Runs workers until the process is asked to stop: one in this process, several in a process each. */
export const workCommand = (io: Io): Command =>
  withExamples(
    new Command("work")
      .description("Run workers: one in this process, several in a process each, until SIGTERM.")
      .argument("[names...]", "files of the workers folder, or their groups")
      .option("--all", "run every worker there is")
      .action((names: string[], options: { all?: boolean }) => work(io, names, options)),
    [
      ["sluice work order-projection", "its health and metrics are on OPS_PORT"],
      ["sluice work --all", "a process each, on OPS_PORT and the ports after it; when one fails, all stop"],
      ["OPS_PORT=0 sluice work order-emails", "on any free port, which the first line names"],
    ],
  );

async function work(io: Io, names: readonly string[], { all }: { all?: boolean }): Promise<void> {
  if (all && names.length > 0) throw new CommandFailed("name the workers to run or say --all, not both.");
  if (!all && names.length === 0) throw new CommandFailed("name the workers to run, or say --all.");
  const config = readConfig(io.env);
  const loaded = await loadWorkers(config.workersDir, all ? undefined : names);
  const [first, ...others] = loaded;
  if (first === undefined) throw new CommandFailed(`${config.workersDir} has no workers.`);
  if (others.length > 0) await supervise(io, { names: loaded.map(({ name }) => name), opsPort: config.opsPort });
  else await runHere(io, config, first.worker);
}

async function runHere(io: Io, config: Config, worker: Worker): Promise<void> {
  await using opened = new AsyncDisposableStack();
  const catalog = await loadCatalog(config.schemasDir);
  const registry = opened.adopt(createRegistry(registrySettings(config)), (one) => one.close());
  const store = opened.adopt(await openStore(config.databaseUrl), (one) => one.close());
  const running = await runWorker(worker, {
    kafka: kafkaSettings(config, `sluice-${worker.group}`),
    registry,
    catalog,
    store,
    opsPort: config.opsPort,
    emit: createLog(config.logLevel),
    progressTimeoutMs: config.progressTimeoutMs,
  });
  // `closed` rejects when the consumer gives up: then the process ends, and whoever runs it starts it again.
  await Promise.race([stopped(io), running.closed]);
  const { forced } = await running.stop({ timeoutMs: config.shutdownTimeoutMs });
  if (forced) {
    throw new CommandFailed(`${worker.group} was stopped before its events were finished; they will be read again.`, {
      exitCode: EXIT_CODES.unfinished.code,
    });
  }
}
