import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { COUPON, NOTE, openWorkshop, topicFiles } from "../gate/ci/repository.ts";
import { FREE_PORTS, openFolder, startDev } from "../support/dev.ts";
import { ROOT } from "../support/sluice.ts";

/** What `import.meta` and the paths of files mean changes in a compiled executable, and only there one sees what broke. */
describe("the executable that `bun run build` makes", () => {
  const opened = new AsyncDisposableStack();
  let folder: Awaited<ReturnType<typeof openFolder>>;
  let executable: string;

  beforeAll(async () => {
    folder = opened.use(await openFolder());
    executable = join(folder.dir, "sluice");
    const [, command = ""] = /(bun build .*) --outfile=\S+$/.exec(manifest.scripts.build) ?? [];
    const build = Bun.spawn([process.execPath, ...command.split(" ").slice(1), `--outfile=${executable}`], {
      cwd: ROOT,
      stdio: ["ignore", "ignore", "inherit"],
    });
    expect(await build.exited).toBe(0);
  }, 60_000);

  afterAll(() => opened.disposeAsync());

  /** No Bun, no Node, no packages are found from there. */
  const env = { PATH: "/usr/bin:/bin" };

  test("runs dev in another folder: schemas, workers, the page with everything on it", async () => {
    const topic = "shop.order.placed.v1";
    await folder.write("schemas/shop.order.placed/topic.yaml", "key: order_id\n");
    await folder.write(
      "schemas/shop.order.placed/v1.avsc",
      '{"type":"record","name":"OrderPlaced","fields":[{"name":"order_id","type":"string"}]}',
    );
    const worker = (greeting: string) => `import { defineWorker, Rejected } from "sluice";
      import { suffix } from "./lib/suffix.ts";
      export const greeter = defineWorker({ group: "greeter", topics: ["${topic}"], handle({ value }, context) {
        if (value.order_id === "bad") throw new Rejected("a bad order");
        context.log(\`${greeting} \${value.order_id}\${suffix}\`);
      } });`;
    await folder.write("workers/lib/suffix.ts", 'export const suffix: string = "!";');
    await folder.write("workers/greeter.ts", worker("hello"));
    await using dev = await startDev(folder.dir, { self: [executable], env });
    await dev.says(/ready in \d+ ms[\s\S]*Workers +greeter\n/);
    const api = dev.addressOf("API");
    expect((await dev.post(api, topic, { order_id: "ord-1" })).status).toBe(200);
    await dev.says("hello ord-1!");
    // One class for both sides: otherwise it would be tried again.
    await dev.post(api, topic, { order_id: "bad" });
    await dev.says(/given up after 1 attempt,.*a bad order/);
    await folder.write("workers/greeter.ts", worker("good evening"));
    await dev.says(/greeter +restarted\n/);

    const page = await (await fetch(`${api}/openapi`)).text();
    for (const [, path = ""] of page.matchAll(/(?:src|href)="([^"]+)"/g)) {
      expect((await (await fetch(`${api}${path}`)).arrayBuffer()).byteLength).toBeGreaterThan(100_000);
    }
    expect(await (await fetch(`${api}/metrics`)).text()).toContain("sluice_api_events_total");
    expect((await dev.stop()).code).toBe(0);
  }, 30_000);

  test("runs the workers of the repository with what it has inside", async () => {
    await using dev = await startDev(ROOT, { self: [executable], env, args: FREE_PORTS });
    await dev.says(/Workers +order-emails, order-projection, payment-ledger\n/);
    expect((await dev.stop()).code).toBe(0);
  }, 30_000);

  test("checks schemas with nothing in the PATH but git, and against a folder without that", async () => {
    await using shop = await openWorkshop();
    const bin = join(shop.dir, "only-git");
    await mkdir(bin);
    await symlink(Bun.which("git") ?? "git is missing", join(bin, "git"));
    const shopFolder = join(shop.dir, "shop");
    await shop.git(shop.dir, "init", "--quiet", "--initial-branch=main", shopFolder);
    await shop.write(shopFolder, { ...topicFiles(""), ...topicFiles("released/") });
    await shop.commit(shopFolder, "Begin");
    const check = async (path: string, ...args: readonly string[]) =>
      (await shop.run([executable, "check", ...args], { cwd: shopFolder, env: { PATH: path } })).code;

    await shop.write(shopFolder, topicFiles("", COUPON));
    expect(await check(bin)).toBe(100);
    expect(await check("/nowhere", "--against", "dir:released/schemas")).toBe(100);
    expect(await check("/nowhere")).toBe(1);
    await shop.write(shopFolder, topicFiles("", NOTE));
    expect(await check(bin)).toBe(0);
  }, 30_000);

  test("shows the demo, anywhere", async () => {
    const demo = Bun.spawn([executable, "demo", "--orders", "50", "--json"], {
      cwd: "/",
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [out, code] = await Promise.all([demo.stdout.text(), demo.exited]);
    expect({ code, sum: JSON.parse(out).database.ledgerSum }).toEqual({ code: 0, sum: "0" });
  }, 30_000);
});
