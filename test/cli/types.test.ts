import { describe, expect, test } from "bun:test";
import { cp, lstat, mkdir, mkdtemp, readdir, rename, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runSluice } from "../../src/cli/index.ts";
import { openFolder } from "../support/dev.ts";
import { fakeIo, ROOT, sluice, typed } from "../support/sluice.ts";
import { typescriptProject } from "../support/typescript.ts";
import { until } from "../support/until.ts";

/** A copy of the repository's schemas that a test may change. */
async function copiedSchemas() {
  const dir = await mkdtemp(join(tmpdir(), "sluice-schemas-"));
  await cp(join(ROOT, "schemas"), dir, { recursive: true });
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) };
}

test("the committed types are what the schemas say", async () => {
  expect((await sluice(["types", "--check"], { SLUICE_SCHEMAS: join(ROOT, "schemas") })).code).toBe(0);
});

test("types that are behind the schemas fail the check, and are written without it", async () => {
  await using schemas = await copiedSchemas();
  const file = join(schemas.dir, "types.ts");
  const right = (await Bun.file(file).text()).replaceAll('"../src/catalog/event-types.ts"', '"sluice/topics"');
  await Bun.write(file, "// old\n");

  const check = await sluice(["types", "--check"], { SLUICE_SCHEMAS: schemas.dir });
  expect(check.code).toBe(1);
  expect(check.err).toContain(
    typed(`${file} is not what the schemas say; \`sluice types\` writes it.\n  OrderCreated: missing\n`),
  );
  expect(await Bun.file(file).text()).toBe("// old\n");

  expect((await sluice(["types"], { SLUICE_SCHEMAS: schemas.dir })).out).toBe(`${file}: written\n`);
  expect(await Bun.file(file).text()).toBe(right);
  expect((await sluice(["types", "--json"], { SLUICE_SCHEMAS: schemas.dir })).out).toBe(
    `${JSON.stringify({ file, changed: false })}\n`,
  );
});

test("the check names what is behind, and counts no line ends", async () => {
  await using schemas = await copiedSchemas();
  const env = { SLUICE_SCHEMAS: schemas.dir };
  const file = join(schemas.dir, "types.ts");
  await sluice(["types"], env);
  const right = await Bun.file(file).text();

  await Bun.write(file, right.replaceAll("\n", "\r\n"));
  expect(await sluice(["types", "--check"], env)).toEqual({ code: 0, out: `${file}: up to date\n`, err: "" });

  const wrong = right
    .replace("readonly carrier: string", "readonly carrier: number")
    .replace("export type OrderCurrency", "export type Coin")
    .replace(/"orders\.order\.shipped\.v1": OrderShippedInput;/, "");
  await Bun.write(file, wrong);
  const stale = [
    "OrderCurrency: missing",
    "OrderShipped: changed",
    "TopicInputs: changed",
    "Coin: not in the schemas any more",
  ];
  expect((await sluice(["types", "--check"], env)).err).toEndWith(`writes it.\n  ${stale.join("\n  ")}\n`);
  const json = await sluice(["types", "--check", "--json"], env);
  expect(json).toEqual({ code: 1, out: `${JSON.stringify({ file, changed: true, stale })}\n`, err: "" });

  await rm(file);
  expect((await sluice(["types", "--check"], env)).err).toBe(
    typed(`sluice: ${file} is not there; \`sluice types\` writes it.\n`),
  );
});

test("schemas that are broken leave the file as it is, and nothing beside it", async () => {
  await using schemas = await copiedSchemas();
  const file = join(schemas.dir, "types.ts");
  const before = await Bun.file(file).text();
  await Bun.write(join(schemas.dir, "orders.order.created/v1.avsc"), "{");
  expect((await sluice(["types"], { SLUICE_SCHEMAS: schemas.dir })).code).toBe(1);
  expect(await Bun.file(file).text()).toBe(before);
});

test("a file that cannot be replaced stays as it is, and no draft stays beside it", async () => {
  await using schemas = await copiedSchemas();
  const file = join(schemas.dir, "types.ts");
  await rm(file);
  await mkdir(join(file, "in-the-way"), { recursive: true });
  expect((await sluice(["types"], { SLUICE_SCHEMAS: schemas.dir })).code).toBe(1);
  expect((await readdir(schemas.dir)).filter((name) => name.includes("types"))).toEqual(["types.ts"]);
});

test("a link to the file stays a link", async () => {
  await using schemas = await copiedSchemas();
  const file = join(schemas.dir, "types.ts");
  await rename(file, join(schemas.dir, "elsewhere.ts"));
  await symlink("elsewhere.ts", file);
  await Bun.write(join(schemas.dir, "elsewhere.ts"), "// old\n");
  await sluice(["types"], { SLUICE_SCHEMAS: schemas.dir });
  expect((await lstat(file)).isSymbolicLink()).toBe(true);
  expect(await Bun.file(join(schemas.dir, "elsewhere.ts")).text()).toContain("export interface OrderCreated {");
});

describe("--watch", () => {
  const field = (rest: object) => ({
    type: "record",
    name: "x.Placed",
    fields: [{ name: "id", type: "string", ...rest }],
  });
  const SCHEMA = "shop.order.placed/v1.avsc";

  async function watching(args: readonly string[] = []) {
    const folder = await openFolder({
      "shop.order.placed/topic.yaml": "key: id\n",
      [SCHEMA]: JSON.stringify(field({})),
    });
    const stop = new AbortController();
    const io = { ...fakeIo({ SLUICE_SCHEMAS: folder.dir }), stop: stop.signal };
    const ended = runSluice(["types", "--watch", ...args], io);
    const printed = (): string => io.printed.out + io.printed.err;
    return {
      folder,
      file: join(folder.dir, "types.ts"),
      printed: io.printed,
      save: (schema: unknown) => folder.write(SCHEMA, typeof schema === "string" ? schema : JSON.stringify(schema)),
      says: (what: RegExp) => until(`types says ${what}`, () => what.test(printed())),
      async stop() {
        stop.abort("SIGTERM");
        return ended;
      },
      async [Symbol.asyncDispose]() {
        stop.abort("SIGTERM");
        await ended;
        await folder[Symbol.asyncDispose]();
      },
    };
  }

  test("writes on each save, keeps the file while the schemas are broken, and ends when asked to", async () => {
    await using watch = await watching();
    await watch.says(/types\.ts: written in \d+ ms\n/);
    await watch.save(field({ doc: "Which." }));
    await watch.says(/(written in.*\n.*){2}/);
    const good = await Bun.file(watch.file).text();
    expect(good).toContain("/** Which. */");

    await watch.save("{ broken");
    await watch.says(/types\.ts: stays as it is:\n {2}\S+v1\.avsc:1:3: /);
    expect(await Bun.file(watch.file).text()).toBe(good);

    await watch.save(field({ doc: "Which." }));
    await watch.says(/types\.ts: up to date\n/);
    await watch.save(field({ doc: "Which one." }));
    await watch.says(/(written in[\s\S]*){3}/);
    expect(await watch.stop()).toBe(0);
  });

  test("tells programs the same, a document on each line", async () => {
    await using watch = await watching(["--json"]);
    await watch.says(/"changed":true.*\n/);
    await watch.save("{ broken");
    await watch.says(/"problems":.*\n/);
    const [first, second] = watch.printed.out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(first).toEqual({ file: watch.file, changed: true, tookMs: expect.any(Number) });
    expect(second).toEqual({ file: watch.file, changed: false, problems: [expect.stringContaining("v1.avsc:1:3: ")] });
  });

  test("waits for a folder that is not there yet", async () => {
    await using watch = await watching();
    await watch.says(/written in/);
    await rm(watch.folder.dir, { recursive: true });
    await watch.says(/stays as it is:/);
    await watch.folder.write("shop.order.placed/topic.yaml", "key: id\n");
    await watch.save(field({ doc: "Back." }));
    await watch.says(/(written in[\s\S]*){2}/);
  });

  test("does not go with --check", async () => {
    const { code, err } = await sluice(["types", "--watch", "--check"]);
    expect([code, err]).toEqual([1, expect.stringContaining("'--watch' cannot be used with option '--check'")]);
  });
});

const worker = (topic: string, use: string) => `
import { defineWorker } from "sluice";
export const one = defineWorker({
  group: "one",
  topics: ["${topic}"],
  async handle({ value }) { const used: ${use}; void used; },
});
`;

const sender = (topic: string, event: string) => `
import { createClient } from "sluice/client";
const order = {
  event_id: "e", occurred_at: new Date(), order_id: "o", customer_id: "c", currency: "EUR", total_cents: 1, items: [],
} as const;
export const sent = createClient({ url: "" }).send("${topic}", ${event});
export const all = createClient({ url: "" }).sendAll("${topic}", [${event}]);
`;

const ORDERS = "orders.order.created.v1";
/** What somebody writes, and the lines at which the compiler stops them. */
const WRITTEN: Readonly<Record<string, { readonly text: string; readonly wrong: readonly number[] }>> = {
  "workers/right.ts": { text: worker(ORDERS, "string = value.order_id"), wrong: [] },
  "workers/date.ts": { text: worker(ORDERS, "Date = value.occurred_at"), wrong: [] },
  "workers/null.ts": { text: worker(ORDERS, "string = value.note"), wrong: [6] },
  "workers/wrong.ts": { text: worker(ORDERS, "string = value.total_cents"), wrong: [6] },
  "workers/field.ts": { text: worker(ORDERS, "unknown = value.total"), wrong: [6] },
  "workers/unknown.ts": { text: worker("orders.order.creatd.v1", "unknown = value"), wrong: [5] },
  "senders/right.ts": { text: sender(ORDERS, "order"), wrong: [] },
  "senders/texts.ts": {
    text: sender(ORDERS, '{ ...order, occurred_at: "2026-01-31T13:45:30Z", note: null }'),
    wrong: [],
  },
  "senders/wrong.ts": { text: sender(ORDERS, '{ ...order, currency: "XXX" }'), wrong: [6, 7] },
  "senders/field.ts": { text: sender(ORDERS, "{ ...order, total: 1 }"), wrong: [6, 7] },
  "senders/missing.ts": { text: sender(ORDERS, "{ order_id: order.order_id }"), wrong: [6, 7] },
  "senders/unknown.ts": { text: sender("orders.order.creatd.v1", "order"), wrong: [6, 7] },
};

test("in a project of its own, workers and the door's client have the types of its schemas", async () => {
  await using project = await typescriptProject(
    Object.fromEntries(Object.entries(WRITTEN).map(([file, { text }]) => [file, text])),
  );
  await project.copy(join(ROOT, "schemas"), "schemas");
  await sluice(["types"], { SLUICE_SCHEMAS: join(project.dir, "schemas") });
  const found = (await project.errors()).map((line) => line.replace(/: .*/, ""));
  const wanted = Object.entries(WRITTEN).flatMap(([file, { wrong }]) => wrong.map((line) => `${file}(${line})`));
  expect(new Set(found)).toEqual(new Set(wanted));
}, 60_000);

/** As `bun init` writes it. */
const BUN_INIT = {
  lib: ["ESNext"],
  target: "ESNext",
  module: "Preserve",
  moduleDetection: "force",
  jsx: "react-jsx",
  allowJs: true,
  types: ["bun"],
  moduleResolution: "bundler",
  allowImportingTsExtensions: true,
  verbatimModuleSyntax: true,
  noEmit: true,
  strict: true,
  skipLibCheck: true,
  noFallthroughCasesInSwitch: true,
  noUncheckedIndexedAccess: true,
  noImplicitOverride: true,
};

const CLIENT_ALONE = { ...BUN_INIT, types: [], lib: ["ESNext", "DOM"] };

test.each([
  ["that `bun init` writes", BUN_INIT, ["workers/right.ts", "workers/unknown.ts", "senders/right.ts"]],
  ["that asks for more", { ...BUN_INIT, exactOptionalPropertyTypes: true, noUnusedLocals: true }, ["workers/right.ts"]],
  [
    "that asks for less",
    { ...BUN_INIT, noUncheckedIndexedAccess: false, noImplicitOverride: false },
    ["workers/right.ts"],
  ],
  ["of a browser, for the client alone", CLIENT_ALONE, ["senders/right.ts", "senders/unknown.ts"]],
])(
  "under a tsconfig %s, the package has no errors and the topics are known",
  async (_, options, files) => {
    await using project = await typescriptProject({}, options);
    for (const file of files) await project.write(file, WRITTEN[file]?.text ?? "");
    await project.copy(join(ROOT, "schemas"), "schemas");
    await sluice(["types"], { SLUICE_SCHEMAS: join(project.dir, "schemas") });
    const found = (await project.allErrors()).map((line) => line.replace(/: .*/, ""));
    const wanted = files.flatMap((file) => (WRITTEN[file]?.wrong ?? []).map((line) => `${file}(${line})`));
    expect(new Set(found)).toEqual(new Set(wanted));
  },
  60_000,
);

test("where no types were generated, every topic takes and gives what it may", async () => {
  await using project = await typescriptProject({
    "worker.ts": worker("any.topic.named.v1", "unknown = value"),
    "sender.ts": sender("any.topic.named.v1", "{ whatever: 1 }").replace(/const order = [\s\S]*?const;\n/, ""),
  });
  expect(await project.errors()).toEqual([]);
}, 60_000);
