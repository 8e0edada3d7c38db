import {
  type Catalog,
  type Lock,
  type LockedReference,
  type LockedSubject,
  type LockedVersion,
  lockFingerprint,
} from "../catalog/index.ts";
import { mapBounded } from "./bounded.ts";
import { entriesOf } from "./entries.ts";
import { versionIn } from "./facts.ts";
import type { Registry } from "./model.ts";

export interface LockParts {
  /** What it says so far: it keeps subjects that have left the folder, whose data is still stored. */
  readonly before: Lock | undefined;
  /** Subjects that were deleted from the registry on purpose. */
  readonly deleted: ReadonlySet<string>;
}

/**
 * What the registry has of a catalog's subjects: every version with its id, and the level. What they refer to outside
 * the catalog is there too, without a level: it is not ours to change.
 */
export async function lockOf(registry: Registry, catalog: Catalog, { before, deleted }: LockParts): Promise<Lock> {
  const names = entriesOf(catalog).map(({ subject }) => subject);
  const inFolder = new Set(names);
  const asked = await mapBounded(names, async (subject) => {
    const [versions, level] = await Promise.all([
      lockedVersions(registry, subject, before?.subjects.get(subject)),
      registry.level(subject),
    ]);
    return [subject, { ...(level !== undefined && { level }), versions }] as const;
  });
  const kept = [...(before?.subjects ?? [])].filter(([subject]) => !inFolder.has(subject) && !deleted.has(subject));
  const subjects = new Map<string, LockedSubject>([
    ...kept,
    ...asked.filter(([, { versions }]) => versions.length > 0),
  ]);
  await addReferenced(registry, subjects);
  return { subjects: neededOf(subjects, inFolder) };
}

/** Whether two locks are of registries that give the same version different ids. */
export function differInIds(one: Lock, other: Lock): boolean {
  return [...one.subjects].some(([subject, { versions }]) => {
    const there = other.subjects.get(subject)?.versions ?? [];
    return versions.some(({ version, id }) => there.some((found) => found.version === version && found.id !== id));
  });
}

/** A version never changes, so that what is locked need not be read again, where it is of the same registry. */
async function lockedVersions(
  registry: Registry,
  subject: string,
  locked: LockedSubject | undefined,
): Promise<readonly LockedVersion[]> {
  const numbers = await registry.versions(subject);
  const known = new Map((locked?.versions ?? []).map((one) => [one.version, one]));
  const highest = locked?.versions.findLast(({ version }) => numbers.includes(version));
  const isSame =
    highest !== undefined && (await versionOf(registry, subject, highest.version, numbers))?.id === highest.id;
  const versions = await mapBounded(
    numbers,
    async (version) => (isSame ? known.get(version) : undefined) ?? versionOf(registry, subject, version, numbers),
  );
  return versions.filter((one) => one !== undefined);
}

async function versionOf(
  registry: Registry,
  subject: string,
  version: number,
  numbers: readonly number[],
): Promise<LockedVersion | undefined> {
  // What was planned, or registered, a moment ago is remembered as the latest.
  const latest = version === numbers.at(-1) ? await versionIn(registry, subject, "latest") : undefined;
  const found = latest?.version === version ? latest : await versionIn(registry, subject, version);
  if (found === undefined) return undefined;
  const { id, text, references } = found;
  return { version, id, fingerprint: lockFingerprint(text), text, references: references.map(referenceOf) };
}

const referenceOf = ({ name, subject, version }: LockedReference): LockedReference => ({ name, subject, version });

/** Brings in what is referred to and is not there, such as a type of another team's, with all that it refers to. */
async function addReferenced(registry: Registry, subjects: Map<string, LockedSubject>): Promise<void> {
  for (let missing = missingIn(subjects); missing.length > 0; missing = missingIn(subjects)) {
    const found = await mapBounded(missing, async ({ subject, version }) => ({
      subject,
      version: await versionOf(registry, subject, version, []),
    }));
    let grown = false;
    for (const { subject, version } of found) {
      if (version === undefined) continue;
      const { versions = [], ...rest } = subjects.get(subject) ?? {};
      subjects.set(subject, { ...rest, versions: [...versions, version].sort((a, b) => a.version - b.version) });
      grown = true;
    }
    if (!grown) break;
  }
  // What refers to nothing could be read by nobody.
  for (let missing = missingIn(subjects); missing.length > 0; missing = missingIn(subjects)) {
    const gone = new Set(missing.map(keyOf));
    for (const [subject, { versions, ...rest }] of subjects) {
      const left = versions.filter(({ references }) => !references.some((one) => gone.has(keyOf(one))));
      if (left.length > 0) subjects.set(subject, { ...rest, versions: left });
      else subjects.delete(subject);
    }
  }
}

/** What is in nobody's way: what was brought in for others goes with them. */
function neededOf(
  subjects: ReadonlyMap<string, LockedSubject>,
  inFolder: ReadonlySet<string>,
): ReadonlyMap<string, LockedSubject> {
  const needed = new Set(
    [...subjects].filter(([name, { level }]) => level !== undefined || inFolder.has(name)).map(([name]) => name),
  );
  // A Set grows while it is gone through.
  for (const name of needed) {
    for (const { references } of subjects.get(name)?.versions ?? []) {
      for (const { subject } of references) needed.add(subject);
    }
  }
  return new Map([...subjects].filter(([name]) => needed.has(name)));
}

function missingIn(subjects: ReadonlyMap<string, LockedSubject>): readonly LockedReference[] {
  const missing = new Map<string, LockedReference>();
  for (const { versions } of subjects.values()) {
    for (const reference of versions.flatMap(({ references }) => references)) {
      const there = subjects.get(reference.subject)?.versions.some(({ version }) => version === reference.version);
      if (!there) missing.set(keyOf(reference), reference);
    }
  }
  return [...missing.values()];
}

const keyOf = ({ subject, version }: LockedReference): string => `${version} ${subject}`;
