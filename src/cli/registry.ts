import { join } from "node:path";
import { Command, Option } from "commander";
import { readConfig } from "../config.ts";
import { createLog } from "../log.ts";
import type { OwnRegistry } from "../registry/index.ts";
import { type Credentials, openRegistry, type RegistryServer } from "../registry/server/index.ts";
import { assertWritable } from "./data-folder.ts";
import { withExamples } from "./example.ts";
import { CommandFailed } from "./exit.ts";
import { type Io, stopped } from "./io.ts";
import { portIn, userIn } from "./option-values.ts";

interface Options {
  readonly port: number;
  readonly host: string;
  readonly data?: string;
  readonly user: readonly Credentials[];
}

/** Confluent's own. */
const PORT = 8081;

/** Runs a schema registry alone until the process is asked to stop. */
export const registryCommand = (io: Io): Command =>
  withExamples(
    new Command("registry")
      .description("Run a schema registry with Confluent's API until SIGTERM.")
      .option("--port <port>", "port to listen on; 0 picks a free one", portIn, PORT)
      .option("--host <address>", "address to listen on; 0.0.0.0 lets other machines in", "127.0.0.1")
      .option("--data <dir>", "folder where schemas are kept; without it, they end with the process")
      .addOption(
        new Option("--user <name:password>", "who may ask, by basic auth; repeatable")
          .argParser(userIn)
          .default([], "everybody"),
      )
      .action((options: Options) => registry(io, options)),
    [
      ["sluice registry", `on 127.0.0.1:${PORT}, in memory`],
      ["sluice registry --data .sluice", "keeps schemas in .sluice/registry.sqlite"],
      ["sluice registry --port 0 --user ci:secret", "on any free port, which the first line names"],
    ],
  );

async function registry(io: Io, options: Options): Promise<void> {
  const { logLevel } = readConfig(io.env);
  await using _server = await opened(options, createLog(logLevel));
  await stopped(io);
}

async function opened(
  { port, host, data, user: users }: Options,
  emit: ReturnType<typeof createLog>,
): Promise<RegistryServer> {
  try {
    const file = data === undefined ? ":memory:" : join(data, "registry.sqlite");
    if (data !== undefined) assertWritable(data);
    const name = data === undefined ? { name: "sluice-in-memory" satisfies OwnRegistry } : {};
    return await openRegistry({ port, host, file, users, emit, ...name });
  } catch (error) {
    if (error instanceof CommandFailed) throw error;
    throw new CommandFailed(`${error instanceof Error ? error.message : String(error)}.`, { cause: error });
  }
}
