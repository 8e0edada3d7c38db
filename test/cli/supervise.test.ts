import { afterAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandFailed } from "../../src/cli/exit.ts";
import { supervise } from "../../src/cli/supervise.ts";
import { fakeIo } from "../support/sluice.ts";
import { until } from "../support/until.ts";

const dir = await mkdtemp(join(tmpdir(), "sluice-supervise-"));
afterAll(() => rm(dir, { recursive: true }));

/** A program that says where it listens and how it stopped, in files named for the worker. */
const program = join(dir, "program.ts");
await Bun.write(
  program,
  `const [, name] = process.argv.slice(2);
   await Bun.write(\`\${import.meta.dir}/\${name}.port\`, process.env.OPS_PORT);
   if (name === "broken") process.exit(9);
   process.on("SIGTERM", async () => {
     await Bun.write(\`\${import.meta.dir}/\${name}.stopped\`, "");
     process.exit(name === "slow" ? 3 : 0);
   });
   await Bun.write(\`\${import.meta.dir}/\${name}.ready\`, "");
   setInterval(() => {}, 1_000);`,
);

const has = (file: string) => Bun.file(join(dir, file)).exists();
const ioWith = (stop: AbortSignal) => ({
  ...fakeIo({ PATH: process.env.PATH ?? "" }),
  self: [process.execPath, program],
  stop,
});
const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

test("each worker has a process and a port of its own, and all stop when asked", async () => {
  const stopping = new AbortController();
  const running = supervise(ioWith(stopping.signal), { names: ["one", "two"], opsPort: 9_500 });
  await until("both are ready", async () => (await has("one.ready")) && (await has("two.ready")));
  stopping.abort("SIGTERM");
  await running;
  expect(await Promise.all(["one", "two"].map((name) => Bun.file(join(dir, `${name}.port`)).text()))).toEqual([
    "9500",
    "9501",
  ]);
  expect([await has("one.stopped"), await has("two.stopped")]).toEqual([true, true]);
});

test("a worker that ends by itself takes the others along, and the command fails", async () => {
  const io = ioWith(new AbortController().signal);
  const failure = await failureOf(supervise(io, { names: ["broken", "beside"], opsPort: 0 }));
  expect(failure).toBeInstanceOf(CommandFailed);
  expect(io.printed.err).toBe("sluice: broken ended with exit code 9; stopping the others.\n");
});

test("a stop that left events unfinished is told by the exit code", async () => {
  const stopping = new AbortController();
  const running = failureOf(supervise(ioWith(stopping.signal), { names: ["slow", "quick"], opsPort: 0 }));
  await until("both are ready", async () => (await has("slow.ready")) && (await has("quick.ready")));
  stopping.abort("SIGTERM");
  expect(await running).toMatchObject({ exitCode: 3 });
});
