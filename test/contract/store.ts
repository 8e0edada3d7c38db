import { describe, expect, test } from "bun:test";
import { openStore, type Store, StoreError, type StoreOptions } from "../../src/store/index.ts";

/** A database that tests may use: `url` answers that of an empty one. */
export interface Database {
  url(): Promise<string>;
}

/** What every store must do, whichever database holds its rows. */
export function storeContract(name: string, database: Database): void {
  const it = (title: string, body: (store: Store, url: string) => Promise<void>, options?: StoreOptions) =>
    test(title, async () => {
      const url = await database.url();
      const store = await openStore(url, options);
      try {
        await store.setup(async (sql) => {
          await sql`CREATE TABLE marks (mark TEXT NOT NULL)`;
        });
        await body(store, url);
      } finally {
        await store.close();
      }
    });

  describe(name, () => {
    it("a transaction answers what its effect returns, and its rows are there", async (store) => {
      const answer = await store.transaction(async (sql) => {
        await sql`INSERT INTO marks (mark) VALUES (${"it's"})`;
        return [1, 2];
      });
      expect(answer).toEqual([1, 2]);
      expect(await marks(store)).toEqual(["it's"]);
    });

    it("an effect that throws leaves nothing behind, and its error comes through as it is", async (store) => {
      const error = new Error("no");
      const failing = store.transaction(async (sql) => {
        await sql`INSERT INTO marks (mark) VALUES ('a')`;
        throw error;
      });
      await expect(failing).rejects.toBe(error);
      expect(await marks(store)).toEqual([]);
    });

    it("the effect of a key happens once, also when it comes again after a restart", async (store, url) => {
      const key = { group: "g", type: "t", id: "1" };
      expect(await store.once(key, mark("a"))).toEqual({ applied: true, result: "a" });
      expect(await store.once(key, mark("b"))).toEqual({ applied: false, result: undefined });
      const again = await openStore(url);
      expect(await again.once(key, mark("c"))).toEqual({ applied: false, result: undefined });
      await again.close();
      expect(await marks(store)).toEqual(["a"]);
    });

    it("the same id under another group or event type is another event", async (store) => {
      await store.once({ group: "g", type: "t", id: "1" }, mark("a"));
      await store.once({ group: "h", type: "t", id: "1" }, mark("b"));
      await store.once({ group: "g", type: "u", id: "1" }, mark("c"));
      expect(await marks(store)).toEqual(["a", "b", "c"]);
    });

    it("a key whose effect failed is still new", async (store) => {
      const key = { group: "g", type: "t", id: "1" };
      const failing = store.once(key, async (sql) => {
        await mark("a")(sql);
        throw new Error("no");
      });
      await expect(failing).rejects.toThrow("no");
      expect(await store.once(key, mark("b"))).toEqual({ applied: true, result: "b" });
      expect(await marks(store)).toEqual(["b"]);
    });

    it("of twenty calls at once with one key, through two stores, exactly one has its effect", async (store, url) => {
      const other = await openStore(url);
      const calls = Array.from({ length: 20 }, (_, index) =>
        (index % 2 ? store : other).once({ group: "g", type: "t", id: "1" }, mark(String(index))),
      );
      const answers = await Promise.all(calls);
      await other.close();
      expect(answers.filter(({ applied }) => applied)).toHaveLength(1);
      expect(await marks(store)).toHaveLength(1);
    });

    it("transactions of two stores that change one row all count", async (store, url) => {
      await store.setup(async (sql) => {
        await sql`CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL)`;
        await sql`INSERT INTO counters (name, value) VALUES ('n', 0)`;
      });
      const other = await openStore(url);
      await Promise.all(
        Array.from({ length: 30 }, (_, index) =>
          (index % 2 ? store : other).transaction((sql) => sql`UPDATE counters SET value = value + 1 WHERE name = 'n'`),
        ),
      );
      await other.close();
      const rows: { value: number }[] = await store.sql`SELECT value FROM counters`;
      expect(rows.map(({ value }) => value)).toEqual([30]);
    });

    it("a signal aborted while the effect hangs rolls it back, and the store goes on", async (store) => {
      const abort = new AbortController();
      const hangs = Promise.withResolvers<void>();
      const hanging = store.once(
        { group: "g", type: "t", id: "1" },
        async (sql) => {
          await mark("a")(sql);
          hangs.resolve();
          await new Promise(() => {});
        },
        { signal: abort.signal },
      );
      await hangs.promise;
      abort.abort(new Error("too slow"));
      await expect(hanging).rejects.toMatchObject({ name: "StoreError", kind: "ABORTED" });
      expect(await store.once({ group: "g", type: "t", id: "1" }, mark("b"))).toMatchObject({ applied: true });
      expect(await marks(store)).toEqual(["b"]);
    });

    it("a signal aborted before the effect returns keeps it from being committed", async (store) => {
      const abort = new AbortController();
      const late = store.transaction(
        async (sql) => {
          await mark("a")(sql);
          abort.abort(new Error("too slow"));
        },
        { signal: abort.signal },
      );
      await expect(late).rejects.toMatchObject({ kind: "ABORTED" });
      expect(await marks(store)).toEqual([]);
    });

    it("what is read outside sees nothing of a transaction that is open, and cannot write", async (store) => {
      const written = Promise.withResolvers<void>();
      const go = Promise.withResolvers<void>();
      const open = store.transaction(async (sql) => {
        await mark("a")(sql);
        written.resolve();
        await go.promise;
      });
      await written.promise;
      expect(await marks(store)).toEqual([]);
      go.resolve();
      await open;
      expect(await marks(store)).toEqual(["a"]);
      await expect((async () => await store.sql`INSERT INTO marks (mark) VALUES ('b')`)()).rejects.toThrow(
        /read-?only/,
      );
    });

    it("ten processes that set up at once all succeed", async (_store, url) => {
      const stores = await Promise.all(Array.from({ length: 10 }, () => openStore(url)));
      await Promise.all(
        stores.map((one) =>
          one.setup(async (sql) => {
            await sql`CREATE TABLE IF NOT EXISTS late (id TEXT PRIMARY KEY)`;
            await sql`CREATE INDEX IF NOT EXISTS late_id ON late (id)`;
          }),
        ),
      );
      await Promise.all(stores.map((one) => one.close()));
    });

    it("pruning forgets the old keys of the group and no others", async (store, url) => {
      const old = await openStore(url, { now: () => 1_000 });
      for (let id = 0; id < 7; id++) await old.once({ group: "g", type: "t", id: String(id) }, mark("x"));
      await old.once({ group: "h", type: "t", id: "1" }, mark("x"));
      await old.close();
      await store.once({ group: "g", type: "t", id: "new" }, mark("x"));
      expect(await store.prune("g", 1_000)).toBe(0);
      expect(await store.prune("g", 1_001)).toBe(7);
      expect(await store.once({ group: "g", type: "t", id: "new" }, mark("x"))).toMatchObject({ applied: false });
      expect(await store.once({ group: "h", type: "t", id: "1" }, mark("x"))).toMatchObject({ applied: false });
      expect(await store.once({ group: "g", type: "t", id: "1" }, mark("x"))).toMatchObject({ applied: true });
    });

    it("an error of the SQL is the statement's own: not an outage", async (store) => {
      const error = await store.transaction((sql) => sql`SELECT * FROM nowhere`).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(StoreError);
      expect(store.isUnavailable(error)).toBe(false);
    });

    it("closing waits for a transaction that runs, and closing twice is a no-op", async (store, url) => {
      const begun = Promise.withResolvers<void>();
      const other = await openStore(url);
      const running = other.transaction(async (sql) => {
        await mark("a")(sql);
        begun.resolve();
        await Bun.sleep(30); // The transaction must outlast the call of close; nothing waits for this time to pass.
        await mark("b")(sql);
      });
      await begun.promise;
      await Promise.all([other.close(), other.close(), running]);
      expect(await marks(store)).toEqual(["a", "b"]);
    });
  });
}

function mark(text: string) {
  return async (sql: Store["sql"]): Promise<string> => {
    await sql`INSERT INTO marks (mark) VALUES (${text})`;
    return text;
  };
}

async function marks(store: Store): Promise<string[]> {
  const rows: { mark: string }[] = await store.sql`SELECT mark FROM marks ORDER BY mark`;
  return rows.map((row) => row.mark);
}
