import { join } from "node:path";
import { loadWorkers } from "../../worker/index.ts";
import type { Io } from "../io.ts";
import { type LogLine, type StartedProcess, startSluice } from "./processes.ts";

/** The API and the workers, a process each. */
export interface Pipeline extends AsyncDisposable {
  readonly api: string;
  readonly groups: readonly { readonly group: string; readonly topics: readonly string[] }[];
  /** What workers have given up on, as their logs tell it. */
  readonly dead: readonly LogLine[];
  /** Rejects when one of the processes ends. */
  readonly broken: Promise<never>;
}

interface PipelineOptions {
  readonly dir: string;
  readonly workersDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Starts the API and every worker; resolves when each has said that it is there. */
export async function startPipeline(io: Io, { dir, workersDir, env }: PipelineOptions): Promise<Pipeline> {
  const workers = await loadWorkers(workersDir);
  const dead: LogLine[] = [];
  const onLine = (line: LogLine) => {
    if (line.event === "worker.event.dead") dead.push(line);
  };
  const logs = join(dir, ".sluice/demo");
  const start = (name: string, args: readonly string[]) => startSluice(io, { name, args, env, dir, logs, onLine });
  await using opened = new AsyncDisposableStack();
  const stop = (started: StartedProcess) => started.stop().then(() => {});
  const api = opened.adopt(await start("api", ["api"]), stop);
  const started = [api];
  for (const { name } of workers) started.push(opened.adopt(await start(name, ["work", name]), stop));
  const [listening] = await Promise.all([
    api.line("api.listening"),
    ...started.slice(1).map((worker) => worker.line("consumer.joined")),
  ]);
  const processes = opened.move();
  return {
    api: String(listening.url),
    groups: workers.map(({ worker: { group, topics } }) => ({ group, topics })),
    dead,
    broken: Promise.race(started.map((one) => one.line("the end of the process"))).then(
      () => new Promise<never>(() => {}), // No log line is called that.
    ),
    [Symbol.asyncDispose]: () => processes.disposeAsync(),
  };
}
