import { expect, test } from "bun:test";
import { join } from "node:path";
import { createCodec } from "../src/avro/index.ts";
import { envelopeOf, loadCatalog } from "../src/catalog/index.ts";
import { bannerText } from "../src/cli/dev/banner.ts";
import { loadWorkers } from "../src/worker/index.ts";
import { expectPrinted } from "./support/page.ts";
import { sluice } from "./support/sluice.ts";

/** The first things that a newcomer types come from these pages; one that does not work is the last thing they type. */
const ROOT = join(import.meta.dir, "..");
const pageOf = (file: string) => Bun.file(join(ROOT, file)).text();
const PAGES = ["README.md", "{schemas,workers}/README.md", "src/*/README.md"].flatMap((pattern) => [
  ...new Bun.Glob(pattern).scanSync(ROOT),
]);

test("the README's order is one that the door takes, to a topic that there is", async () => {
  const [, name = "", quoted = ""] =
    /\/topics\/([\w.]+)\/events .*? -d ('.*?)\n```/s.exec(await pageOf("README.md")) ?? [];
  const topic = (await loadCatalog(join(ROOT, "schemas"))).topic(name);
  if (topic === undefined) throw new Error(`the README posts to ${name}`);
  // The shell puts the present time into it: an event of long ago would be deleted within a minute.
  const body = await Bun.spawn(["sh", "-c", `printf %s ${quoted}`], {
    stdio: ["ignore", "pipe", "inherit"],
  }).stdout.text();
  const order: unknown = JSON.parse(body);
  expect(createCodec(topic.schema).encode(order).length).toBeGreaterThan(50);
  expect(envelopeOf(topic)(order)).toMatchObject({ key: "ord-1", id: "0194f7c2-1a2b-7c3d-8e4f-000000000001" });
  expect(Date.now() - Number(envelopeOf(topic)(order).time)).toBeLessThan(60_000);
});

test("the README shows what `sluice dev` prints", async () => {
  const catalog = await loadCatalog(join(ROOT, "schemas"));
  const workers = (await loadWorkers(join(ROOT, "workers"))).map(({ name, worker: { group, topics } }, index) => ({
    ...{ name, group, topics },
    opsUrl: `http://127.0.0.1:${9464 + index}`,
  }));
  const dev = {
    schemasBroken: false,
    api: "http://127.0.0.1:3000",
    kafka: "127.0.0.1:9092",
    registry: "http://127.0.0.1:8081",
  };
  const folders = { schemasDir: "schemas", workersDir: "workers", dataDir: undefined };
  const asked = { readyMs: 230, workers: true, moved: [], keys: true };
  const banner = bannerText({ dev: { ...dev, catalog, workers }, ...folders, ...asked });
  await expectPrinted("README.md", "banner", `\`\`\`\n${banner.trimEnd()}\n\`\`\``);
});

test.each(PAGES)("every command that %s names is there", async (file) => {
  const named = [...(await pageOf(file)).matchAll(/\bbun sluice ([a-z]+(?: (?:plan|apply)\b)?)/g)];
  for (const command of new Set(named.map(([, one = ""]) => one))) {
    const { code, out } = await sluice([...command.split(" "), "--help"]);
    expect({ command, code, usage: out.includes(`sluice ${command}`) }).toEqual({ command, code: 0, usage: true });
  }
});

test.each(PAGES)("every file that %s links to is there", async (file) => {
  const links = [...(await pageOf(file)).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path = ""]) => path);
  for (const path of links) {
    const there = await Bun.file(join(ROOT, file, "..", path.endsWith("/") ? `${path}README.md` : path)).exists();
    expect({ path, there }).toEqual({ path, there: true });
  }
});

test("every script that the README runs is in package.json", async () => {
  const { scripts } = (await import("../package.json")).default;
  const run = [...(await pageOf("README.md")).matchAll(/\brun ([a-z:]+)/g)].map(([, name = ""]) => name);
  expect(run).toContain("demo");
  for (const name of new Set(run)) expect(scripts).toHaveProperty([name]);
});
