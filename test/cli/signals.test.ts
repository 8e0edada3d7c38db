import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { ROOT, SELF } from "../support/sluice.ts";

test("a command that has nothing to finish ends on the first signal, with the shell's exit code for it", async () => {
  const asked = Promise.withResolvers<void>();
  const never = Promise.withResolvers<Response>();
  using registry = Bun.serve({
    port: 0,
    fetch: () => {
      asked.resolve();
      return never.promise;
    },
  });
  const child = Bun.spawn([...SELF, "plan"], {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? "", SCHEMA_REGISTRY_URL: `http://127.0.0.1:${registry.port}` },
    stdio: ["ignore", "ignore", "pipe"],
  });
  await asked.promise;
  child.kill("SIGTERM");
  expect(await child.exited).toBe(143);
  expect(await child.stderr.text()).toBe("sluice: ended by SIGTERM.\n");
  never.resolve(new Response());
});

test("a reader that has seen enough is no failure", async () => {
  const shell = Bun.spawn(["sh", "-c", '"$@" --help | head -1', "sh", ...SELF], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  expect(await shell.stdout.text()).toBe("Usage: sluice <command> [options]\n");
  expect(await shell.stderr.text()).toBe("");
});

test.skipIf(!existsSync("/dev/full"))("a disk that is full is a failure, and is told of", async () => {
  const shell = Bun.spawn(["sh", "-c", '"$@" --help > /dev/full', "sh", ...SELF], {
    cwd: ROOT,
    stdio: ["ignore", "ignore", "pipe"],
  });
  expect(await shell.stderr.text()).toStartWith("sluice: the output could not be written: ENOSPC");
  expect(await shell.exited).toBe(1);
});
