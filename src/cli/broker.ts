import { Command, InvalidArgumentError, Option } from "commander";
import { type Broker, diskFiles, type FaultDoor, type NewTopic, openBroker, serveFaults } from "../broker/index.ts";
import { readConfig } from "../config.ts";
import type { Emit } from "../events.ts";
import { createLog } from "../log.ts";
import { assertWritable } from "./data-folder.ts";
import { withExamples } from "./example.ts";
import { CommandFailed } from "./exit.ts";
import { type Io, stopped } from "./io.ts";
import { portIn, userIn } from "./option-values.ts";

interface Options {
  readonly port: number;
  readonly host: string;
  readonly advertised?: string;
  readonly topic: readonly NewTopic[];
  readonly autoCreate?: boolean;
  readonly data?: string;
  readonly nodes: number;
  readonly user: ReturnType<typeof userIn>;
  readonly faults?: number;
}

/** Kafka's own. */
const PORT = 9092;
const NODES_MAX = 100;

/** Runs a broker alone until the process is asked to stop. */
export const brokerCommand = (io: Io): Command =>
  withExamples(
    new Command("broker")
      .description("Run a Kafka broker until SIGTERM.")
      .option(
        "--port <port>",
        "port to listen on, and the ones after it for more nodes; 0 picks free ones",
        portIn,
        PORT,
      )
      .option("--host <address>", "address to listen on; 0.0.0.0 lets other machines in", "127.0.0.1")
      .option("--advertised <host>", "host that clients are told to connect to; without it, the one it listens on")
      .addOption(
        new Option(
          "--topic <name:partitions>",
          "topic to make where it is not there; a name alone has one partition; repeatable",
        )
          .argParser(topicIn)
          .default([], "none"),
      )
      .option("--auto-create", "make a topic when a client asks for it")
      .option("--data <dir>", "folder where everything is kept; without it, everything ends with the process")
      .option("--nodes <count>", "number of brokers to pose as", nodesIn, 1)
      .addOption(
        new Option("--user <name:password>", "who may come in, by SASL; repeatable")
          .argParser(userIn)
          .default([], "everybody"),
      )
      .option(
        "--faults <port>",
        "port on which requests are made to go wrong on purpose, over HTTP; 0 picks a free one",
        portIn,
      )
      .action((options: Options) => broker(io, options)),
    [
      ["sluice broker --topic orders:3", `on 127.0.0.1:${PORT}, in memory`],
      ["sluice broker --data .sluice", "keeps topics, records and offsets in .sluice"],
      ["sluice broker --port 0 --nodes 3", "three brokers on free ports, which the first line names"],
      ["sluice broker --nodes 3 --faults 9099", "three brokers whose faults are set up over HTTP"],
    ],
  );

async function broker(io: Io, options: Options): Promise<void> {
  const { logLevel } = readConfig(io.env);
  const emit = createLog(logLevel);
  await using running = await opened(options, emit);
  await using _faults = options.faults === undefined ? undefined : openDoor(running, options.faults, emit);
  await stopped(io);
}

function openDoor({ faults }: Broker, port: number, emit: Emit): FaultDoor {
  try {
    const door = serveFaults(faults, { port });
    emit("broker.faults.listening", { url: door.url });
    return door;
  } catch (error) {
    throw failed(error);
  }
}

async function opened(options: Options, emit: Emit): Promise<Broker> {
  const {
    port,
    host,
    advertised,
    topic: topics,
    autoCreate: autoCreateTopics = false,
    data,
    nodes,
    user: users,
  } = options;
  if (data !== undefined) assertWritable(data);
  try {
    return await openBroker({
      port,
      host,
      nodes,
      topics,
      autoCreateTopics,
      users,
      emit,
      ...(advertised !== undefined && { advertised }),
      ...(data !== undefined && { files: diskFiles(data) }),
    });
  } catch (error) {
    throw failed(error);
  }
}

const failed = (cause: unknown): CommandFailed =>
  new CommandFailed(cause instanceof Error ? cause.message : String(cause), { cause });

function topicIn(text: string, before: readonly NewTopic[]): readonly NewTopic[] {
  const [, name, partitions = "1"] = /^([^:]+)(?::(\d{1,6}))?$/.exec(text) ?? [];
  if (name !== undefined) return [...before, { name, partitions: Number(partitions) }];
  throw new InvalidArgumentError("It is a name, or a name and a number of partitions with a colon between them.");
}

function nodesIn(text: string): number {
  if (/^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= NODES_MAX) return Number(text);
  throw new InvalidArgumentError(`It is a number from 1 to ${NODES_MAX}.`);
}
