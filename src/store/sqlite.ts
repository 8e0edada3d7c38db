import { SQL } from "bun";
import type { Dialect } from "./dialect.ts";
import { StoreError } from "./errors.ts";

/** How long SQLite itself waits for another process's lock. Short, because it blocks this process meanwhile. */
const BUSY_TIMEOUT_MS = 20;

/**
 * Builds the SQLite dialect: one connection for transactions, which Bun runs one after the other, and one for reading,
 * because a statement outside of a transaction would land inside whichever is open on the same connection.
 */
export function sqlite(url: string, { durable = true }: { readonly durable?: boolean } = {}): Dialect {
  const filename = decodeURIComponent(url.replace(/^sqlite:\/\//, ""));
  if (filename === "" || filename.startsWith(":memory:")) {
    throw new StoreError("UNSUPPORTED", `${url}: name a file. A database in memory would end with the worker.`);
  }
  const writer = new SQL({ adapter: "sqlite", filename, create: true, readwrite: true });
  const reader = new SQL({ adapter: "sqlite", filename, create: true, readwrite: true });
  return {
    name: "sqlite",
    writer,
    reader,
    async prepare() {
      await writer.unsafe(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
      await writer`PRAGMA journal_mode = WAL`;
      // FULL, not NORMAL: the offset is committed after this transaction, so the transaction must outlive a power cut.
      await writer.unsafe(`PRAGMA synchronous = ${durable ? "FULL" : "OFF"}`);
      await writer`PRAGMA foreign_keys = ON`;
      await reader.unsafe(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
      await reader`PRAGMA query_only = ON`;
    },
    // IMMEDIATE takes the write lock at once: a transaction that reads first could not upgrade, whatever it waits.
    begin: (body) => writer.begin("immediate", body),
    // The write lock of BEGIN IMMEDIATE is the only lock there is.
    lockSetup: async () => {},
    classify,
  };
}

function classify(error: unknown): "UNAVAILABLE" | "CONTENDED" | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  const code = String(error.code);
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return "CONTENDED";
  return /^SQLITE_(CANTOPEN|FULL|IOERR)/.test(code) ? "UNAVAILABLE" : undefined;
}
