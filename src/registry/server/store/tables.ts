/** The form of the file. A file of a later form is refused. */
export const FORM = 1;

/**
 * A schema is stored once for each id and context; a version says which one it is. `referrals` are the references of each
 * version with their subjects written out, so that whoever is referred to can be found.
 */
export const TABLES = `
  CREATE TABLE IF NOT EXISTS schemas (
    number INTEGER PRIMARY KEY,
    context TEXT NOT NULL,
    id INTEGER NOT NULL,
    guid TEXT NOT NULL,
    text TEXT NOT NULL,
    refs TEXT NOT NULL,
    metadata TEXT,
    UNIQUE (context, id)
  );
  CREATE INDEX IF NOT EXISTS schemas_by_guid ON schemas (context, guid);
  CREATE TABLE IF NOT EXISTS versions (
    subject TEXT NOT NULL,
    version INTEGER NOT NULL,
    context TEXT NOT NULL,
    name TEXT NOT NULL,
    id INTEGER NOT NULL,
    shape TEXT NOT NULL,
    ts INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (subject, version)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS versions_by_id ON versions (context, id);
  CREATE INDEX IF NOT EXISTS versions_by_shape ON versions (subject, shape);
  CREATE TABLE IF NOT EXISTS referrals (
    target TEXT NOT NULL,
    target_version INTEGER NOT NULL,
    subject TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (target, target_version, subject, version)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS referrals_by_source ON referrals (subject, version);
  CREATE TABLE IF NOT EXISTS last_ids (context TEXT PRIMARY KEY, id INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS contexts (name TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS settings (subject TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS modes (subject TEXT PRIMARY KEY, mode TEXT NOT NULL) WITHOUT ROWID;
`;
