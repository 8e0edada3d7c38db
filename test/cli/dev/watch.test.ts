import { afterEach, expect, test } from "bun:test";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { watchFolders } from "../../../src/cli/dev/watch.ts";
import { until } from "../../support/until.ts";

/*
 * Each editor saves in its own way: in place, by renaming a new file over the old one, by deleting first, in one step or
 * in five. A watcher that follows the system's events one by one restarts a worker three times, or never again.
 */

const opened: Disposable[] = [];
const dirs: string[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) one[Symbol.dispose]();
  for (const dir of dirs.splice(0)) await rm(dir, { recursive: true });
});

async function watched(existing: Readonly<Record<string, string>> = {}) {
  const root = await mkdtemp(join(tmpdir(), "sluice-watch-"));
  dirs.push(root);
  const dir = join(root, "schemas");
  for (const [name, text] of Object.entries(existing)) await Bun.write(join(dir, name), text);
  const seen: string[][] = [];
  const gate = { open: Promise.resolve() };
  opened.push(
    await watchFolders({
      folders: [{ dir, wants: (path) => path.endsWith(".avsc") }],
      onChange: async (_folder, paths) => {
        seen.push([...paths]);
        await gate.open;
      },
      quietMs: 20,
    }),
  );
  return { dir, seen, gate, write: (name: string, text: string) => Bun.write(join(dir, name), text) };
}

/** The last change that counts: what came before it has been seen, and nothing else came. */
async function settled({ seen, write }: Awaited<ReturnType<typeof watched>>): Promise<string[][]> {
  await write("last.avsc", crypto.randomUUID());
  await until("the last change is seen", () => seen.some((paths) => paths.includes("last.avsc")));
  return seen.map((paths) => paths.filter((path) => path !== "last.avsc")).filter((paths) => paths.length > 0);
}

test("a file that is written in place", async () => {
  const folder = await watched({ "a/v1.avsc": "1" });
  await folder.write("a/v1.avsc", "2");
  await until("it is seen", () => folder.seen.length === 1);
  expect(await settled(folder)).toEqual([["a/v1.avsc"]]);
});

test("a file that is saved by renaming another over it", async () => {
  const folder = await watched({ "a/v1.avsc": "1" });
  for (const text of ["2", "3"]) {
    await folder.write("a/.v1.avsc.swp", text);
    await rename(join(folder.dir, "a/.v1.avsc.swp"), join(folder.dir, "a/v1.avsc"));
    await until("it is seen", () => folder.seen.length === Number(text) - 1);
  }
  expect(await settled(folder)).toEqual([["a/v1.avsc"], ["a/v1.avsc"]]);
});

test("a burst of saves is one change", async () => {
  const folder = await watched({ "a/v1.avsc": "0", "b/v1.avsc": "0" });
  for (let number = 1; number <= 50; number++) {
    await folder.write("a/v1.avsc", String(number));
    await folder.write("b/v1.avsc", String(number));
  }
  await until("it is seen", () => folder.seen.length > 0);
  expect(await settled(folder)).toEqual([["a/v1.avsc", "b/v1.avsc"]]);
});

test("a save that changes nothing, and a file that does not count, are no change", async () => {
  const folder = await watched({ "a/v1.avsc": "1" });
  await folder.write("a/v1.avsc", "1");
  await folder.write("a/notes.md", "x");
  expect(await settled(folder)).toEqual([]);
});

test("a folder that appears, and what is written into it at once and later", async () => {
  const folder = await watched();
  await mkdir(join(folder.dir, "a"), { recursive: true });
  await folder.write("a/v1.avsc", "1");
  await until("it is seen", () => folder.seen.flat().includes("a/v1.avsc"));
  await folder.write("a/v1.avsc", "2");
  await until("it is seen again", () => folder.seen.flat().filter((path) => path === "a/v1.avsc").length === 2);
});

test("a folder that is deleted, and comes back", async () => {
  const folder = await watched({ "a/v1.avsc": "1" });
  await rm(folder.dir, { recursive: true });
  await until("it is seen", () => folder.seen.length === 1);
  await folder.write("a/v1.avsc", "1");
  await until("it is seen again", () => folder.seen.length === 2);
  expect(folder.seen).toEqual([["a/v1.avsc"], ["a/v1.avsc"]]);
});

test("what changes while a change is followed is followed afterwards", async () => {
  const folder = await watched({ "a/v1.avsc": "1" });
  const { promise, resolve } = Promise.withResolvers<void>();
  folder.gate.open = promise;
  await folder.write("a/v1.avsc", "2");
  await until("the first is seen", () => folder.seen.length === 1);
  await folder.write("b/v1.avsc", "1");
  resolve();
  await until("the second is seen", () => folder.seen.length === 2);
  expect(folder.seen).toEqual([["a/v1.avsc"], ["b/v1.avsc"]]);
});
