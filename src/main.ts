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

/** A reader that has seen enough, `sluice groups | head`, is no failure; a disk that is full is one. */
const cutOff = (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  process.stderr.write(`sluice: the output could not be written: ${error.message}\n`, () => process.exit(1));
};
process.stdout.on("error", cutOff);

/** A pipe takes a long report bit by bit: the process must not end before all of it is taken. */
function writerOf(stream: NodeJS.WriteStream, failed?: (error: NodeJS.ErrnoException) => void) {
  let last = Promise.resolve();
  return {
    write: (text: string) => {
      // Nothing is written at once, also before what is still on its way.
      if (text !== "") {
        last = new Promise((done) => {
          // Whoever failed does not go on: the process ends with what it has to say of that.
          stream.write(text, (error) => (error && failed ? failed(error) : done()));
        });
      }
      return last;
    },
    done: () => last,
  };
}
const out = writerOf(process.stdout, cutOff);
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
