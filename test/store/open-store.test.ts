import { afterAll, describe, expect, test } from "bun:test";
import { SQL } from "bun";
import { openStore } from "../../src/store/index.ts";
import { storeContract } from "../contract/store.ts";
import { cluster, without } from "../support/cluster.ts";
import { createPostgres, sqliteUrl } from "../support/database.ts";

storeContract("SQLite", { url: sqliteUrl });

describe.skipIf(without("postgres"))("with a server", () => {
  const created: { drop: () => Promise<void> }[] = [];
  const url = async (): Promise<string> => {
    const database = await createPostgres(cluster?.postgres ?? "");
    created.push(database);
    return database.url;
  };
  afterAll(async () => {
    for (const { drop } of created) await drop();
  });

  storeContract("PostgreSQL", { url });

  test("a transaction that a deadlock ends runs again from its start", async () => {
    const store = await openStore(await url());
    await store.setup(async (sql) => {
      await sql`CREATE TABLE pairs (name TEXT PRIMARY KEY, value INT NOT NULL)`;
      await sql`INSERT INTO pairs VALUES ('a', 0), ('b', 0)`;
    });
    const both = Promise.withResolvers<void>();
    let holding = 0;
    let runs = 0;
    const add = (first: string, second: string) =>
      store.transaction(async (sql) => {
        runs++;
        await sql`UPDATE pairs SET value = value + 1 WHERE name = ${first}`;
        if (++holding === 2) both.resolve();
        await both.promise;
        await sql`UPDATE pairs SET value = value + 1 WHERE name = ${second}`;
      });
    await Promise.all([add("a", "b"), add("b", "a")]);
    expect(runs).toBe(3);
    const rows: { value: number }[] = await store.sql`SELECT value FROM pairs`;
    expect(rows.map(({ value }) => value)).toEqual([2, 2]);
    await store.close();
  });

  test("a connection that the server ends is an outage, and the next transaction has a new one", async () => {
    const address = await url();
    const store = await openStore(address);
    const admin = new SQL(address, { max: 1 });
    const ended = store.transaction(async (sql) => {
      const [row]: { pid: number }[] = await sql`SELECT pg_backend_pid() AS pid`;
      await admin`SELECT pg_terminate_backend(${row?.pid ?? 0}::int)`;
      await sql`SELECT 1`;
    });
    const error = await ended.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "StoreError", kind: "UNAVAILABLE" });
    expect(store.isUnavailable(error)).toBe(true);
    expect(await store.transaction(async () => "again")).toBe("again");
    await admin.close();
    await store.close();
  });
});

test("a server that is not there is an outage", async () => {
  const store = await openStore("postgres://nobody@127.0.0.1:1/none");
  const error = await store.transaction(async () => 1).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: "StoreError", kind: "UNAVAILABLE" });
  await store.close();
});

test("a file that cannot be opened is an outage", async () => {
  const store = await openStore("sqlite:///nowhere/at/all.sqlite");
  const error = await store.transaction(async () => 1).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: "StoreError", kind: "UNAVAILABLE" });
  await store.close();
});

test("a transaction that is aborted while it waits for its turn does not begin", async () => {
  const store = await openStore(await sqliteUrl());
  const [begun, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const first = store.transaction(async () => {
    begun.resolve();
    await go.promise;
  });
  await begun.promise;
  const abort = new AbortController();
  let ran = false;
  const second = store.transaction(
    async () => {
      ran = true;
    },
    { signal: abort.signal },
  );
  await Promise.resolve();
  abort.abort(new Error("too slow"));
  go.resolve();
  await first;
  await expect(second).rejects.toMatchObject({ kind: "ABORTED" });
  expect(ran).toBe(false);
  await store.close();
});

test("opening connects to nothing", async () => {
  const store = await openStore("postgres://nobody@127.0.0.1:1/none");
  await store.close();
});

test.each(["mysql://localhost/x", "sqlite://", "sqlite://:memory:", "orders"])("%s is no database URL", async (url) => {
  await expect(openStore(url)).rejects.toMatchObject({ name: "StoreError", kind: "UNSUPPORTED" });
});
