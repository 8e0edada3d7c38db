import type { Lock, LockedSubject } from "../catalog/index.ts";
import { mapBounded } from "./bounded.ts";
import type { Registry } from "./model.ts";
import type { RemovedSubject } from "./steps.ts";

/**
 * Subjects that were registered from the folder and are not in it any more: those that the lock has with a level, which
 * it has of what was registered from here alone. In an order in which they can be deleted: whoever refers comes first.
 */
export async function removedSubjects(
  registry: Registry,
  lock: Lock | undefined,
  inFolder: ReadonlySet<string>,
): Promise<{
  readonly removed: readonly RemovedSubject[];
  /** Those that the registry does not have any more either: only the lock remembers them. */
  readonly forgotten: readonly string[];
}> {
  const gone = new Map(
    [...(lock?.subjects ?? [])].filter(([subject, { level }]) => level !== undefined && !inFolder.has(subject)),
  );
  const there = await mapBounded([...gone], async ([subject, locked]) => {
    const versions = await registry.versions(subject);
    const ids = await mapBounded(versions, (version) => registry.referrers(subject, version));
    return { subject, locked, versions, referrers: new Set(ids.flat()) };
  });
  const forgotten = there.filter(({ versions }) => versions.length === 0).map(({ subject }) => subject);
  const left = there.filter(({ versions }) => versions.length > 0);
  const goingIds = new Set(left.flatMap(({ locked }) => locked.versions.map(({ id }) => id)));
  const removed = left.map(({ subject, versions, referrers }) => ({
    subject,
    versions,
    keptBy: [...referrers].filter((id) => !goingIds.has(id)).map((id) => nameOf(id, lock)),
  }));
  return { removed: inOrder(keptToo(removed, gone), gone), forgotten };
}

/** The schema of an id, in words. */
function nameOf(id: number, lock: Lock | undefined): string {
  for (const [subject, { versions }] of lock?.subjects ?? []) {
    const found = versions.find((one) => one.id === id);
    if (found !== undefined) return `${subject} version ${found.version}`;
  }
  return `the schema of id ${id}`;
}

/** What somebody refers to who is kept is kept as well. */
function keptToo(
  removed: readonly RemovedSubject[],
  locked: ReadonlyMap<string, LockedSubject>,
): readonly RemovedSubject[] {
  const kept = removed.filter(({ keptBy }) => keptBy.length > 0).map(({ subject }) => subject);
  const next = removed.map((one) => {
    const by = kept.filter((subject) => subject !== one.subject && refers(locked.get(subject), one.subject));
    return one.keptBy.length > 0 || by.length === 0 ? one : { ...one, keptBy: by };
  });
  const grown = next.filter(({ keptBy }) => keptBy.length > 0).length > kept.length;
  return grown ? keptToo(next, locked) : next;
}

function inOrder(
  removed: readonly RemovedSubject[],
  locked: ReadonlyMap<string, LockedSubject>,
): readonly RemovedSubject[] {
  const order: RemovedSubject[] = [];
  const seen = new Set<string>();
  const visit = (one: RemovedSubject): void => {
    if (seen.has(one.subject)) return;
    seen.add(one.subject);
    for (const other of removed) if (refers(locked.get(other.subject), one.subject)) visit(other);
    order.push(one);
  };
  for (const one of removed) visit(one);
  return order;
}

function refers(from: LockedSubject | undefined, to: string): boolean {
  return from?.versions.some(({ references }) => references.some(({ subject }) => subject === to)) ?? false;
}
