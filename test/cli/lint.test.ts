import { expect, test } from "bun:test";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, sluice } from "../support/sluice.ts";

async function copiedSchemas(change: (text: string) => string = (text) => text) {
  const dir = await mkdtemp(join(tmpdir(), "sluice-lint-"));
  await cp(join(ROOT, "schemas"), dir, { recursive: true });
  const file = join(dir, "orders.order.created/v1.avsc");
  await Bun.write(file, change(await Bun.file(file).text()));
  return { dir, file, [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) };
}

test("the schemas of this repository are without fault", async () => {
  const { code, out } = await sluice(["lint"], { SLUICE_SCHEMAS: join(ROOT, "schemas") });
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining("4 subjects") });
});

test("a finding is told with its place and what to do, and ends with 100", async () => {
  await using schemas = await copiedSchemas((text) =>
    text.replace('"total_cents",\n      "type": "long"', '"total",\n      "type": "double"'),
  );
  const { code, out } = await sluice(["lint"], { SLUICE_SCHEMAS: schemas.dir });
  expect(code).toBe(100);
  expect(out).toStartWith(`${schemas.file}:39:15 error MONEY_FLOAT orders.order.created.v1-value\n`);
  expect(out).toContain("Make it a long of the smallest unit (total_cents)");
});

test("what gate.yaml makes a warning fails with --strict alone", async () => {
  await using schemas = await copiedSchemas((text) => text.replace('"name": "note"', '"name": "Note"'));
  await Bun.write(join(schemas.dir, "gate.yaml"), "rules: { FIELD_NAME: warning, ENUM_DEFAULT: off }\n");
  expect((await sluice(["lint"], { SLUICE_SCHEMAS: schemas.dir })).code).toBe(0);
  expect((await sluice(["lint", "--strict"], { SLUICE_SCHEMAS: schemas.dir })).code).toBe(100);
  await Bun.write(join(schemas.dir, "gate.yaml"), "rules: { FIELD_NAME: on, ENUM_DEFAULT: off }\n");
  expect((await sluice(["lint"], { SLUICE_SCHEMAS: schemas.dir })).code).toBe(100);
});

test("one topic may be looked at alone, and as JSON", async () => {
  await using schemas = await copiedSchemas((text) => text.replace('"name": "note"', '"name": "Note"'));
  const ask = (subject: string) => sluice(["lint", subject, "--json"], { SLUICE_SCHEMAS: schemas.dir });
  expect(JSON.parse((await ask("orders.order.shipped")).out).findings).toEqual([]);
  expect(JSON.parse((await ask("orders.order.created.v1")).out).findings).toMatchObject([{ rule: "FIELD_NAME" }]);
  expect((await ask("orders.order.creatd")).err).toContain("did you mean orders.order.created?");
});
