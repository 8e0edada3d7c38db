import { expect, test } from "bun:test";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Rejected } from "../../src/index.ts";
import { loadFresh } from "../../src/worker/index.ts";

const INDEX = resolve("src/index.ts");
const HEAD = `import { defineWorker, Rejected } from "${INDEX}";\n`;
const worker = (group: string) =>
  `export const one = defineWorker({ group: ${group}, topics: [], handle() { throw new Rejected("no"); } });\n`;

async function folder() {
  const dir = await mkdtemp(join(tmpdir(), "sluice-fresh-"));
  const write = (name: string, text: string) => Bun.write(join(dir, name), text);
  const group = async () => (await loadFresh(dir, "one")).worker.group;
  const problems = async () => {
    const error: unknown = await loadFresh(dir, "one").catch((thrown: unknown) => thrown);
    return error instanceof Error && "problems" in error ? error.problems : undefined;
  };
  return { dir, write, group, problems };
}

test("a file is loaded as it is now, however often it was loaded before", async () => {
  const { write, group } = await folder();
  for (const name of ["alpha", "beta", "alpha"]) {
    await write("one.ts", HEAD + worker(`"${name}"`));
    expect(await group()).toBe(name);
  }
});

test("what it imports of its own folder is loaded anew as well", async () => {
  const { write, group } = await folder();
  await write("one.ts", `${HEAD}import { name } from "./lib/name.ts";\n${worker("name")}`);
  for (const name of ["alpha", "beta"]) {
    await write("lib/name.ts", `export const name = "${name}";`);
    expect(await group()).toBe(name);
  }
});

test("a file that imports nothing of its folder is loaded from where it is, any other from a bundle", async () => {
  const { dir, write, group } = await folder();
  const here = (text: string) => write("one.ts", `${HEAD}${text}\n${worker("import.meta.dir")}`);
  await here('import { join } from "node:path";\nexport const path = join("a", "b");');
  expect(await group()).toBe(dir);
  await write("lib/name.ts", 'export const name = "alpha";');
  await here('import { name } from "./lib/name.ts";\nexport const used = name;');
  expect(await group()).not.toBe(dir);
});

test("what lies outside of its folder is what the process has: errors are of the same class", async () => {
  const { dir, write } = await folder();
  await write("one.ts", HEAD + worker('"alpha"'));
  const { worker: loaded } = await loadFresh(dir, "one");
  // The handler looks at neither of the two.
  const handled = () => loaded.handle({} as never, {} as never);
  expect(handled).toThrow(Rejected);
});

test.each([
  ["a syntax error", "one.ts", `${HEAD}export const = 1;`, /one\.ts:2:14: /],
  ["a file that is not there", "one.ts", `${HEAD}import "./none.ts";`, /one\.ts:2:8: .*\.\/none\.ts/],
  ["an error at its top", "one.ts", "throw new Error('at the top');", /one\.ts:1:\d+: at the top$/],
  ["no worker", "one.ts", "export const x = 1;", /one\.ts: exports no worker/],
  ["a syntax error in what it imports", "lib/name.ts", "export const name = ;", /lib\/name\.ts:1:21: /],
])("%s is told with its place, and mended it loads", async (_what, file, text, told) => {
  const { write, group, problems } = await folder();
  const good = {
    "one.ts": `${HEAD}import { name } from "./lib/name.ts";\n${worker("name")}`,
    "lib/name.ts": 'export const name = "alpha";',
  };
  for (const [name, content] of Object.entries({ ...good, [file]: text })) await write(name, content);
  expect(await problems()).toEqual(expect.arrayContaining([expect.stringMatching(told)]));
  for (const [name, content] of Object.entries(good)) await write(name, content);
  expect(await group()).toBe("alpha");
});

test("what a file throws is told with its place, in a bundle too", async () => {
  const { dir, write, problems } = await folder();
  await write("one.ts", 'export const text = "";\nJSON.parse(text);');
  expect(await problems()).toEqual([expect.stringMatching(new RegExp(`^${dir}/one\\.ts:2:\\d+: JSON Parse error`))]);
  await write(
    "lib/boom.ts",
    'interface Boom { readonly a: 1 }\n\nexport const boom = (): Boom => {\n  throw new Error("boom");\n};',
  );
  await write("one.ts", 'import { boom } from "./lib/boom.ts";\nboom();');
  expect(await problems()).toEqual([expect.stringMatching(new RegExp(`^${dir}/lib/boom\\.ts:4:\\d+: boom$`))]);
});
