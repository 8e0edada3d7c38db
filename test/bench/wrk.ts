import { join } from "node:path";

/** What one run of wrk measured. */
export interface Load {
  readonly requestsPerSecond: number;
  readonly p50: string;
  readonly p99: string;
}

/**
 * Loads one URL with wrk, one thread of its own, for some seconds.
 * @throws where wrk is not installed, or where any answer was not 2xx: a door that refuses fast is not fast.
 */
export async function load(
  url: string,
  script: "order.lua" | "batch.lua",
  { connections, seconds }: { connections: number; seconds: number },
): Promise<Load> {
  if (Bun.which("wrk") === null) throw new Error("wrk is not installed: apt-get install wrk, or brew install wrk");
  const lua = join(import.meta.dir, "load", script);
  const child = Bun.spawn([
    "wrk",
    "-t1",
    `-c${connections}`,
    `-d${seconds}s`,
    "--timeout",
    "10s",
    "--latency",
    "-s",
    lua,
    url,
  ]);
  const printed = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) throw new Error(`wrk failed on ${url}: ${printed}`);

  const refused = /Non-2xx or 3xx responses: (\d+)/.exec(printed);
  if (refused) throw new Error(`${refused[1]} answers of ${url} were not 2xx`);
  return {
    requestsPerSecond: Number(found(printed, /Requests\/sec:\s+([\d.]+)/)),
    p50: found(printed, /50%\s+(\S+)/),
    p99: found(printed, /99%\s+(\S+)/),
  };
}

function found(printed: string, pattern: RegExp): string {
  const value = pattern.exec(printed)?.[1];
  if (value === undefined) throw new Error(`wrk printed no ${pattern}: ${printed}`);
  return value;
}
