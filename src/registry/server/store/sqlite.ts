import { Database, SQLiteError } from "bun:sqlite";
import type { Metadata } from "../metadata.ts";
import type { Mode, Reference, Settings, Version } from "../model.ts";
import { DEFAULT_CONTEXT, subjectOf, within } from "../names.ts";
import { byCodeUnits, bySubject } from "../order.ts";
import type { Store } from "./store.ts";
import { FORM, TABLES } from "./tables.ts";

/**
 * Opens a registry's file, or one in memory for `:memory:`. One process at a time may have a file open. What `change`
 * has returned survives a process that is killed at once; a machine that loses power may lose the last changes.
 */
export function openStore(file: string): Store {
  let db: Database | undefined;
  try {
    db = new Database(file, { create: true, readwrite: true, strict: true });
    return storeIn(prepared(db, file));
  } catch (error) {
    db?.close();
    throw unusable(file, error);
  }
}

/** What is wrong with the file, in words. */
function unusable(file: string, error: unknown): Error {
  if (!(error instanceof SQLiteError)) return error instanceof Error ? error : new Error(String(error));
  const { code } = error;
  if (code === "SQLITE_BUSY") return new Error(`${file} is open in another process`, { cause: error });
  if (code === "SQLITE_NOTADB") return new Error(notOurs(file), { cause: error });
  if (code?.startsWith("SQLITE_CORRUPT")) return new Error(damaged(file, error.message), { cause: error });
  return new Error(`${file} cannot be opened: ${error.message}`, { cause: error });
}

function prepared(db: Database, file: string): Database {
  db.run("PRAGMA locking_mode = EXCLUSIVE");
  if (file !== ":memory:") db.run("PRAGMA journal_mode = WAL");
  db.run("PRAGMA synchronous = NORMAL");
  const form = db.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0;
  if (form > FORM)
    throw new Error(`${file} was written by a later release: its form is ${form}, this one reads ${FORM}`);
  assertSound(db, file);
  if (form === 0 && db.query("SELECT 1 FROM sqlite_master").get() !== null) throw new Error(notOurs(file));
  db.transaction(() => {
    db.run(TABLES);
    db.run(`PRAGMA user_version = ${FORM}`);
  })();
  return db;
}

/** Damage is told at once, and not once a schema cannot be read that a message needs. */
function assertSound(db: Database, file: string): void {
  const found = db.query<{ quick_check: string }, []>("PRAGMA quick_check(1)").get()?.quick_check;
  if (found !== undefined && found !== "ok") throw new Error(damaged(file, found));
}

const notOurs = (file: string) => `${file} is not the file of a registry`;

const damaged = (file: string, why: string) =>
  `${file} is damaged (${why.replaceAll(/\s+/g, " ")}): put a copy of it in its place, or move it away to begin anew`;

interface Row {
  readonly subject: string;
  readonly version: number;
  readonly id: number;
  readonly guid: string;
  readonly text: string;
  readonly refs: string;
  readonly metadata: string | null;
  readonly ts: number;
  readonly deleted: number;
}

const SELECT = `SELECT v.subject, v.version, v.id, v.ts, v.deleted, s.guid, s.text, s.refs, s.metadata
  FROM versions v JOIN schemas s ON s.context = v.context AND s.id = v.id`;

function storeIn(db: Database): Store {
  const statements = statementsOf(db);
  const change = db.transaction((work: () => unknown) => work());
  const one = (row: Row | null) => (row === null ? undefined : versionOf(row));

  return {
    // The transaction answers what the work does.
    change: <Value>(work: () => Value) => change.immediate(work) as Value,

    versions: (subject) => statements.versions.all(subject).map(versionOf),
    alike: (subject, shape) => statements.alike.all(subject, shape).map(versionOf),
    lastVersion: (subject) => statements.lastVersion.get(subject)?.version ?? 0,
    version: (subject, version) => one(statements.version.get(subject, version)),
    latest: (subject) => one(statements.latest.get(subject)),
    versionById: (context, id, subject) =>
      one(subject === undefined ? statements.byId.get(context, id) : statements.byIdOf.get(context, id, subject)),
    versionsById: (context, id) => statements.allById.all(context, id).map(versionOf),
    idByGuid: (context, guid) => statements.idByGuid.get(context, guid)?.id,
    versionsUnder({ context, name }) {
      const rows = context === undefined ? statements.under.all(name) : statements.underIn.all(name, context);
      return rows.map(versionOf).sort(bySubject);
    },
    has: ({ subject, context }, { deleted }) =>
      statements.has.get({ subject: subject ?? null, context: context ?? null, deleted: deleted ? 1 : 0 }) !== null,
    count: () => statements.count.get()?.count ?? 0,

    add(version) {
      const { context, name } = subjectOf(version.subject);
      const metadata = version.metadata === undefined ? null : JSON.stringify(version.metadata);
      if (context !== DEFAULT_CONTEXT) statements.addContext.run(context);
      const refs = JSON.stringify(version.references);
      statements.addSchema.run(context, version.id, version.guid, version.text, refs, metadata);
      statements.addVersion.run(version.subject, version.version, context, name, version.id, version.shape, version.ts);
      for (const reference of version.references) {
        const target = within(context, reference.subject);
        statements.addReferral.run(target, reference.version, version.subject, version.version);
      }
      statements.raiseLastId.run(context, version.id);
    },
    softDelete: (subject, version) => void statements.softDelete.run(subject, version),
    remove(subject, version) {
      const { context } = subjectOf(subject);
      statements.removeReferrals.run(subject, version);
      const id = statements.removeVersion.get(subject, version)?.id;
      if (id !== undefined) statements.removeSchema.run(context, id);
    },
    referrers: (subject, version) =>
      statements.referrers
        .all(subject, version)
        .map((row) => ({ subject: row.subject, id: row.id, deleted: row.deleted === 1 })),

    lastId: (context) => statements.lastId.get(context)?.id ?? 0,
    raiseLastId: (context, id) => void statements.raiseLastId.run(context, id),

    contexts: () =>
      statements.contexts
        .all()
        .map(({ name }) => name)
        .sort(byCodeUnits),
    addContext: (context) => void statements.addContext.run(context),
    removeContext: (context) => void statements.removeContext.run(context),

    settings(subject) {
      const row = statements.settings.get(subject);
      // Written below, from nothing else.
      return row === null ? undefined : (JSON.parse(row.json) as Settings);
    },
    setSettings(subject, settings) {
      if (settings === undefined) statements.removeSettings.run(subject);
      else statements.setSettings.run(subject, JSON.stringify(settings));
    },
    allSettings: () =>
      statements.allSettings.all().map(({ subject, json }) => ({ subject, settings: JSON.parse(json) as Settings })),
    mode: (subject) => statements.mode.get(subject)?.mode,
    setMode(subject, mode) {
      if (mode === undefined) statements.removeMode.run(subject);
      else statements.setMode.run(subject, mode);
    },
    subjectsWithMode: () => statements.modes.all().map(({ subject }) => subject),

    close: () => db.close(),
  };
}

function statementsOf(db: Database) {
  return {
    versions: db.query<Row, [string]>(`${SELECT} WHERE v.subject = ? ORDER BY v.version DESC`),
    alike: db.query<Row, [string, string]>(`${SELECT} WHERE v.subject = ? AND v.shape = ? ORDER BY v.version DESC`),
    lastVersion: db.query<{ version: number | null }, [string]>(
      "SELECT max(version) AS version FROM versions WHERE subject = ?",
    ),
    version: db.query<Row, [string, number]>(`${SELECT} WHERE v.subject = ? AND v.version = ?`),
    latest: db.query<Row, [string]>(`${SELECT} WHERE v.subject = ? AND v.deleted = 0 ORDER BY v.version DESC LIMIT 1`),
    byId: db.query<Row, [string, number]>(
      `${SELECT} WHERE v.context = ? AND v.id = ? ORDER BY v.subject, v.version DESC LIMIT 1`,
    ),
    byIdOf: db.query<Row, [string, number, string]>(
      `${SELECT} WHERE v.context = ? AND v.id = ? AND v.subject = ? ORDER BY v.version DESC LIMIT 1`,
    ),
    allById: db.query<Row, [string, number]>(
      `${SELECT} WHERE v.context = ? AND v.id = ? ORDER BY v.subject, v.version`,
    ),
    // The same schema has two ids where it was imported so; the later one is found.
    idByGuid: db.query<{ id: number }, [string, string]>(
      "SELECT id FROM schemas WHERE context = ? AND guid = ? ORDER BY number DESC LIMIT 1",
    ),
    under: db.query<Row, [string]>(`${SELECT} WHERE substr(v.name, 1, length(?1)) = ?1`),
    underIn: db.query<Row, [string, string]>(`${SELECT} WHERE substr(v.name, 1, length(?1)) = ?1 AND v.context = ?2`),
    has: db.query<object, { subject: string | null; context: string | null; deleted: number }>(
      `SELECT 1 FROM versions WHERE ($subject IS NULL OR subject = $subject)
        AND ($context IS NULL OR context = $context) AND deleted <= $deleted LIMIT 1`,
    ),
    count: db.query<{ count: number }, []>("SELECT count(*) AS count FROM versions"),
    addSchema: db.query<void, [string, number, string, string, string, string | null]>(
      "INSERT OR IGNORE INTO schemas (context, id, guid, text, refs, metadata) VALUES (?, ?, ?, ?, ?, ?)",
    ),
    addVersion: db.query<void, [string, number, string, string, number, string, number]>(
      "INSERT INTO versions (subject, version, context, name, id, shape, ts) VALUES (?, ?, ?, ?, ?, ?, ?)",
    ),
    addReferral: db.query<void, [string, number, string, number]>(
      "INSERT OR IGNORE INTO referrals (target, target_version, subject, version) VALUES (?, ?, ?, ?)",
    ),
    softDelete: db.query<void, [string, number]>("UPDATE versions SET deleted = 1 WHERE subject = ? AND version = ?"),
    removeVersion: db.query<{ id: number }, [string, number]>(
      "DELETE FROM versions WHERE subject = ? AND version = ? RETURNING id",
    ),
    removeSchema: db.query<void, [string, number]>(
      `DELETE FROM schemas WHERE context = ?1 AND id = ?2
        AND NOT EXISTS (SELECT 1 FROM versions WHERE context = ?1 AND id = ?2)`,
    ),
    removeReferrals: db.query<void, [string, number]>("DELETE FROM referrals WHERE subject = ? AND version = ?"),
    referrers: db.query<{ subject: string; id: number; deleted: number }, [string, number]>(
      `SELECT v.subject, v.id, v.deleted FROM referrals r
        JOIN versions v ON v.subject = r.subject AND v.version = r.version
        WHERE r.target = ? AND r.target_version = ? ORDER BY v.context, v.id`,
    ),
    lastId: db.query<{ id: number }, [string]>("SELECT id FROM last_ids WHERE context = ?"),
    raiseLastId: db.query<void, [string, number]>(
      "INSERT INTO last_ids (context, id) VALUES (?, ?) ON CONFLICT (context) DO UPDATE SET id = max(id, excluded.id)",
    ),
    contexts: db.query<{ name: string }, []>("SELECT name FROM contexts"),
    addContext: db.query<void, [string]>("INSERT OR IGNORE INTO contexts (name) VALUES (?)"),
    removeContext: db.query<void, [string]>("DELETE FROM contexts WHERE name = ?"),
    settings: db.query<{ json: string }, [string]>("SELECT json FROM settings WHERE subject = ?"),
    allSettings: db.query<{ subject: string; json: string }, []>("SELECT subject, json FROM settings"),
    setSettings: db.query<void, [string, string]>("INSERT OR REPLACE INTO settings (subject, json) VALUES (?, ?)"),
    removeSettings: db.query<void, [string]>("DELETE FROM settings WHERE subject = ?"),
    mode: db.query<{ mode: Mode }, [string]>("SELECT mode FROM modes WHERE subject = ?"),
    modes: db.query<{ subject: string }, []>("SELECT subject FROM modes"),
    setMode: db.query<void, [string, string]>("INSERT OR REPLACE INTO modes (subject, mode) VALUES (?, ?)"),
    removeMode: db.query<void, [string]>("DELETE FROM modes WHERE subject = ?"),
  };
}

function versionOf({ refs, metadata, deleted, ...row }: Row): Version {
  return {
    ...row,
    // Both were written by `add`.
    references: refs === "[]" ? [] : (JSON.parse(refs) as Reference[]),
    metadata: metadata === null ? undefined : (JSON.parse(metadata) as Metadata),
    deleted: deleted === 1,
  };
}
