import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Io } from "../../src/cli/index.ts";

/** One line of a process's log. */
export type LogLine = Readonly<Record<string, unknown>>;

export interface StartedProcess {
  readonly name: string;
  /** The first line with this event. Rejects when the process ends before. */
  line(event: string): Promise<LogLine>;
  /** Asks it to stop, and does not wait. */
  ask(): void;
  /** Asks it to stop, and answers the exit code. */
  stop(): Promise<number>;
  readonly exited: Promise<number>;
}

interface StartOptions {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dir: string;
  /** Where what it prints is kept, in a file of its name. */
  readonly logs: string;
  onLine?(line: LogLine): void;
}

/** Starts `sluice` with these arguments, reads its log lines, and keeps them in a file. */
export async function startSluice(
  { self, force }: Pick<Io, "self" | "force">,
  options: StartOptions,
): Promise<StartedProcess> {
  const { name, args, env, dir, logs } = options;
  await mkdir(logs, { recursive: true });
  const file = join(logs, `${name}.log`);
  await Bun.write(file, "");
  const child = Bun.spawn([...self, ...args], {
    cwd: dir,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    signal: force,
    killSignal: "SIGKILL",
  });
  const waiting = new Map<string, PromiseWithResolvers<LogLine>>();
  const waitFor = (event: string) => {
    const found = waiting.get(event) ?? Promise.withResolvers<LogLine>();
    waiting.set(event, found);
    return found;
  };
  let printed = "";
  const keep = async (text: string) => {
    printed = (printed + text).slice(-4_000);
    await appendFile(file, text);
  };
  const reading = [
    eachLine(child.stdout, async (line) => {
      await keep(`${line}\n`);
      const parsed = parse(line);
      if (parsed === undefined) return;
      options.onLine?.(parsed);
      if (typeof parsed.event === "string") waitFor(parsed.event).resolve(parsed);
    }),
    eachLine(child.stderr, (line) => keep(`${line}\n`)),
  ];
  const exited = Promise.all([child.exited, ...reading]).then(([code]) => code);
  return {
    name,
    exited,
    line: (event) =>
      Promise.race([
        waitFor(event).promise,
        exited.then((code) => {
          const tail = printed.trimEnd().split("\n").slice(-5).join("\n");
          throw new Error(`\`sluice ${args.join(" ")}\` ended with exit code ${code}:\n${tail}`);
        }),
      ]),
    ask: () => child.kill("SIGTERM"),
    stop: () => {
      child.kill("SIGTERM");
      return exited;
    },
  };
}

async function eachLine(stream: ReadableStream<Uint8Array>, handle: (line: string) => Promise<void>): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) await handle(line);
  }
  if (rest !== "") await handle(rest);
}

function parse(line: string): LogLine | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // Something else printed it; it is in the file.
  }
}
