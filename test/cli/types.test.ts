import { expect, test } from "bun:test";
import { cp, mkdtemp, rm } from "node:fs/promises";
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
  const right = await Bun.file(file).text();
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
