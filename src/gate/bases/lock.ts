import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseSchema, type Schema } from "../../avro/index.ts";
import { LOCK_BYTES_MAX, LOCK_FILE, type Lock, LockError, type LockedVersion, parseLock } from "../../catalog/index.ts";
import type { Base, EarlierVersion, SubjectHistory } from "../model.ts";
import { BaseError } from "./error.ts";

/** What `schemas.lock.json` says is registered: every version of every subject, without asking anybody. */
export function lockBase({ dir }: { readonly dir: string }): Base {
  const file = join(dir, LOCK_FILE);
  return baseOfLock(lockIn(file));
}

/** A lock as a base. Schemas are parsed when they are asked for. */
function baseOfLock(lock: Lock): Base {
  const parse = createParser(lock);
  const subjects = new Map<string, SubjectHistory>();
  for (const [subject, { level, versions }] of lock.subjects) {
    const earlier = versions.map((one) => earlierVersion(one, () => parse(subject, one)));
    subjects.set(subject, { subject, versions: earlier, ...(level && { level }) });
  }
  return { name: "lock", subjects, note: "" };
}

function lockIn(file: string): Lock {
  const there = statSync(file, { throwIfNoEntry: false });
  if (there === undefined) {
    throw new BaseError(
      `there is no ${file} to compare with`,
      "`sluice apply` writes it when it registers the schemas.",
    );
  }
  if (there.size > LOCK_BYTES_MAX) {
    throw new BaseError(`${file} has ${there.size} bytes; the limit is ${LOCK_BYTES_MAX}`, "");
  }
  try {
    return parseLock(readFileSync(file, "utf8"), file);
  } catch (error) {
    if (!(error instanceof LockError)) throw error;
    throw new BaseError(`the lock is not usable:\n${indented(error.message)}`, "", { cause: error });
  }
}

function earlierVersion({ version, id, text }: LockedVersion, schema: () => Schema): EarlierVersion {
  return { label: `version ${version}`, version, id, text, schema };
}

/** Parses each version once, with what its references name. */
function createParser({ subjects }: Lock): (subject: string, version: LockedVersion) => Schema {
  const parsed = new Map<LockedVersion, Schema>();
  const underWay = new Set<LockedVersion>();

  function parse(subject: string, locked: LockedVersion): Schema {
    const known = parsed.get(locked);
    if (known !== undefined) return known;
    if (underWay.has(locked))
      throw new BaseError(`the lock's ${subject} version ${locked.version} refers to itself`, "");
    underWay.add(locked);
    const schema = parseSchema(JSON.parse(locked.text), named(locked));
    parsed.set(locked, schema);
    return schema;
  }

  /** The types that its references define; parseLock has made sure that they are there. */
  function named({ references }: LockedVersion): Schema[] {
    return references.flatMap((reference) => {
      const found = subjects.get(reference.subject)?.versions.find(({ version }) => version === reference.version);
      return found === undefined ? [] : [parse(reference.subject, found)];
    });
  }

  return parse;
}

const indented = (text: string): string => text.replaceAll(/^/gm, "  ");
