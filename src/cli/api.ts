import { Command } from "commander";
import { startApi } from "../api/index.ts";
import { loadCatalog } from "../catalog/index.ts";
import { readConfig } from "../config.ts";
import { kafkaSettings } from "../kafka/index.ts";
import { createLog } from "../log.ts";
import { createRegistry } from "../registry/index.ts";
import { registrySettings } from "./connections.ts";
import { withExamples } from "./example.ts";
import { CommandFailed, EXIT_CODES } from "./exit.ts";
import { type Io, stopped } from "./io.ts";

/** Runs the HTTP API until the process is asked to stop. */
export const apiCommand = (io: Io): Command =>
  withExamples(
    new Command("api").description("Run the HTTP API until SIGTERM.").action(() => api(io)),
    [
      ["sluice api", "on HTTP_PORT; /openapi describes it"],
      ["HTTP_PORT=0 sluice api", "on any free port, which the first line names"],
    ],
  );

async function api(io: Io): Promise<void> {
  const config = readConfig(io.env);
  await using opened = new AsyncDisposableStack();
  const running = await startApi({
    config,
    catalog: await loadCatalog(config.schemasDir),
    kafka: kafkaSettings(config, "sluice-api"),
    registry: opened.adopt(createRegistry(registrySettings(config)), (one) => one.close()),
    emit: createLog(config.logLevel),
  });
  const { undelivered, unanswered } = await running.stop({ reason: await stopped(io) });
  if (undelivered + unanswered > 0) {
    throw new CommandFailed(`${undelivered} events were not delivered, ${unanswered} requests not answered.`, {
      exitCode: EXIT_CODES.unfinished.code,
    });
  }
}
