import { expect, test } from "bun:test";
import type { Catalog } from "../../src/catalog/index.ts";
import { applySchemas, createRegistry, lockOf, planSchemas } from "../../src/registry/index.ts";
import { openRegistry } from "../../src/registry/server/index.ts";
import { catalogUnder, record } from "../contract/registry.ts";

const CREATED = "t-orders.order.created.v1-value";

/** A registry in which somebody has given the orders a type of another team's, by hand. */
async function scene() {
  const server = await openRegistry();
  const registry = createRegistry({ url: server.url });
  const catalog = await catalogUnder("t");
  await applySchemas(registry, catalog, { allowLowering: true });
  await registry.register("theirs", record("Theirs", [{ name: "a", type: "string" }]));
  const order: { fields: object[] } = JSON.parse(catalog.topic("orders.order.created.v1")?.text ?? "");
  const added = { name: "theirs", type: ["null", "contract.Theirs"], default: null };
  await registry.register(CREATED, {
    text: JSON.stringify({ ...order, fields: [...order.fields, added] }),
    references: [{ name: "contract.Theirs", subject: "theirs", version: 1 }],
  });
  const lock = await lockOf(registry, catalog, { before: undefined, deleted: new Set() });
  return { registry, catalog, lock, [Symbol.asyncDispose]: () => server.close() };
}

const without = (catalog: Catalog): Catalog => ({ ...catalog, topics: [], shared: [] });

test("what versions refer to outside the folder is locked with them, without a level", async () => {
  await using at = await scene();
  expect(at.lock.subjects.get("theirs")).toMatchObject({ versions: [{ version: 1 }] });
  expect(at.lock.subjects.get("theirs")?.level).toBeUndefined();
});

test("it is never deleted, and leaves the lock with the last who refers to it", async () => {
  await using at = await scene();
  const empty = without(at.catalog);
  const { done, removed } = await applySchemas(at.registry, empty, { lock: at.lock, prune: true });
  expect(done.map(({ subject }) => subject)).not.toContain("theirs");
  expect([done.length, removed]).toEqual([4, []]);
  expect(await at.registry.subjects()).toEqual(["theirs"]);
  const deleted = new Set(done.map(({ subject }) => subject));
  expect([...(await lockOf(at.registry, empty, { before: at.lock, deleted })).subjects.keys()]).toEqual([]);
});

test("a registry that gives the same versions other ids is not compared with", async () => {
  await using at = await scene();
  await using other = await openRegistry();
  const registry = createRegistry({ url: other.url });
  await registry.register("taken", record("Taken", []));
  await applySchemas(registry, at.catalog);
  const { compared } = await planSchemas(registry, at.catalog, { lock: at.lock });
  expect(compared).toEqual({ drift: [], lock: "of another registry", stale: [] });
});
