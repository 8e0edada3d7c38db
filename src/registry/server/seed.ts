import type { Lock, LockedReference, LockedVersion } from "../../catalog/index.ts";
import { candidateOf } from "./candidate.ts";
import { RegistryFault } from "./faults.ts";
import { NUMBER_MAX } from "./model.ts";
import { DEFAULT_CONTEXT } from "./names.ts";
import type { RegistryParts } from "./parts.ts";

/** What became of a lock. */
export interface Seeded {
  /** Versions that were brought in. */
  readonly added: number;
  /** Why nothing was brought in: what is there says otherwise, and wins. */
  readonly conflict?: string;
}

/**
 * Brings in what a lock has and the registry has not, under the same numbers and ids: all of it, or nothing where one
 * version or one id means another schema here. New schemas get ids above all of these.
 */
export function seedFrom(parts: RegistryParts, lock: Lock): Seeded {
  try {
    return parts.store.change(() => seed(parts, lock));
  } catch (error) {
    if (error instanceof Conflict) return { added: 0, conflict: error.message };
    throw error;
  }
}

/** Ends a seeding; the store takes back what it wrote. */
class Conflict extends Error {}

function seed(parts: RegistryParts, lock: Lock): Seeded {
  const { store } = parts;
  let added = 0;
  for (const { subject, one } of inOrder(lock)) if (addVersion(parts, subject, one)) added++;
  if (added === 0) return { added };
  for (const [subject, { level, versions }] of lock.subjects) {
    const settings = store.settings(subject);
    if (level === undefined || versions.length === 0 || settings?.compatibilityLevel !== undefined) continue;
    store.setSettings(subject, { ...settings, compatibilityLevel: level });
  }
  return { added };
}

/** Whether it was not there. @throws Conflict */
function addVersion(parts: RegistryParts, subject: string, { version, id, text, references }: LockedVersion): boolean {
  const { store, now } = parts;
  const candidate = asStored(parts, { subject, text, references, metadata: undefined });
  const there = store.version(subject, version);
  const name = `${subject} version ${version}`;
  if (there !== undefined) {
    if (there.id === id && there.guid === candidate.guid) return false;
    throw new Conflict(
      `${name} is ${there.id === id ? "another schema" : `id ${there.id}`} here, and id ${id} in the lock`,
    );
  }
  if (version < store.lastVersion(subject)) throw new Conflict(`${name} is not here, and a later one is`);
  const holder = store.versionById(DEFAULT_CONTEXT, id);
  if (holder !== undefined && holder.guid !== candidate.guid) {
    throw new Conflict(`id ${id} is ${holder.subject} version ${holder.version} here, and ${name} in the lock`);
  }
  if (id > NUMBER_MAX || version > NUMBER_MAX) throw new Conflict(`${name}, id ${id}: no registry counts that far`);
  const { guid, parsed } = candidate;
  const stored = { text: candidate.text, references: candidate.references, metadata: undefined };
  store.add({ subject, version, id, guid, ...stored, ts: now(), shape: parsed.shape() });
  return true;
}

function asStored(parts: RegistryParts, wanted: Parameters<typeof candidateOf>[1]) {
  try {
    const candidate = candidateOf(parts, wanted, { normalize: false, asNew: false });
    if (candidate !== undefined) return candidate;
  } catch (error) {
    if (!(error instanceof RegistryFault)) throw error;
    throw new Conflict(`${wanted.subject}: ${error.message}`);
  }
  throw new Conflict(`${wanted.subject}: the schema is empty`);
}

/** Every version after those that it refers to, and after the earlier ones of its subject. */
function inOrder({ subjects }: Lock): { readonly subject: string; readonly one: LockedVersion }[] {
  const order: { subject: string; one: LockedVersion }[] = [];
  const visited = new Set<string>();
  const visit = ({ subject, version }: Pick<LockedReference, "subject" | "version">): void => {
    const key = `${version} ${subject}`;
    if (visited.has(key)) return;
    visited.add(key);
    for (const one of subjects.get(subject)?.versions ?? []) {
      if (one.version < version) visit({ subject, version: one.version });
      if (one.version !== version) continue;
      for (const reference of one.references) visit(reference);
      order.push({ subject, one });
    }
  };
  for (const [subject, { versions }] of subjects) for (const { version } of versions) visit({ subject, version });
  return order;
}
