import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { type Config, readConfig } from "../config.ts";
import { assertWritable } from "./data-folder.ts";
import { bannerText } from "./dev/banner.ts";
import { createLines } from "./dev/lines.ts";
import type { News, Tell } from "./dev/news.ts";
import { type Dev, openDev } from "./dev/open-dev.ts";
import { type ChosenPort, choosePorts } from "./dev/ports.ts";
import { watchDev } from "./dev/watch-dev.ts";
import { withExamples } from "./example.ts";
import { type Io, stopped } from "./io.ts";

/** Runs broker, registry, API and workers in this process, and follows what is saved. */
export const devCommand = (io: Io): Command =>
  withExamples(
    new Command("dev")
      .description("Run everything in one process, on this machine alone: broker, registry, API, workers.")
      .option("--port <port>", "port of the API", portNumber)
      .option("--kafka-port <port>", "port of the broker", portNumber)
      .option("--registry-port <port>", "port of the registry", portNumber)
      .option("--data <dir>", "keep records, schemas and tables in this folder")
      .option("--no-workers", "start no workers")
      .option("--open", "open the API's page in the browser")
      .option("--json", "print what happens as JSON, an object on each line")
      .action((options: DevCommandOptions) => dev(io, options)),
    [
      ["sluice dev", "schemas/ and workers/ of this folder; what is saved there takes effect at once"],
      ["sluice dev --data .sluice", "what was there is there again after the next start"],
      ["sluice dev --port 0 --kafka-port 0 --registry-port 0", "any free ports, which the first lines name"],
    ],
  );

interface DevCommandOptions {
  readonly port?: number;
  readonly kafkaPort?: number;
  readonly registryPort?: number;
  readonly data?: string;
  readonly workers: boolean;
  readonly open?: boolean;
  readonly json?: boolean;
}

const USUAL_PORTS = { http: 3000, kafka: 9092, registry: 8081 } as const;

async function dev(io: Io, options: DevCommandOptions): Promise<void> {
  const config = readConfig(io.env);
  if (options.data !== undefined) assertWritable(options.data);
  const early: News[] = [];
  let tell: Tell = (news) => void early.push(news);
  const ports = portsFor(options, io.env.HTTP_PORT ? config.httpPort : undefined);
  // Before anything is read, so that no change falls between the reading and the watching.
  const opening = Promise.withResolvers<Dev>();
  using _watching = await watchDev(opening.promise, config, (news) => tell(news));
  await using running = await openDev({
    config,
    ports: { http: ports.http.port, kafka: ports.kafka.port, registry: ports.registry.port },
    opsPort: opsPorts(config.opsPort),
    ...(options.data !== undefined && { dataDir: resolve(options.data) }),
    workers: options.workers,
    tell: (news) => tell(news),
  });
  // How it went is in the banner.
  const trouble = early.filter(({ level }) => level !== "info");
  opening.resolve(running);
  const print = createLines(io, options.json ?? false, namesIn(running));
  announce(io, { options, config, ports, running });
  for (const news of trouble) print(news);
  tell = print;
  if (options.open) openPage(`${running.api}/openapi`);
  await untilAsked(io, running, tell);
}

/** What was set for this folder counts as if it were asked for. */
function portsFor({ port, kafkaPort, registryPort }: DevCommandOptions, httpPort: number | undefined) {
  const http =
    port === undefined && httpPort !== undefined
      ? { option: "HTTP_PORT", given: httpPort }
      : { option: "--port", given: port };
  return choosePorts({
    http: { ...http, usual: USUAL_PORTS.http },
    kafka: { option: "--kafka-port", given: kafkaPort, usual: USUAL_PORTS.kafka },
    registry: { option: "--registry-port", given: registryPort, usual: USUAL_PORTS.registry },
  });
}

/** The port that is set, or the usual, and those after it, one for each worker. */
function opsPorts(first: number): () => number {
  let next = first;
  return () => {
    if (first === 0) return 0;
    const { ops } = choosePorts({ ops: { option: "OPS_PORT", given: undefined, usual: next } });
    next = ops.port + 1;
    return ops.port;
  };
}

const namesIn = ({ catalog, workers }: Dev): string[] => [
  ...catalog.topics.map(({ topic }) => topic),
  ...workers.map(({ group }) => group),
];

interface Announced {
  readonly options: DevCommandOptions;
  readonly config: Config;
  readonly ports: Readonly<Record<"http" | "kafka" | "registry", ChosenPort>>;
  readonly running: Dev;
}

function announce(io: Io, { options, config, ports, running }: Announced): void {
  // Milliseconds since the process began, so that loading the program counts too.
  const readyMs = performance.now();
  const { api, kafka, registry, catalog, workers } = running;
  if (options.json) {
    const topics = catalog.topics.map(({ topic }) => topic);
    io.out(
      `${JSON.stringify({ event: "dev.ready", readyMs: Math.round(readyMs), api, kafka, registry, topics, workers })}\n`,
    );
    return;
  }
  const moved = Object.values(ports).flatMap(({ port, instead }) =>
    instead === undefined ? [] : [`${instead} is taken, so it is ${port}`],
  );
  io.out(
    bannerText({
      dev: running,
      readyMs,
      schemasDir: config.schemasDir,
      workersDir: config.workersDir,
      dataDir: options.data,
      workers: options.workers,
      moved,
      keys: io.keys !== undefined,
    }),
  );
}

/** Resolves when the process is asked to stop, or somebody presses q. */
async function untilAsked(io: Io, running: Dev, tell: Tell): Promise<void> {
  const quit = Promise.withResolvers<void>();
  const press: Readonly<Record<string, () => void>> = {
    q: () => quit.resolve(),
    r: () => {
      tell({ event: "dev.restarting", level: "info", about: "dev", text: "restarting the workers" });
      void running.reloadWorkers();
    },
    c: () => void io.out("\u001b[2J\u001b[3J\u001b[H"),
  };
  const release = io.keys?.((key) => press[key.toLowerCase()]?.());
  try {
    await Promise.race([stopped(io), quit.promise]);
  } finally {
    release?.();
  }
}

/** Whether a browser opens is nobody's concern but the user's, who sees it. */
function openPage(url: string): void {
  const program = [["open"], ["xdg-open"], ["cmd", "/c", "start"]].find(([name = ""]) => Bun.which(name) !== null);
  if (program === undefined) return;
  Bun.spawn([...program, url], { stdio: ["ignore", "ignore", "ignore"] }).unref();
}

function portNumber(given: string): number {
  if (!/^\d{1,5}$/.test(given) || Number(given) > 65_535) {
    throw new InvalidArgumentError("A port is expected, from 0 to 65535.");
  }
  return Number(given);
}
