import { until } from "../support/until.ts";

/** A process of the benchmark that answers HTTP; disposing of it ends it. */
export interface Service extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
}

/** A port that was free a moment ago. */
export function freePort(): number {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const { port } = server;
  server.stop(true);
  if (port === undefined) throw new Error("the system gave no port");
  return port;
}

/** Starts a command and waits until its URL answers anything at all. */
export async function startService(
  command: readonly string[],
  { url, env = {}, cwd }: { url: string; env?: Record<string, string>; cwd?: string },
): Promise<Service> {
  const child = Bun.spawn([...command], {
    env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", ...env },
    stdout: "ignore",
    stderr: "inherit",
    ...(cwd === undefined ? {} : { cwd }),
  });
  await until(`${command[0]} answers on ${url}`, () => fetch(url).then(() => true), {
    timeoutMs: 60_000,
    everyMs: 100,
  });
  return {
    url,
    pid: child.pid,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.exited;
    },
  };
}

/** Runs a command to its end and returns what it printed. Throws where it fails. */
export async function run(
  command: readonly string[],
  options: { env?: Record<string, string>; cwd?: string } = {},
): Promise<string> {
  const child = Bun.spawn([...command], {
    env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [printed, complaint, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}: ${complaint || printed}`);
  return printed;
}
