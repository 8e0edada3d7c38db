import type { SQL } from "bun";
import type { Dialect } from "./dialect.ts";
import { StoreError } from "./errors.ts";
import type { InboxKey, Once, Store, TransactionOptions } from "./model.ts";
import { postgres } from "./postgres.ts";
import { sqlite } from "./sqlite.ts";

export interface StoreOptions {
  /** How often a transaction runs that others get in the way of. */
  readonly attempts?: number;
  readonly delayMs?: number;
  readonly delayMsMax?: number;
  /** Whether what is committed outlives a power cut. SQLite alone can do without, and is faster then. */
  readonly durable?: boolean;
  readonly now?: () => number;
  readonly random?: () => number;
}

/**
 * Opens the database of a URL, `postgres://…` or `sqlite://…`. Nothing is connected before the first use, so a worker
 * that stores nothing needs no database.
 * @throws StoreError UNSUPPORTED for any other URL.
 */
export async function openStore(url: string, options: StoreOptions = {}): Promise<Store> {
  if (/^postgres(ql)?:/.test(url)) return createStore(postgres(url), options);
  if (/^sqlite:/.test(url)) return createStore(sqlite(url, options), options);
  throw new StoreError("UNSUPPORTED", `${url}: a database URL is postgres://… or sqlite://…`);
}

/** Rows that one DELETE of the inbox takes, so that it never holds its locks for long. */
const PRUNE_ROWS = 5_000;

function createStore(dialect: Dialect, options: StoreOptions): Store {
  const { now = Date.now } = options;
  let prepared: Promise<void> | undefined;
  let closed: Promise<void> | undefined;
  const running = new Set<Promise<unknown>>();

  const run = async <Result>(
    effect: (sql: SQL) => Promise<Result>,
    { signal }: TransactionOptions = {},
  ): Promise<Result> => {
    await ready();
    return contend(dialect, options, signal, () =>
      dialect.begin(async (sql) => {
        assertNotAborted(signal); // It may have waited for its turn.
        const result = await unlessAborted(effect(sql), signal);
        // Bun's begin awaits arrays of promises; wrapped, a result is what the effect returned.
        return { result };
      }),
    ).then(({ result }) => result);
  };

  const transaction: Store["transaction"] = (effect, given) => {
    const result = run(effect, given);
    running.add(result);
    return result.finally(() => running.delete(result));
  };

  const ready = (): Promise<void> => {
    prepared ??= contend(dialect, options, undefined, () => prepareInbox(dialect)).catch((error: unknown) => {
      prepared = undefined; // The database may be there next time.
      throw error;
    });
    return prepared;
  };

  return {
    dialect: dialect.name,
    sql: dialect.reader,
    used: () => prepared !== undefined,
    ready,
    transaction,
    once: (key, effect, given) =>
      transaction(async (sql) => {
        if (!(await enter(sql, key, now()))) return { applied: false, result: undefined } satisfies Once<never>;
        return { applied: true, result: await effect(sql) };
      }, given),
    setup: (effect) =>
      transaction(async (sql) => {
        await dialect.lockSetup(sql);
        await effect(sql);
      }),
    prune: (group, before) => prune(transaction, dialect, group, before),
    isUnavailable: (error) =>
      error instanceof StoreError ? error.kind === "UNAVAILABLE" : dialect.classify(error) === "UNAVAILABLE",
    close: () => {
      // Bun's SQLite closes under a transaction that runs; its PostgreSQL waits.
      closed ??= Promise.allSettled(running)
        .then(() => Promise.all([dialect.writer.close(), dialect.reader.close()]))
        .then(() => {});
      return closed;
    },
  };
}

async function prepareInbox(dialect: Dialect): Promise<void> {
  await dialect.prepare();
  await dialect.begin(async (sql) => {
    await dialect.lockSetup(sql);
    await sql`
      CREATE TABLE IF NOT EXISTS sluice_inbox (
        consumer_group TEXT NOT NULL,
        event_type TEXT NOT NULL,
        event_id TEXT NOT NULL,
        stored_at BIGINT NOT NULL,
        PRIMARY KEY (consumer_group, event_type, event_id)
      )`;
    await sql`CREATE INDEX IF NOT EXISTS sluice_inbox_age ON sluice_inbox (consumer_group, stored_at)`;
  });
}

/** Whether the key is new. Another transaction that has it, uncommitted, is waited for. */
async function enter(sql: SQL, { group, type, id }: InboxKey, now: number): Promise<boolean> {
  const rows: unknown[] = await sql`
    INSERT INTO sluice_inbox (consumer_group, event_type, event_id, stored_at)
    VALUES (${group}, ${type}, ${id}, ${now})
    ON CONFLICT DO NOTHING
    RETURNING 1`;
  return rows.length > 0;
}

async function prune(
  transaction: Store["transaction"],
  dialect: Dialect,
  group: string,
  before: number,
): Promise<number> {
  // The names of the rows' own addresses are all that differs.
  const row = dialect.name === "postgres" ? "ctid" : "rowid";
  const statement = `
    DELETE FROM sluice_inbox WHERE ${row} IN (
      SELECT ${row} FROM sluice_inbox WHERE consumer_group = $1 AND stored_at < $2 LIMIT ${PRUNE_ROWS}
    ) RETURNING 1`;
  for (let pruned = 0; ; ) {
    const rows: unknown[] = await transaction((sql) => sql.unsafe(statement, [group, before]));
    pruned += rows.length;
    if (rows.length < PRUNE_ROWS) return pruned;
  }
}

/** Runs the body until no other transaction gets in its way, waiting longer each time. */
async function contend<Result>(
  dialect: Dialect,
  { attempts = 10, delayMs = 10, delayMsMax = 1_000, random = Math.random }: StoreOptions,
  signal: AbortSignal | undefined,
  body: () => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    assertNotAborted(signal);
    try {
      return await body();
    } catch (error) {
      const kind = dialect.classify(error);
      if (kind === undefined) throw error;
      if (kind === "UNAVAILABLE" || attempt === attempts)
        throw new StoreError(kind, messageOf(error), { cause: error });
      // At least half of the time: two that collided once must not collide again at 0.
      await Bun.sleep(Math.min(delayMsMax, delayMs * 2 ** (attempt - 1)) * (0.5 + random() / 2));
    }
  }
}

/** The promise, or ABORTED as soon as the signal says so: a hung effect must not keep its transaction open. */
async function unlessAborted<Result>(effect: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return effect;
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(aborted(signal));
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([effect, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function assertNotAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw aborted(signal);
}

function aborted(signal: AbortSignal): StoreError {
  return new StoreError("ABORTED", `rolled back: ${messageOf(signal.reason)}`, { cause: signal.reason });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
