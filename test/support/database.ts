import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SQL } from "bun";
import { unique } from "./cluster.ts";

/** The URL of a SQLite database in a folder of its own, which the system clears away. */
export async function sqliteUrl(): Promise<string> {
  return `sqlite://${join(await mkdtemp(join(tmpdir(), "sluice-")), "test.sqlite")}`;
}

/** The URL of an empty PostgreSQL database on this server. `drop` removes it, with whoever is still connected. */
export async function createPostgres(server: string): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `test_${unique()}`;
  const admin = new SQL(server, { max: 1 });
  await admin.unsafe(`CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: async () => {
      await admin.unsafe(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await admin.close();
    },
  };
}
