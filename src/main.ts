#!/usr/bin/env bun
import { exitCodeOfSignal, runSluice } from "./cli/index.ts";

/** One Ctrl-C arrives more than once where the terminal and a runner such as npx both pass it on. */
const SAME_REQUEST_MS = 250;

/** The process around `sluice`: its arguments, environment, signals and exit code are read and set here alone. */
const stopping = new AbortController();
const forcing = new AbortController();
let askedAt = 0;
const ask = (signal: "SIGINT" | "SIGTERM") => {
  if (!stopping.signal.aborted) {
    askedAt = performance.now();
    stopping.abort(signal);
  } else if (performance.now() - askedAt > SAME_REQUEST_MS) {
    forcing.abort();
    process.exit(exitCodeOfSignal(signal));
  }
};
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => ask(signal));

/** While keys are read one by one, Ctrl-C is a key like the others. */
const CTRL_C = "\u0003";
const keys = (listener: (key: string) => void) => {
  const onData = (bytes: Buffer) => {
    for (const key of bytes.toString()) key === CTRL_C ? ask("SIGINT") : listener(key);
  };
  process.stdin.setRawMode(true).on("data", onData).resume();
  return () => {
    process.stdin.off("data", onData).setRawMode(false).pause();
  };
};

// A worker outside of this repository imports `sluice`, which is this program itself, installed or not.
Bun.plugin({
  name: "sluice",
  setup: (build) => {
    build.module("sluice", async () => ({ loader: "object", exports: { ...(await import("./index.ts")) } }));
  },
});

// A reader that has seen enough, `sluice groups | head`, is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

/** A pipe takes a long report bit by bit: the process must not end before all of it is taken. */
function writerOf(stream: NodeJS.WriteStream) {
  let last = Promise.resolve();
  return {
    write: (text: string) => {
      // Nothing is written at once, also before what is still on its way.
      if (text !== "") last = new Promise((done) => stream.write(text, () => done()));
    },
    done: () => last,
  };
}
const out = writerOf(process.stdout);
const err = writerOf(process.stderr);

const code = await runSluice(process.argv.slice(2), {
  env: process.env,
  out: out.write,
  err: err.write,
  stdin: () => Bun.stdin.stream(),
  terminal: process.stdout.isTTY ? { columns: process.stdout.columns } : undefined,
  keys: process.stdin.isTTY && process.stdout.isTTY ? keys : undefined,
  stop: stopping.signal,
  force: forcing.signal,
  self: [process.execPath, import.meta.path],
});
await Promise.all([out.done(), err.done()]);
process.exit(code);
