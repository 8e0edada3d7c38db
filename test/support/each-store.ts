import { describe } from "bun:test";
import { openStore, type Store } from "../../src/store/index.ts";
import { cluster, without } from "./cluster.ts";
import { createPostgres, sqliteUrl } from "./database.ts";

/** Tests of a worker against each database: SQLite always, PostgreSQL where the runner started one. */
export function describeStores(title: string, body: (open: () => Promise<Store & AsyncDisposable>) => void): void {
  describe(`${title}, in SQLite`, () =>
    body(async () => disposable(await openStore(await sqliteUrl()), async () => {})));
  describe.skipIf(without("postgres"))(`${title}, in PostgreSQL`, () =>
    body(async () => {
      const { url, drop } = await createPostgres(cluster?.postgres ?? "");
      return disposable(await openStore(url), drop);
    }),
  );
}

function disposable(store: Store, drop: () => Promise<void>): Store & AsyncDisposable {
  return {
    ...store,
    async [Symbol.asyncDispose]() {
      await store.close();
      await drop();
    },
  };
}
