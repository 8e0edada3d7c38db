import type { SQL } from "bun";

/** Bun's SQL client as handlers see it: a tagged template whose values are always parameters. */
export type Sql = SQL;

/** One event's place in the inbox. The event type and not the topic, so that an event sent to v1 and v2 counts once. */
export interface InboxKey {
  readonly group: string;
  readonly type: string;
  readonly id: string;
}

/** Whether the effect happened in this call; false where an earlier call had committed it. */
export type Once<Result> =
  | { readonly applied: true; readonly result: Result }
  | { readonly applied: false; readonly result: undefined };

export interface TransactionOptions {
  /** Aborting it before the commit rolls back. */
  readonly signal?: AbortSignal;
}

/** A database of workers: PostgreSQL or SQLite behind the same methods. */
export interface Store {
  readonly dialect: "postgres" | "sqlite";
  /** For reading outside a transaction. Writes are refused here by both dialects: they belong into one. */
  readonly sql: Sql;
  /** Whether anybody has used it, so that there is a connection and an inbox. */
  used(): boolean;
  /** Connects and creates the inbox. Again is a no-op; the other methods call it where nobody has. */
  ready(): Promise<void>;
  /**
   * Runs the effect in one transaction and commits it. It runs again from its start when another transaction got in
   * its way, so it must do nothing but SQL.
   */
  transaction<Result>(effect: (sql: Sql) => Promise<Result>, options?: TransactionOptions): Promise<Result>;
  /** As `transaction`, once for each key: the key is stored by the same transaction, so they happen both or neither. */
  once<Result>(
    key: InboxKey,
    effect: (sql: Sql) => Promise<Result>,
    options?: TransactionOptions,
  ): Promise<Once<Result>>;
  /** As `transaction`, alone: other processes that set up wait. For CREATE TABLE IF NOT EXISTS and the like. */
  setup(effect: (sql: Sql) => Promise<void>): Promise<void>;
  /** Forgets the group's keys that were stored before this time, in milliseconds since 1970. Answers how many. */
  prune(group: string, before: number): Promise<number>;
  /** Whether this error means that the database is away, so that the caller should wait and not give up. */
  isUnavailable(error: unknown): boolean;
  /** Waits for transactions that run. Closing twice is a no-op. */
  close(): Promise<void>;
}
