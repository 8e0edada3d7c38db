import { describe, expect, test } from "bun:test";
import { chmod, readdir } from "node:fs/promises";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { FREE_PORTS, openFolder, startDev } from "../support/dev.ts";
import { freePort } from "../support/free-port.ts";
import { SELF, sluice } from "../support/sluice.ts";
import { until } from "../support/until.ts";

/*
 * The loop in which schemas and workers are written. Whatever it does not notice, or answers with a stack, sends somebody
 * to restart it by hand; whatever it does behind their back, to look for another tool.
 */

const TOPIC = "shop.order.placed.v1";
const SCHEMA = "schemas/shop.order.placed/v1.avsc";
const field = (name: string, rest: object = {}) => ({ name, type: "string", ...rest });
const schema = (...fields: readonly object[]) => JSON.stringify({ type: "record", name: "OrderPlaced", fields });
const worker = (group: string, does: string) => `import { defineWorker } from "sluice";
export const one = defineWorker({ group: "${group}", topics: ["${TOPIC}"], handle(event, context) { ${does} } });
`;
const greets = (greeting: string) => `context.log(\`${greeting} \${event.value.order_id}\`);`;

const SHOP = {
  "schemas/shop.order.placed/topic.yaml": "key: order_id\npartitions: 2\n",
  [SCHEMA]: schema(field("order_id")),
  "workers/greeter.ts": worker("greeter", greets("hello")),
  "workers/counter.ts": worker("counter", greets("counted")),
};

describe("in a folder with schemas and workers", () => {
  test("it says where everything is, and an event that is posted reaches the workers", async () => {
    await using folder = await openFolder(SHOP);
    await using temporary = await openFolder();
    await using dev = await startDev(folder.dir, { env: { TMPDIR: temporary.dir } });
    await dev.says(/ready in \d+ ms[\s\S]*Workers .*counter, greeter/);
    const api = dev.addressOf("API");
    for (const address of [dev.addressOf("OpenAPI"), `${dev.addressOf("Registry")}/subjects`]) {
      expect((await fetch(address)).status).toBe(200);
    }
    const [metrics = ""] = /http:\S+\/metrics/.exec(dev.printed()) ?? [];
    for (const address of [metrics, metrics.replace("/metrics", "/health/ready")]) {
      expect((await fetch(address)).status).toBe(200);
    }
    expect(dev.printed()).toContain(`Topics    ${TOPIC}\n`);
    expect(dev.printed()).toContain("in memory, lost on exit");
    expect((await dev.post(api, TOPIC, { order_id: "ord-1" })).status).toBe(200);
    await dev.says(/greeter +hello ord-1\n/);
    await dev.says(/counter +counted ord-1\n/);
    expect((await dev.post(api, TOPIC, { order: "ord-1" })).status).toBe(422);
    await dev.says(/api +POST \/topics\/shop\S+ 422: /);
    const { code, tookMs } = await dev.stop();
    expect({ code, soon: tookMs < 1_000 }).toEqual({ code: 0, soon: true });
    expect(new Set(await readdir(folder.dir))).toEqual(new Set(["schemas", "workers"]));
    expect(await readdir(temporary.dir)).toEqual([]);
  }, 30_000);

  test("a schema that is saved is in force at once, or its finding is shown and the old one stays", async () => {
    await using folder = await openFolder(SHOP);
    await using dev = await startDev(folder.dir);
    await dev.says("ready in");
    const api = dev.addressOf("API");
    const post = async (event: object) => (await dev.post(api, TOPIC, event)).status;

    await folder.write(SCHEMA, schema(field("order_id"), field("channel")));
    await dev.says("READER_FIELD_MISSING_DEFAULT_VALUE");
    expect(dev.printed()).toMatch(
      /shop\.order\.placed\/v1\.avsc:\d+:\d+ READER_FIELD_MISSING_DEFAULT_VALUE .*`channel`/,
    );
    expect(await post({ order_id: "ord-1", channel: "web" })).toBe(422);
    expect(await post({ order_id: "ord-1" })).toBe(200);

    await folder.write(SCHEMA, "{ not json");
    await dev.says(`${SCHEMA}:1:3: `);
    expect(await post({ order_id: "ord-2" })).toBe(200);

    await folder.write(SCHEMA, schema(field("order_id"), field("channel", { default: "web" })));
    await dev.says("registered as a new version");
    await until("it is served", async () => (await post({ order_id: "ord-3", channel: "app" })) === 200);
    await dev.says(/greeter +hello ord-3\n/);
    expect(JSON.stringify(await (await fetch(`${api}/openapi/json`)).json())).toContain('"channel"');
  }, 30_000);

  test("what is saved and taken back before any event was sent keeps no worker from starting", async () => {
    const before = schema(field("order_id"), field("customer"));
    await using folder = await openFolder({ ...SHOP, [SCHEMA]: before });
    await using dev = await startDev(folder.dir);
    await dev.says("ready in");
    const registry = dev.addressOf("Registry");
    // It reads what was written before, and what is written with it cannot be read as before.
    await folder.write(SCHEMA, schema(field("order_id"), field("client", { aliases: ["customer"] })));
    await dev.says("registered as a new version");
    await dev.says(/greeter +restarted/);
    dev.forget();
    await folder.write(SCHEMA, before);
    await dev.says(/shop\.order\.placed\.v1 +version 2 is taken back: no event was written with it\n/);
    await dev.says(/greeter +restarted/);
    await dev.says(/counter +restarted/);
    expect(dev.printed()).not.toMatch(/is not used|cannot read/);
    const versions = await fetch(`${registry}/subjects/${TOPIC}-value/versions`);
    expect(await versions.json()).toEqual([1]);
  }, 30_000);

  test("a version stays that an event may be written with, and dev says what to do", async () => {
    const before = schema(field("order_id"), field("customer"));
    await using folder = await openFolder({ ...SHOP, [SCHEMA]: before });
    await using dev = await startDev(folder.dir);
    await dev.says("ready in");
    const api = dev.addressOf("API");
    await folder.write(SCHEMA, schema(field("order_id"), field("client", { aliases: ["customer"] })));
    await until("it is served", async () => (await dev.post(api, TOPIC, { order_id: "ord-1", client: "c" })).ok);
    await folder.write(SCHEMA, before);
    await dev.says("version 2 stays: events were sent since it was registered");
    await dev.says("start `sluice dev` again");
  }, 30_000);

  test("an event type that is new is a topic at once", async () => {
    await using folder = await openFolder(SHOP);
    await using dev = await startDev(folder.dir);
    await dev.says("ready in");
    await folder.write("schemas/shop.order.paid/v1.avsc", schema(field("order_id")));
    await folder.write("schemas/shop.order.paid/topic.yaml", "key: order_id\n");
    await dev.says(/shop\.order\.paid\.v1 +topic created/);
    const api = dev.addressOf("API");
    await until("it is served", async () => (await dev.post(api, "shop.order.paid.v1", { order_id: "o" })).ok);
  }, 30_000);

  test("a worker that is saved is restarted alone, where it was, and a broken one leaves the old one running", async () => {
    await using folder = await openFolder(SHOP);
    await using dev = await startDev(folder.dir);
    await dev.says("ready in");
    const api = dev.addressOf("API");
    await dev.post(api, TOPIC, { order_id: "ord-1" });
    await dev.says("hello ord-1");

    await folder.write("workers/greeter.ts", `${worker("greeter", greets("good evening"))}\nexport const = 1;`);
    await dev.says("workers/greeter.ts:4:14: ");
    await dev.post(api, TOPIC, { order_id: "ord-2" });
    await dev.says("hello ord-2");

    dev.forget();
    await folder.write("workers/greeter.ts", worker("greeter", greets("good evening")));
    await dev.says(/greeter +restarted\n/);
    await dev.post(api, TOPIC, { order_id: "ord-3" });
    await dev.says("good evening ord-3");
    await dev.says("counted ord-3");
    expect(dev.printed()).not.toMatch(/counter +restarted|good evening ord-[12]/);
  }, 30_000);

  test("an event that is handled when its worker is saved is finished by the old one", async () => {
    // The old worker's handler goes on when the new worker is loaded, and not before.
    const loaded = Promise.withResolvers<void>();
    using gate = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: async ({ url }) => {
        if (url.endsWith("/loaded")) loaded.resolve();
        await loaded.promise;
        return new Response();
      },
    });
    const handles = `context.log("begun"); await fetch("${gate.url}handling"); ${greets("old")}`;
    await using folder = await openFolder({
      ...SHOP,
      "workers/greeter.ts": worker("greeter", handles).replace("handle(", "async handle("),
    });
    await using dev = await startDev(folder.dir);
    await dev.says("ready in");
    await dev.post(dev.addressOf("API"), TOPIC, { order_id: "ord-1" });
    await dev.says("begun");
    await folder.write("workers/greeter.ts", `await fetch("${gate.url}loaded");\n${worker("greeter", greets("new"))}`);
    await dev.says(/greeter +restarted\n/);
    expect(dev.printed()).toContain("old ord-1");
    expect(dev.printed()).not.toContain("new ord-1");
  }, 30_000);

  test("a worker's file may come and go", async () => {
    await using folder = await openFolder(SHOP);
    await using dev = await startDev(folder.dir);
    await dev.says("ready in");
    await folder.write("workers/third.ts", worker("third", greets("third")));
    await dev.says(/third +runs, and reads shop/);
    await Bun.file(join(folder.dir, "workers/third.ts")).delete();
    await dev.says(/third +stopped: third\.ts is gone/);
  }, 30_000);
});

describe("a worker whose schema", () => {
  test("is missing runs as soon as the schema is there", async () => {
    await using folder = await openFolder({ "workers/greeter.ts": SHOP["workers/greeter.ts"] });
    await using dev = await startDev(folder.dir);
    await dev.says("greeter.ts does not run");
    await folder.write("schemas/shop.order.placed/topic.yaml", SHOP["schemas/shop.order.placed/topic.yaml"]);
    await folder.write(SCHEMA, SHOP[SCHEMA]);
    await dev.says(/greeter +runs, and reads shop/);
    await dev.post(dev.addressOf("API"), TOPIC, { order_id: "ord-1" });
    await dev.says("hello ord-1");
  }, 30_000);

  test("is broken waits for it, and what is wrong is said of the schema alone", async () => {
    await using folder = await openFolder({ ...SHOP, "schemas/shop.order.placed/topic.yaml": "kee: order_id\n" });
    await using dev = await startDev(folder.dir);
    await dev.says(/greeter +waits until the schemas can be used: it reads shop/);
    expect(dev.printed()).toContain("Topics    none; schemas/ cannot be used as it is, see below");
    expect(dev.printed()).toContain("there are no topics until they can");
    expect(dev.printed()).not.toMatch(/To begin|not under|stays in force/);
    await folder.write("schemas/shop.order.placed/topic.yaml", SHOP["schemas/shop.order.placed/topic.yaml"]);
    await dev.says(/schemas +all is well again/);
    await dev.says(/greeter +runs, and reads shop/);
    await dev.says(/counter +runs, and reads shop/);
  }, 30_000);

  test("can be lived with changes the workers' types, where there are any", async () => {
    await using folder = await openFolder({ ...SHOP, "schemas/types.ts": "// from before\n" });
    await using dev = await startDev(folder.dir);
    await dev.says("ready in");
    await folder.write(SCHEMA, schema(field("order_id"), field("channel")));
    await dev.says(/Give a new field a `default`/);
    expect(await Bun.file(join(folder.dir, "schemas/types.ts")).text()).toBe("// from before\n");
    await folder.write(SCHEMA, schema(field("order_id"), field("channel", { default: "web" })));
    await dev.says(/schemas\/types\.ts: written/);
    expect(await Bun.file(join(folder.dir, "schemas/types.ts")).text()).toContain("readonly channel: string;");
  }, 30_000);

  test("was broken and is as it was before is told that all is well again", async () => {
    await using folder = await openFolder(SHOP);
    await using dev = await startDev(folder.dir);
    await dev.says("ready in");
    await folder.write(SCHEMA, schema(field("order_id"), field("channel")));
    await dev.says(/Give a new field a `default`.*v2\.avsc/);
    await folder.write(SCHEMA, SHOP[SCHEMA]);
    await dev.says(/schemas +all is well again/);
    expect(dev.printed()).not.toContain("sluice types");
    await folder.write(SCHEMA, schema(field("order_id"), field("channel", { default: "web" })));
    await dev.says(/`sluice types` gives workers their types, schemas\/types\.ts/);
  }, 30_000);
});

test("an empty folder is told how to begin, and is left empty; what it is told works as it stands", async () => {
  await using folder = await openFolder();
  await using dev = await startDev(folder.dir);
  await dev.says("To begin");
  expect(await readdir(folder.dir)).toEqual([]);
  const [, making = "", curl = ""] = /To begin.*\n\n([\s\S]*?\n)(curl .*)\n/.exec(dev.printed()) ?? [];
  await Bun.spawn(["sh", "-c", making], { cwd: folder.dir, stdio: ["ignore", "ignore", "inherit"] }).exited;
  await dev.says("topic created");
  const env = { SLUICE_SCHEMAS: join(folder.dir, "schemas") };
  expect(await sluice(["lint", "--strict"], env)).toMatchObject({ code: 0 });
  expect(await sluice(["fmt", "--check"], env)).toMatchObject({ code: 0 });
  await until("the event is stored", async () => {
    const posted = Bun.spawn(["sh", "-c", curl], { cwd: folder.dir, stdio: ["ignore", "pipe", "ignore"] });
    return (await posted.stdout.text()).includes('"offset":"0"');
  });
}, 30_000);

test("with --data everything is there again after the next start, also after kill -9", async () => {
  await using folder = await openFolder(SHOP);
  const args = [...FREE_PORTS, "--data", ".sluice"];
  {
    await using dev = await startDev(folder.dir, { args });
    await dev.says("ready in");
    expect(dev.printed()).toContain("Storage   .sluice\n");
    await dev.post(dev.addressOf("API"), TOPIC, { order_id: "ord-1" });
    await dev.says("hello ord-1");
    dev.child.kill("SIGKILL");
    await dev.ended;
  }
  await using dev = await startDev(folder.dir, { args });
  await dev.says("ready in");
  const receipt = await (await dev.post(dev.addressOf("API"), TOPIC, { order_id: "ord-1" })).json();
  expect(receipt).toMatchObject({ offset: "1", schemaId: 1 });
  await dev.says("hello ord-1");
  expect((await dev.stop()).code).toBe(0);
}, 30_000);

describe("ports", () => {
  test("that are taken make it fail where they are named, with the option's name", async () => {
    await using folder = await openFolder();
    const port = await freePort();
    using _other = Bun.listen({ hostname: "127.0.0.1", port, socket: { data() {} } });
    await using dev = await startDev(folder.dir, { args: ["--kafka-port", String(port)] });
    expect(await dev.ended).toBe(1);
    expect(dev.printed()).toBe(`sluice: --kafka-port ${port}: the port is taken; 0 picks a free one.\n`);
  }, 30_000);

  test("are HTTP_PORT and OPS_PORT where those are set, and an option goes before them", async () => {
    await using folder = await openFolder(SHOP);
    const [http, ops] = [await freePort(), await freePort()];
    const env = { HTTP_PORT: String(http), OPS_PORT: String(ops) };
    const others = FREE_PORTS.slice(2);
    await using dev = await startDev(folder.dir, { args: others, env });
    await dev.says("ready in");
    expect(dev.addressOf("API")).toBe(`http://127.0.0.1:${http}`);
    expect(dev.printed()).toContain(`http://127.0.0.1:${ops}/metrics`);
    await using second = await startDev(folder.dir, { args: others, env });
    expect(await second.ended).toBe(1);
    expect(second.printed()).toContain(`HTTP_PORT ${http}: the port is taken`);
    await using third = await startDev(folder.dir, { env });
    await third.says("ready in");
  }, 30_000);

  test("that everybody expects move on where they are taken, and it says so", async () => {
    await using folder = await openFolder();
    await using first = await startDev(folder.dir, { args: [] });
    await first.says("ready in");
    await using second = await startDev(folder.dir, { args: [] });
    await second.says(/3000 is taken, so it is \d+/);
    expect(second.addressOf("API")).not.toBe(first.addressOf("API"));
  }, 30_000);
});

test("--open shows the API's page in the browser", async () => {
  await using folder = await openFolder({ ...SHOP, "bin/open": '#!/bin/sh\necho "$@" > opened\n' });
  await chmod(join(folder.dir, "bin/open"), 0o755);
  const env = { PATH: `${join(folder.dir, "bin")}:${process.env.PATH}` };
  await using dev = await startDev(folder.dir, { args: [...FREE_PORTS, "--no-workers", "--open"], env });
  await dev.says("ready in");
  const opened = () => Bun.file(join(folder.dir, "opened")).text();
  await until("a page is opened", async () => (await opened()) === `${dev.addressOf("OpenAPI")}\n`);
}, 30_000);

const elsewhere = Object.values(networkInterfaces())
  .flatMap((addresses = []) => addresses)
  .filter(({ family, internal }) => family === "IPv4" && !internal);

test.skipIf(elsewhere.length === 0)(
  "nobody but this machine reaches any of its ports",
  async () => {
    await using folder = await openFolder(SHOP);
    await using dev = await startDev(folder.dir);
    await dev.says("ready in");
    const ports = [...dev.printed().matchAll(/127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port));
    expect(new Set(ports).size).toBe(5);
    for (const port of ports) {
      for (const { address } of elsewhere) {
        const connecting = Bun.connect({ hostname: address, port, socket: { data() {} } });
        await expect(connecting).rejects.toThrow();
      }
    }
  },
  30_000,
);

test("for programs it is JSON: first that it is ready and where, then what happens", async () => {
  await using folder = await openFolder(SHOP);
  await using dev = await startDev(folder.dir, { args: [...FREE_PORTS, "--json", "--no-workers"] });
  await dev.says("dev.ready");
  const [ready = ""] = dev.printed().split("\n");
  expect(JSON.parse(ready)).toMatchObject({ event: "dev.ready", topics: [TOPIC], workers: [] });
  await folder.write(SCHEMA, schema(field("order_id"), field("channel")));
  await dev.says('"event":"schema.refused"');
}, 30_000);

test("in a terminal q ends it, r restarts the workers, c clears, and Ctrl-C is heard", async () => {
  await using folder = await openFolder(SHOP);
  for (const key of ["q", "\u0003"]) {
    const printed: string[] = [];
    const decoder = new TextDecoder();
    const child = Bun.spawn([...SELF, "dev", ...FREE_PORTS], {
      cwd: folder.dir,
      env: { PATH: process.env.PATH ?? "", HOME: tmpdir() },
      terminal: { cols: 120, rows: 40, data: (_terminal, bytes) => void printed.push(decoder.decode(bytes)) },
    });
    await until("it is ready", () => printed.join("").includes("q quit, r restart the workers"));
    // Once more than needed, as impatience does.
    child.terminal?.write("rr");
    await until("the workers are restarted", () => printed.join("").match(/greeter.* restarted/g)?.length === 2);
    expect(printed.join("")).not.toContain("is not used");
    child.terminal?.write("c");
    await until("the screen is cleared", () => printed.join("").includes("\u001b[2J"));
    child.terminal?.write(key);
    expect(await child.exited).toBe(0);
  }
}, 30_000);
