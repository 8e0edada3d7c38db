import { join } from "node:path";
import { asTyped } from "../../src/cli/command-of.ts";
import { type Io, runSluice } from "../../src/cli/index.ts";

/** The repository's own folder. */
export const ROOT = join(import.meta.dir, "../..");

/** The command line that starts `sluice` as a process. */
export const SELF: readonly string[] = [process.execPath, join(ROOT, "src/main.ts")];

/** A hint of a command as this process names it: it depends on what has started Bun. */
export const typed = (sentence: string): string => asTyped(sentence, SELF);

/** An Io that keeps what is written. */
export function fakeIo(env: Readonly<Record<string, string>> = {}): Io & { printed: { out: string; err: string } } {
  const printed = { out: "", err: "" };
  return {
    printed,
    env,
    out: (text) => {
      printed.out += text;
    },
    err: (text) => {
      printed.err += text;
    },
    stdin: async function* () {},
    terminal: undefined,
    keys: undefined,
    stop: new AbortController().signal,
    force: new AbortController().signal,
    self: SELF,
  };
}

/** Runs `sluice` in this process. */
export async function sluice(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const io = fakeIo(env);
  const code = await runSluice(args, io);
  return { code, ...io.printed };
}
