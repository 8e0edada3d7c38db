import { expect, test } from "bun:test";
import { join } from "node:path";
import { createRepository, type Repository } from "../support/repository.ts";
import { sluice } from "../support/sluice.ts";

/**
 * An author edits schemas without knowing Avro, and `check --fix` puts in what is missing. Every byte of the files that is
 * not part of a fix has to be theirs: a tool that lays out a file anew while it mends a line is not used twice.
 */

const FOLDER = "schemas/orders.order.created";
const V1 = `${FOLDER}/v1.avsc`;
const MONEY = "schemas/_shared/money.avsc";

const BEFORE = `{
  "type": "record", "name": "Order", "namespace": "orders",
  "fields": [
    { "name": "id",       "type": "string" },
    { "name": "customer_id", "type": "string", "doc": "Who." },
    { "name": "status", "type": { "type": "enum", "name": "Status", "symbols": [ "NEW", "PAID", "LOST" ] } },
    { "name": "note", "type": ["null", "string", "int", "double"], "default": null },
    { "name": "to", "type": ["null", { "type": "record", "name": "Address", "fields": [{"name":"zip","type":"int"}] }] },
    { "name": "price", "type": "shared.Money" }
  ]
}
`;

const AFTER = BEFORE.replace("customer_id", "customerId")
  .replace('"PAID", ', "")
  .replace(', "int", "double"]', "]")
  .replace('"name": "Address"', '"name": "Place"')
  .replace(
    '"type": "shared.Money" }',
    '"type": "shared.Money" },\n    {\n      "name": "weight",\n      "type": "double"\n    }',
  );

const MENDED = AFTER.replace(
  '"customerId", "type": "string",',
  '"customerId", "type": "string", "aliases": ["customer_id"],',
)
  .replace('[ "NEW", "LOST" ]', '[ "NEW", "PAID", "LOST" ]')
  .replace('["null", "string"]', '["null", "string", "int", "double"]')
  .replace('"name": "Place",', '"name": "Place", "aliases": ["Address"],')
  .replace('"type": "double"', '"type": ["null", "double"],\n      "default": null');

const money = (...fields: readonly string[]): string =>
  `{\r\n\t"type":"record",\r\n\t"name":"shared.Money",\r\n\t"fields":[\r\n\t\t${fields.join(",\r\n\t\t")}\r\n\t]\r\n}`;
const CENTS = '{"name":"cents","type":"long"}';
const CURRENCY = '{"name":"currency","type":"string"}';

const released = () => createRepository({ [`${FOLDER}/topic.yaml`]: "key: id\n", [V1]: BEFORE, [MONEY]: money(CENTS) });

const check = ({ dir, env }: Repository, ...args: readonly string[]) =>
  sluice(["check", ...args], { ...env, SLUICE_SCHEMAS: join(dir, "schemas") });
const textOf = ({ dir }: Repository, file: string): Promise<string> => Bun.file(join(dir, file)).text();

test("`check --fix` mends every break of every file, and changes nothing else", async () => {
  await using repository = await released();
  await repository.write({ [V1]: AFTER, [MONEY]: money(CENTS, CURRENCY) });
  expect((await check(repository)).code).toBe(100);

  const { code } = await check(repository, "--fix");
  expect(await textOf(repository, V1)).toBe(MENDED);
  expect(await textOf(repository, MONEY)).toBe(
    money(CENTS, CURRENCY.replace('"string"', '["null","string"],"default":null')),
  );
  expect(code).toBe(0);
  expect((await check(repository)).code).toBe(0);
});

test("`check --fix` leaves what is meant to the author, and says how to make a new version", async () => {
  await using repository = await released();
  const changed = BEFORE.replace('"name":"zip","type":"int"', '"name":"zip","type":"string"');
  await repository.write({ [V1]: changed });
  const { code, out } = await check(repository, "--fix");
  expect(code).toBe(100);
  expect(out).toContain("`sluice bump orders.order.created`");
  expect(await textOf(repository, V1)).toBe(changed);
  expect(await repository.git("status", "--porcelain", "--untracked-files=all")).toBe(`M ${V1}`);
});

test("`check --fix` does not bring back what the level lets go", async () => {
  await using repository = await released();
  const changed = BEFORE.replace(
    '    { "name": "note", "type": ["null", "string", "int", "double"], "default": null },\n',
    "",
  );
  await repository.write({ [V1]: changed });
  expect((await check(repository, "--fix")).code).toBe(0);
  expect(await textOf(repository, V1)).toBe(changed);
});

test("`check --fix` offers nothing that would mend one version and break with another", async () => {
  const order = (...fields: readonly string[]) => `{"type":"record","name":"Order","fields":[${fields.join(",")}]}`;
  const [id, total] = ['{"name":"id","type":"string"}', '{"name":"total","type":"long"}'];
  await using repository = await createRepository({
    [`${FOLDER}/topic.yaml`]: "key: id\ncompatibility: FULL_TRANSITIVE\n",
    [V1]: order(id),
  });
  await repository.commit("Add a field that old events do not have", { [V1]: order(id, total) });
  // Version 2 needs the field, and version 1 has none to give: without a default there is no way.
  const note = '{"name":"note","type":["null","string"],"default":null}';
  await repository.write({ [V1]: order(id, note) });
  const { code, err } = await check(repository, "--fix");
  expect(code).toBe(100);
  expect(err).toContain("Nothing can be mended by itself.");
  expect(await textOf(repository, V1)).toBe(order(id, note));
});

test("`check --fix` makes fixes that stand at one place one after the other, and leaves no draft behind", async () => {
  const fixed = (count: number) =>
    Array.from({ length: count }, (_, size) => `{"type":"fixed","name":"F${size}","size":${size + 1}}`).join(",");
  const order = (types: string) => `{"type":"record","name":"Order","fields":[{"name":"id","type":["null",${types}]}]}`;
  await using repository = await createRepository({ [`${FOLDER}/topic.yaml`]: "key: null\n", [V1]: order(fixed(15)) });
  await repository.write({ [V1]: order(fixed(1)) });
  expect((await check(repository, "--fix")).code).toBe(0);
  expect(await textOf(repository, V1)).toBe(order(fixed(15)));
  expect(await repository.git("status", "--porcelain", "--untracked-files=all")).toBe("");
});
