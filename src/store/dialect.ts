import type { SQL } from "bun";

/** What differs between the databases. Everything else is said once, in `createStore`. */
export interface Dialect {
  readonly name: "postgres" | "sqlite";
  /** For transactions. */
  readonly writer: SQL;
  /** For reading outside of transactions. Refuses writes. */
  readonly reader: SQL;
  /** What to tell the database once, before anything else. */
  prepare(): Promise<void>;
  /** Runs the body between BEGIN and COMMIT. */
  begin<Result>(body: (sql: SQL) => Promise<Result>): Promise<Result>;
  /** Makes the transaction wait until it is the only one that changes tables. */
  lockSetup(sql: SQL): Promise<void>;
  /** What an error means; undefined where it is the statement's own fault. */
  classify(error: unknown): "UNAVAILABLE" | "CONTENDED" | undefined;
}
