import { expect, test } from "bun:test";
import { cp, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, sluice } from "../support/sluice.ts";

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
  const right = (await Bun.file(file).text()).replace('"../src/catalog/event-types.ts"', '"sluice"');
  await Bun.write(file, "// old\n");

  const check = await sluice(["types", "--check"], { SLUICE_SCHEMAS: schemas.dir });
  expect(check.code).toBe(1);
  expect(check.err).toContain("`sluice types` writes it");
  expect(await Bun.file(file).text()).toBe("// old\n");

  expect((await sluice(["types"], { SLUICE_SCHEMAS: schemas.dir })).out).toBe(`${file}: written\n`);
  expect(await Bun.file(file).text()).toBe(right);
  expect((await sluice(["types", "--json"], { SLUICE_SCHEMAS: schemas.dir })).out).toBe(
    `${JSON.stringify({ file, changed: false })}\n`,
  );
});

const worker = (topic: string, use: string) => `
import { defineWorker } from "sluice";
export const one = defineWorker({
  group: "one",
  topics: ["${topic}"],
  async handle({ value }) { const used: ${use}; void used; },
});
`;

test("in a project of its own, a worker's events have the types of its schemas", async () => {
  await using schemas = await copiedSchemas();
  const project = await mkdtemp(join(tmpdir(), "sluice-project-"));
  try {
    await cp(schemas.dir, join(project, "schemas"), { recursive: true });
    await sluice(["types"], { SLUICE_SCHEMAS: join(project, "schemas") });
    await mkdir(join(project, "node_modules"));
    await symlink(ROOT, join(project, "node_modules/sluice"));
    await symlink(join(ROOT, "node_modules/@types"), join(project, "node_modules/@types"));
    await Bun.write(join(project, "package.json"), JSON.stringify({ name: "shop", type: "module" }));
    await cp(join(ROOT, "tsconfig.json"), join(project, "tsconfig.json"));
    await Bun.write(join(project, "workers/right.ts"), worker("orders.order.created.v1", "string = value.order_id"));
    await Bun.write(join(project, "workers/wrong.ts"), worker("orders.order.created.v1", "string = value.total_cents"));
    await Bun.write(join(project, "workers/unknown.ts"), worker("orders.order.creatd.v1", "unknown = value"));
    const tsc = Bun.spawn([process.execPath, join(ROOT, "node_modules/.bin/tsc"), "--pretty", "false"], {
      cwd: project,
      stdout: "pipe",
    });
    const found = (await tsc.stdout.text()).split("\n").filter((line) => line.startsWith("workers/"));
    expect(found.map((line) => line.replace(/\(.*/, "")).toSorted()).toEqual([
      "workers/unknown.ts",
      "workers/wrong.ts",
    ]);
  } finally {
    await rm(project, { recursive: true });
  }
}, 60_000);
