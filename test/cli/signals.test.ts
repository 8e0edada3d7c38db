import { expect, test } from "bun:test";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseLock } from "../../src/catalog/index.ts";
import { openRegistry } from "../../src/registry/server/index.ts";
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

test("an apply that has begun ends after the step at hand, says what was done and locks it", async () => {
  const dir = mkdtempSync(join(tmpdir(), "sluice-signals-"));
  cpSync(join(ROOT, "schemas"), dir, { recursive: true });
  rmSync(join(dir, "schemas.lock.json"));
  await using server = await openRegistry();
  const asked = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  using proxy = Bun.serve({
    port: 0,
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      const { method, headers } = request;
      const body = method === "GET" ? {} : { body: await request.text() };
      if (method === "POST" && pathname === "/subjects/shared.Money/versions") {
        asked.resolve();
        await goOn.promise;
      }
      return fetch(`${server.url}${pathname}${search}`, { method, headers, ...body });
    },
  });
  const child = Bun.spawn([...SELF, "apply"], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH ?? "",
      SCHEMA_REGISTRY_URL: `http://127.0.0.1:${proxy.port}`,
      SLUICE_SCHEMAS: dir,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  await asked.promise;
  child.kill("SIGTERM");
  goOn.resolve();
  const out = await child.stdout.text();
  expect(out).toContain("ended by SIGTERM before it");
  expect(out).toContain("Stopped: 5 done, 3 left; once more goes on from here. schemas.lock.json is up to date.");
  expect(await child.exited).toBe(143);
  const lock = parseLock(readFileSync(join(dir, "schemas.lock.json"), "utf8"));
  expect([...lock.subjects.keys()]).toEqual(["shared.Money"]);
  rmSync(dir, { recursive: true });
});
