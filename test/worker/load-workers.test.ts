import { expect, test } from "bun:test";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { loadWorkers } from "../../src/worker/index.ts";

const INDEX = resolve("src/index.ts");
const worker = (group: string, name = "one") =>
  `import { defineWorker } from "${INDEX}";\nexport const ${name} = defineWorker({ group: "${group}", topics: ["orders.order.created.v1"], handle() {} });\n`;

async function folder(files: Record<string, string>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "sluice-workers-"));
  for (const [name, text] of Object.entries(files)) await Bun.write(join(dir, name), text);
  return dir;
}

const names = async (dir: string, wanted?: string[]) =>
  (await loadWorkers(dir, wanted)).map(({ name, worker: { group } }) => `${name}: ${group}`);

test("every file of the folder declares one worker", async () => {
  const dir = await folder({ "b.ts": worker("beta"), "a.ts": worker("alpha"), "notes.md": "", "a.test.ts": "throw 1" });
  expect(await names(dir)).toEqual(["a: alpha", "b: beta"]);
});

test("a worker is found by its file or by its group", async () => {
  const dir = await folder({ "a.ts": worker("alpha"), "b.ts": worker("beta") });
  expect(await names(dir, ["a"])).toEqual(["a: alpha"]);
  expect(await names(dir, ["beta"])).toEqual(["b: beta"]);
  expect(await names(dir, ["b", "a", "b"])).toEqual(["b: beta", "a: alpha"]);
});

test("a name that nothing has is answered with the nearest that there is", async () => {
  const dir = await folder({ "order-emails.ts": worker("emails"), "ledger.ts": worker("payments") });
  await expect(loadWorkers(dir, ["order-email", "xxxxxxxxxxxx"])).rejects.toMatchObject({
    problems: [
      "order-email: no such worker; did you mean order-emails?",
      "xxxxxxxxxxxx: no such worker; there are ledger, payments, order-emails, emails",
    ],
  });
});

test("what is wrong with the files is told together, by file", async () => {
  const dir = await folder({
    "a.ts": worker("alpha"),
    "b.ts": worker("alpha"),
    "none.ts": "export const group = 1;",
    "two.ts": worker("x") + worker("y", "two").replace(/^.*\n/, ""),
    "broken.ts": "throw new Error('on import');",
  });
  await expect(loadWorkers(dir)).rejects.toMatchObject({
    problems: [
      expect.stringMatching(/broken\.ts:1:\d+: on import$/),
      expect.stringMatching(/none\.ts: exports no worker; /),
      expect.stringMatching(/two\.ts: exports 2 workers; /),
      expect.stringMatching(/a\.ts and .*b\.ts: both are the group alpha$/),
    ],
  });
});

test("a worker that is named by its file starts whatever is wrong with the others", async () => {
  const dir = await folder({ "a.ts": worker("alpha"), "broken.ts": "throw new Error('on import');" });
  expect(await names(dir, ["a"])).toEqual(["a: alpha"]);
});

test("a folder that is not there is named, with its setting", async () => {
  await expect(loadWorkers("/nowhere/at/all")).rejects.toThrow(
    "/nowhere/at/all: no such folder of workers; SLUICE_WORKERS",
  );
});

test("our own workers are found by the names in the README", async () => {
  expect(await names("workers")).toEqual([
    "order-emails: order-emails",
    "order-projection: order-projection",
    "payment-ledger: payment-ledger",
  ]);
});

test("every syntax error of a file is told with its line, and the file counts as there", async () => {
  const dir = await folder({ "a.ts": "\nexport const = 1" });
  const failed = await loadWorkers(dir, ["a"]).catch((error: unknown) => error);
  expect(failed).toMatchObject({
    problems: [14, 16, 14].map((column) => expect.stringContaining(`a.ts:2:${column}: `)),
  });
});

test("a declaration that has no handler, or what nothing reads, is refused with the names that may have been meant", async () => {
  const declares = (members: string) =>
    `import { defineWorker } from "${INDEX}";\nexport const one = defineWorker({ ${members} });\n`;
  const dir = await folder({
    "a.ts": declares('group: "a", topics: [], hndle() {}, concurency: 2, colour: 1'),
    "b.ts": declares("handle: 1"),
  });
  await expect(loadWorkers(dir)).rejects.toMatchObject({
    problems: [
      expect.stringMatching(/a\.ts: it has no handle; did you mean handle where it says hndle\?$/),
      expect.stringMatching(/a\.ts: concurency: a worker has nothing of this name; did you mean concurrency\?$/),
      expect.stringMatching(/a\.ts: colour: a worker has nothing of this name; there are group, topics, handle, /),
      expect.stringMatching(/b\.ts: it has no group$/),
      expect.stringMatching(/b\.ts: it has no topics$/),
      expect.stringMatching(/b\.ts: handle is no function$/),
    ],
  });
});
