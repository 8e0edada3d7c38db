import { ROOT, SELF } from "../sluice.ts";

/** `sluice broker` as a process of its own, which a test may kill. */
export interface SluiceBroker {
  readonly addresses: string[];
  /** The exit code. */
  readonly ended: Promise<number>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts it, and waits for its first line. */
export async function startSluiceBroker(...args: readonly string[]): Promise<SluiceBroker> {
  const child = spawnSluiceBroker(...args);
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  const line: unknown = JSON.parse(new TextDecoder().decode(value).split("\n")[0] ?? "");
  if (typeof line !== "object" || line === null || !("addresses" in line && Array.isArray(line.addresses))) {
    throw new Error(`the first line is ${JSON.stringify(line)}`);
  }
  return {
    addresses: line.addresses.map(String),
    ended: child.exited,
    kill: (signal) => child.kill(signal),
  };
}

/** Starts it, and waits for nothing. */
export const spawnSluiceBroker = (...args: readonly string[]) =>
  Bun.spawn([...SELF, "broker", ...args], {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? "" },
    stdio: ["ignore", "pipe", "pipe"],
  });
