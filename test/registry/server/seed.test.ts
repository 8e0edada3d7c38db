import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Lock, type LockedVersion, lockFingerprint } from "../../../src/catalog/index.ts";
import { createRegistry, lockOf } from "../../../src/registry/index.ts";
import { openRegistry } from "../../../src/registry/server/index.ts";
import { DEFAULT_LIMITS } from "../../../src/registry/server/model.ts";
import { createParser } from "../../../src/registry/server/parsed.ts";
import { seedFrom } from "../../../src/registry/server/seed.ts";
import { catalogUnder } from "../../contract/registry.ts";
import { type Answer, openApi } from "./asking.ts";

/**
 * Data that was copied from production is read by the id in its bytes. A registry on a laptop that counts its own ids
 * reads it with the wrong schema, or with none, and nobody sees why.
 */
const record = (name: string, fields: readonly string[], more: object = {}): string =>
  JSON.stringify({
    type: "record",
    name,
    fields: fields.map((field) => ({ name: field, type: "string", default: "" })),
    ...more,
  });

const locked = (
  version: number,
  id: number,
  text: string,
  references: LockedVersion["references"] = [],
): LockedVersion => ({ version, id, text, fingerprint: lockFingerprint(text), references });

const MONEY = { name: "Money", subject: "shared.Money", version: 2 };
const ORDER = JSON.stringify({ type: "record", name: "Order", fields: [{ name: "total", type: "Money" }] });

const LOCK: Lock = {
  subjects: new Map([
    // The subject that refers comes before the one that it refers to.
    ["orders-value", { level: "FULL", versions: [locked(3, 41, ORDER, [MONEY])] }],
    [
      "shared.Money",
      {
        level: "BACKWARD",
        versions: [locked(1, 7, record("Money", ["cents"])), locked(2, 40, record("Money", ["cents", "scale"]))],
      },
    ],
  ]),
};

describe("a registry with a lock", () => {
  test("has its schemas under the same ids, versions and levels", async () => {
    await using server = await openRegistry({ lock: LOCK });
    const registry = createRegistry({ url: server.url });
    expect(await registry.versions("shared.Money")).toEqual([1, 2]);
    expect(await registry.versions("orders-value")).toEqual([3]);
    expect((await registry.schemaById(7)).name).toBe("Money");
    expect((await registry.version("orders-value", 3))?.id).toBe(41);
    expect(JSON.stringify((await registry.schemaById(41)).json)).toContain('"scale"');
    expect([await registry.level("orders-value"), await registry.level("shared.Money")]).toEqual(["FULL", "BACKWARD"]);
  });

  test("gives new schemas ids above those of the lock, and the next version", async () => {
    await using server = await openRegistry({ lock: LOCK });
    const registry = createRegistry({ url: server.url });
    expect(await registry.register("new-value", { text: record("New", []), references: [] })).toBe(42);
    const grown = record("Money", ["cents", "scale", "unit"]);
    expect(await registry.register("shared.Money", { text: grown, references: [] })).toBe(43);
    expect(await registry.versions("shared.Money")).toEqual([1, 2, 3]);
  });

  test("answers a schema that it has with the id of the lock", async () => {
    await using server = await openRegistry({ lock: LOCK });
    const registry = createRegistry({ url: server.url });
    const spread = JSON.stringify(JSON.parse(record("Money", ["cents", "scale"])), null, 4);
    expect(await registry.register("shared.Money", { text: spread, references: [] })).toBe(40);
    // One schema has one id under all subjects.
    expect(await registry.register("other-value", { text: record("Money", ["cents"]), references: [] })).toBe(7);
  });

  test("what a catalog was locked from is what it gives, id for id", async () => {
    await using production = await openRegistry({ lock: LOCK });
    const first = createRegistry({ url: production.url });
    const catalog = await catalogUnder("t");
    for (const { subject, text } of catalog.shared) await first.register(subject, { text, references: [] });
    const lock = await lockOf(first, catalog, { before: LOCK, deleted: new Set() });

    await using copy = await openRegistry({ lock });
    const second = await lockOf(createRegistry({ url: copy.url }), catalog, { before: LOCK, deleted: new Set() });
    expect(second).toEqual(lock);
  });
});

describe("a registry that has a history of its own", () => {
  const told: string[] = [];
  const listening = { emit: (name: string, detail: object) => void told.push(`${name} ${JSON.stringify(detail)}`) };

  test("takes what it lacks where the rest agrees", async () => {
    using folder = scratch();
    const lock = (...ids: readonly number[]): Lock => ({
      subjects: new Map([["a", { versions: ids.map((id, at) => locked(at + 1, id, record("A", names(at)))) }]]),
    });
    await (await openRegistry({ file: folder.file, lock: lock(5) })).close();
    await using server = await openRegistry({ file: folder.file, lock: lock(5, 9), ...listening });
    const registry = createRegistry({ url: server.url });
    expect(await registry.versions("a")).toEqual([1, 2]);
    expect((await registry.version("a", 2))?.id).toBe(9);
    expect(told.filter((one) => one.startsWith("registry.lock_ignored"))).toEqual([]);
  });

  test("keeps what it has where the lock says otherwise, takes nothing of the lock, and says so once", async () => {
    using folder = scratch();
    {
      await using server = await openRegistry({ file: folder.file });
      await createRegistry({ url: server.url }).register("b", { text: record("B", []), references: [] });
    }
    const lock: Lock = {
      subjects: new Map([
        ["a", { versions: [locked(1, 9, record("A", []))] }],
        ["b", { versions: [locked(1, 8, record("B", []))] }],
      ]),
    };
    await using server = await openRegistry({ file: folder.file, lock, ...listening });
    expect(await createRegistry({ url: server.url }).subjects()).toEqual(["b"]);
    expect(told.filter((one) => one.startsWith("registry.lock_ignored"))).toEqual([
      'registry.lock_ignored {"conflict":"b version 1 is id 1 here, and id 8 in the lock"}',
    ]);
  });

  test.each<[string, (ask: (line: string, body?: unknown) => Promise<Answer>) => Promise<unknown>, Lock, string]>([
    [
      "an id that is another schema",
      (ask) => ask("POST /subjects/x/versions", { schema: '"string"' }),
      { subjects: new Map([["a", { versions: [locked(1, 1, record("A", []))] }]]) },
      "id 1 is x version 1 here, and a version 1 in the lock",
    ],
    [
      "a version that is another schema",
      (ask) => ask("POST /subjects/a/versions", { schema: '"string"' }),
      { subjects: new Map([["a", { versions: [locked(1, 1, record("A", []))] }]]) },
      "a version 1 is another schema here, and id 1 in the lock",
    ],
    [
      "a schema that is none",
      async () => {},
      { subjects: new Map([["a", { versions: [locked(1, 1, '{"type":"rec"}')] }]]) },
      "a: Invalid schema",
    ],
  ])("%s is a conflict", async (_what, before, lock, why) => {
    const { ask, store } = openApi();
    await before(ask);
    const had = store.count();
    const parts = { store, parser: createParser(store), limits: DEFAULT_LIMITS, now: () => 0 };
    const { added, conflict } = seedFrom(parts, lock);
    expect([added, conflict]).toEqual([0, expect.stringContaining(why)]);
    expect(store.count()).toBe(had);
  });
});

const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `f${at}`);

function scratch() {
  const dir = mkdtempSync(join(tmpdir(), "registry-"));
  return { file: join(dir, "registry.sqlite"), [Symbol.dispose]: () => rmSync(dir, { recursive: true }) };
}
