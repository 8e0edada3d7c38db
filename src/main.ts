#!/usr/bin/env bun
import { exitCodeOfSignal, runSluice } from "./cli/index.ts";

/** One Ctrl-C arrives more than once where the terminal and a runner such as npx both pass it on. */
const SAME_REQUEST_MS = 250;

/** The process around `sluice`: its arguments, environment, signals and exit code are read and set here alone. */
const stopping = new AbortController();
const forcing = new AbortController();
let askedAt = 0;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (!stopping.signal.aborted) {
      askedAt = performance.now();
      stopping.abort(signal);
    } else if (performance.now() - askedAt > SAME_REQUEST_MS) {
      forcing.abort();
      process.exit(exitCodeOfSignal(signal));
    }
  });
}
// A reader that has seen enough, `sluice groups | head`, is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

const code = await runSluice(process.argv.slice(2), {
  env: process.env,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  terminal: process.stdout.isTTY ? { columns: process.stdout.columns } : undefined,
  stop: stopping.signal,
  force: forcing.signal,
  self: [process.execPath, import.meta.path],
});
process.exit(code);
