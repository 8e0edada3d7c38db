import { Database } from "bun:sqlite";
import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type NewVersion, openStore } from "../../../../src/registry/server/store/index.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "registry-"));
  folders.push(folder);
  return join(folder, "registry.sqlite");
}

const version = (subject: string, number: number, id: number, rest: Partial<NewVersion> = {}): NewVersion => ({
  subject,
  version: number,
  id,
  guid: `guid-${id}`,
  text: `"text ${id}"`,
  references: [],
  metadata: undefined,
  shape: `shape-${id}`,
  ts: 5,
  ...rest,
});

describe("a file", () => {
  test("has everything again after it was closed", () => {
    const file = newFile();
    const store = openStore(file);
    const metadata = { properties: { a: "b" } };
    store.add(version("b", 1, 1));
    store.add(version(":.x:a", 1, 9, { metadata, references: [{ name: "n.B", subject: ":.:b", version: 1 }] }));
    store.softDelete("b", 1);
    store.setSettings("b", { compatibilityLevel: "FULL" });
    store.setMode("", "READONLY");
    store.close();

    const again = openStore(file);
    expect(again.version(":.x:a", 1)).toMatchObject({ id: 9, metadata, ts: 5, deleted: false });
    expect(again.version("b", 1)).toMatchObject({ deleted: true });
    expect(again.referrers("b", 1)).toEqual([{ subject: ":.x:a", id: 9, deleted: false }]);
    expect([again.lastId("."), again.lastId(".x"), again.lastId(".y")]).toEqual([1, 9, 0]);
    expect([again.contexts(), again.settings("b"), again.mode("")]).toEqual([
      [".x"],
      { compatibilityLevel: "FULL" },
      "READONLY",
    ]);
    again.close();
  });

  test("that another has open is refused", () => {
    const file = newFile();
    const store = openStore(file);
    expect(() => openStore(file)).toThrow(`${file} is open in another process`);
    store.close();
    openStore(file).close();
  });

  test("that is none of a registry is refused", () => {
    const file = newFile();
    writeFileSync(file, "no database, but long enough to be looked at ".repeat(50));
    expect(() => openStore(file)).toThrow(`${file} is not the file of a registry`);
    expect(() => openStore(join(file, "below"))).toThrow("cannot be opened");
  });

  test("of another program is refused, and left as it is", () => {
    const file = newFile();
    const db = new Database(file);
    db.run("CREATE TABLE versions (theirs TEXT)");
    db.close();
    expect(() => openStore(file)).toThrow(`${file} is not the file of a registry`);
    const left = new Database(file);
    expect(left.query("SELECT count(*) AS tables FROM sqlite_master").get()).toEqual({ tables: 1 });
    left.close();
  });

  test.each([
    ["in the middle", (file: string, bytes: Uint8Array) => writeFileSync(file, bytes.fill(0, 20_000, 60_000))],
    ["at its end", (file: string, bytes: Uint8Array) => truncateSync(file, bytes.length / 2)],
  ])("that is damaged %s is refused, before a schema is missed", (_where, damage) => {
    const file = newFile();
    const store = openStore(file);
    store.change(() => {
      for (let id = 1; id <= 300; id++) store.add(version(`s${id}`, 1, id, { text: "x".repeat(500) }));
    });
    store.close();
    damage(file, readFileSync(file));
    expect(() => openStore(file)).toThrow(`${file} is damaged`);
  });

  test("of a later form is refused, and left as it is", () => {
    const file = newFile();
    const db = new Database(file);
    db.run("PRAGMA user_version = 99");
    db.close();
    expect(() => openStore(file)).toThrow("its form is 99");
    const left = new Database(file);
    expect(left.query("SELECT count(*) AS tables FROM sqlite_master").get()).toEqual({ tables: 0 });
    left.close();
  });
});

describe("a change", () => {
  test("that throws has changed nothing", () => {
    const store = openStore(":memory:");
    expect(() =>
      store.change(() => {
        store.add(version("a", 1, 1));
        throw new Error("no");
      }),
    ).toThrow("no");
    expect([store.count(), store.lastId(".")]).toEqual([0, 0]);
  });
});

describe("ids", () => {
  test("go with the last version that has them, and are not given again", () => {
    const store = openStore(":memory:");
    store.add(version("a", 1, 1));
    store.add(version("b", 1, 1));
    store.remove("a", 1);
    expect(store.idByGuid(".", "guid-1")).toBe(1);
    store.remove("b", 1);
    expect(store.idByGuid(".", "guid-1")).toBeUndefined();
    expect(store.versionById(".", 1)).toBeUndefined();
    expect(store.lastId(".")).toBe(1);
  });

  test("stand for the newest version of a subject that has them", () => {
    const store = openStore(":memory:");
    for (const number of [1, 2]) store.add(version("b", number, 1));
    store.add(version("a", 5, 1));
    expect(store.versionById(".", 1)).toMatchObject({ subject: "a", version: 5 });
    expect(store.versionById(".", 1, "b")).toMatchObject({ subject: "b", version: 2 });
    expect(store.versionsById(".", 1)).toHaveLength(3);
  });
});

test("subjects are sorted as Java sorts strings, by code units", () => {
  const store = openStore(":memory:");
  // By bytes of UTF-8 the last two would stand the other way round.
  for (const subject of ["ﬀ", "b", "😀", "B"]) store.add(version(subject, 1, 1));
  const found = store.versionsUnder({ context: ".", name: "" });
  expect(found.map(({ subject }) => subject)).toEqual(["B", "b", "😀", "ﬀ"]);
});
