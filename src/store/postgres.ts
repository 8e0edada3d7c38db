import { SQL } from "bun";
import type { Dialect } from "./dialect.ts";

/** Most connections that one process opens: a handler per partition rarely needs more, and servers allow about 100. */
const CONNECTIONS_MAX = 8;
const READ_CONNECTIONS_MAX = 2;
const CONNECT_TIMEOUT_SECONDS = 10;
const IDLE_TIMEOUT_SECONDS = 300;
/** A server that stopped answering must not hold a partition for ever. */
const STATEMENT_TIMEOUT_MS = 60_000;
/** Any number will do as long as every Sluice process takes the same: the first bytes of "sluice". */
const SETUP_LOCK = 0x736c7569;

/** Codes of Bun's client for a connection that is not there or no longer there. */
const CONNECTION_LOST = new Set([
  "ERR_POSTGRES_CONNECTION_CLOSED",
  "ERR_POSTGRES_CONNECTION_REFUSED",
  "ERR_POSTGRES_CONNECTION_FAILED",
  "ERR_POSTGRES_CONNECTION_TIMEOUT",
  "ERR_POSTGRES_IDLE_TIMEOUT",
  "ERR_POSTGRES_LIFETIME_TIMEOUT",
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
]);

/** PostgreSQL, Appendix A: class 08 (connection), out of connections, shutting down, crashed, starting up, disk full. */
const UNAVAILABLE = /^(08...|53300|53100|57P0[1-5]|25006)$/;
/** PostgreSQL, Appendix A: serialization failure, deadlock. */
const CONTENDED = /^(40001|40P01)$/;

/** Builds the PostgreSQL dialect. It connects with the first statement. */
export function postgres(url: string): Dialect {
  const writer = new SQL(url, {
    ...POOL,
    max: CONNECTIONS_MAX,
    connection: { application_name: "sluice", statement_timeout: STATEMENT_TIMEOUT_MS },
  });
  const reader = new SQL(url, {
    ...POOL,
    max: READ_CONNECTIONS_MAX,
    connection: {
      application_name: "sluice",
      statement_timeout: STATEMENT_TIMEOUT_MS,
      default_transaction_read_only: "on",
    },
  });
  return {
    name: "postgres",
    writer,
    reader,
    async prepare() {
      await writer`SELECT 1`;
    },
    begin: (body) => writer.begin(body),
    async lockSetup(sql) {
      // CREATE TABLE IF NOT EXISTS fails on a unique index of the catalog where two processes run it at once.
      await sql`SELECT pg_advisory_xact_lock(${SETUP_LOCK})`;
    },
    classify,
  };
}

const POOL = { connectionTimeout: CONNECT_TIMEOUT_SECONDS, idleTimeout: IDLE_TIMEOUT_SECONDS } as const;

function classify(error: unknown): "UNAVAILABLE" | "CONTENDED" | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  if (CONNECTION_LOST.has(String(error.code))) return "UNAVAILABLE";
  // The server's own code; `code` says no more than that the server answered with an error.
  const state = "errno" in error ? String(error.errno) : "";
  if (CONTENDED.test(state)) return "CONTENDED";
  return UNAVAILABLE.test(state) ? "UNAVAILABLE" : undefined;
}
