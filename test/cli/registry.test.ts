import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRegistry } from "../../src/registry/index.ts";
import { ROOT, SELF, sluice } from "../support/sluice.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-registry-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Starts `sluice registry`, and resolves once it listens. */
async function start(...args: string[]) {
  const child = Bun.spawn([...SELF, "registry", "--port", "0", ...args], {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? "" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  reader.releaseLock();
  const line: unknown = JSON.parse(new TextDecoder().decode(value));
  const { url = "", msg = "" } = line as { url?: string; msg?: string };
  return { child, url, msg };
}

test("`sluice registry` listens, says what it will lose, and ends with 0 when it is asked to", async () => {
  const { child, url, msg } = await start();
  expect(msg).toBe(`the registry listens on ${url}; what it holds is lost when it ends`);
  expect(await createRegistry({ url }).name()).toBe("sluice-in-memory");
  child.kill("SIGTERM");
  expect(await child.exited).toBe(0);
  expect(await child.stderr.text()).toBe("");
});

test("`--data` keeps schemas, `--user` asks for a password", async () => {
  const options = ["--data", join(folder, "kept"), "--user", "a:b:c", "--user", "other:x"];
  const first = await start(...options);
  const asUser = { username: "a", password: "b:c" };
  const id = await createRegistry({ url: first.url, ...asUser }).register("s", { text: '"int"', references: [] });
  const stranger = createRegistry({ url: first.url }).subjects();
  expect(await stranger.catch((error: Error) => error.message)).toContain("Unauthorized");
  first.child.kill("SIGINT");
  expect(await first.child.exited).toBe(0);

  const second = await start(...options);
  expect(second.msg).toBe(`the registry listens on ${second.url}`);
  expect(await createRegistry({ url: second.url, ...asUser }).version("s", 1)).toMatchObject({ id, text: '"int"' });
  expect(await createRegistry({ url: second.url, ...asUser }).name()).toBe("schema-registry");
  const third = await sluice(["registry", "--port", "0", "--data", join(folder, "kept")]);
  expect(third).toEqual({
    code: 1,
    out: "",
    err: `sluice: ${join(folder, "kept", "registry.sqlite")} is open in another process.\n`,
  });
  second.child.kill("SIGTERM");
  await second.child.exited;
});

test("a port that is taken is told with what to do", async () => {
  using taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { code, err } = await sluice(["registry", "--port", String(taken.port)]);
  expect([code, err]).toEqual([
    1,
    `sluice: the registry cannot listen on 127.0.0.1:${taken.port}; port 0 picks a free one.\n`,
  ]);
});

test.each([
  [["--port", "x"], "It is a number up to 65535."],
  [["--port", "65536"], "It is a number up to 65535."],
  [["--user", "name"], "It is a name and a password with a colon between them."],
])("`sluice registry %j` says what is wrong", async (args, sentence) => {
  const { code, err } = await sluice(["registry", ...args]);
  expect(code).toBe(1);
  expect(err).toContain(sentence);
});
