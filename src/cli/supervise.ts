import { CommandFailed, EXIT_CODES } from "./exit.ts";
import type { Io } from "./io.ts";

/**
 * Runs `sluice work NAME` once for each name, in a process each, until this process is asked to stop or one of them
 * ends. A worker that ended by itself takes the others along: what starts this command again then starts all of them,
 * and nobody runs for days with a worker missing.
 */
export async function supervise(
  { self, env, err, stop, force }: Pick<Io, "self" | "env" | "err" | "stop" | "force">,
  { names, opsPort }: { names: readonly string[]; opsPort: number },
): Promise<void> {
  const workers = names.map((name, at) => ({
    name,
    process: Bun.spawn([...self, "work", name], {
      // A port each; 0 stays 0, which is a free one for each.
      env: { ...env, OPS_PORT: String(opsPort === 0 ? 0 : opsPort + at) },
      stdio: ["ignore", "inherit", "inherit"],
      signal: force,
      killSignal: "SIGKILL",
    }),
  }));
  const stopAll = () => {
    for (const worker of workers) worker.process.kill("SIGTERM");
  };
  stop.addEventListener("abort", stopAll, { once: true });
  if (stop.aborted) stopAll();

  const ended = workers.map(async ({ name, process }) => ({ name, code: await process.exited }));
  const first = await Promise.race(ended);
  const asked = stop.aborted;
  if (!asked) {
    err(`sluice: ${first.name} ended with exit code ${first.code}; stopping the others.\n`);
    stopAll();
  }
  const worst = Math.max(...(await Promise.all(ended)).map(({ code }) => code));
  if (!asked) throw new CommandFailed(`${first.name} ended by itself.`);
  if (worst !== 0) throw new CommandFailed("not every worker stopped cleanly.", { exitCode: exitCodeOf(worst) });
}

const exitCodeOf = (worst: number): number =>
  worst === EXIT_CODES.unfinished.code ? EXIT_CODES.unfinished.code : EXIT_CODES.failed.code;
