import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SELF } from "./sluice.ts";
import { postEvent } from "./story.ts";
import { until } from "./until.ts";

/** What somebody has who begins outside of the repository: a folder, and whatever is written into it. */
export async function openFolder(files: Readonly<Record<string, string>> = {}) {
  const dir = await mkdtemp(join(tmpdir(), "sluice-folder-"));
  const write = (name: string, text: string) => Bun.write(join(dir, name), text);
  for (const [name, text] of Object.entries(files)) await write(name, text);
  return { dir, write, [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) };
}

/** Three free ports, so that tests are in nobody's way. */
export const FREE_PORTS = ["--port", "0", "--kafka-port", "0", "--registry-port", "0"] as const;

interface DevGiven {
  readonly args?: readonly string[];
  readonly self?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs `sluice dev` in a folder, as people do, and reads what it prints. */
export async function startDev(dir: string, { args = FREE_PORTS, self = SELF, env = {} }: DevGiven = {}) {
  const child = Bun.spawn([...self, "dev", ...args], {
    cwd: dir,
    // Nothing of the runner's own settings.
    env: { PATH: process.env.PATH ?? "", HOME: tmpdir(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const printed = { text: "" };
  const decoder = new TextDecoder();
  const reading = [child.stdout, child.stderr].map(async (stream) => {
    for await (const chunk of stream) printed.text += decoder.decode(chunk, { stream: true });
  });
  const ended = Promise.all([child.exited, ...reading]).then(([code]) => code);
  const says = (what: string | RegExp) =>
    until(`dev says ${what}`, () => {
      if (child.exitCode !== null) throw new Error(`it has ended:\n${printed.text}`);
      return typeof what === "string" ? printed.text.includes(what) : what.test(printed.text);
    }).catch((error: unknown) => {
      throw new Error(`${error instanceof Error ? error.message : String(error)}; it has said:\n${printed.text}`);
    });
  const addressOf = (name: string) => new RegExp(`^  ${name} +(\\S+)`, "m").exec(printed.text)?.[1] ?? "";
  return {
    child,
    ended,
    says,
    printed: () => printed.text,
    /** Forgets what was said, so that the next wait is for something new. */
    forget: () => {
      printed.text = "";
    },
    /** An address of the banner, `API` or `Kafka`. */
    addressOf,
    post: (api: string, topic: string, event: unknown) => postEvent(api, topic, event),
    async stop(): Promise<{ code: number; tookMs: number }> {
      const began = performance.now();
      child.kill("SIGINT");
      const code = await ended;
      return { code, tookMs: performance.now() - began };
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
