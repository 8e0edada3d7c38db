import type { CompatibilityLevel } from "../avro/index.ts";
import type { Lock, LockedSubject } from "../catalog/index.ts";
import { mapBounded } from "./bounded.ts";
import { type Facts, versionIn } from "./facts.ts";
import type { Registry } from "./model.ts";
import { isOwnRegistry } from "./own.ts";
import type { RegisterStep } from "./steps.ts";

/** Something that was done to the registry, and not from this folder. */
export type Drift = {
  readonly subject: string;
  readonly file: string;
} & (
  | { readonly kind: "unknown version"; readonly version: number }
  | { readonly kind: "missing version"; readonly version: number; readonly id: number }
  | { readonly kind: "other id"; readonly version: number; readonly id: number; readonly lockedId: number }
  | {
      readonly kind: "level";
      readonly level: CompatibilityLevel | undefined;
      readonly lockedLevel: CompatibilityLevel;
    }
);

/**
 * How the lock stands to the registry. `stale`: the folder's schemas are registered, and the lock lacks them.
 * `of another registry`: every version that both have has another id there. `nothing in common`: the registry has none of
 * its versions. `of this machine`: the registry is one that no lock is of.
 */
export type LockState =
  | "missing"
  | "current"
  | "stale"
  | "of another registry"
  | "nothing in common"
  | "of this machine";

export interface Compared {
  readonly drift: readonly Drift[];
  readonly lock: LockState;
  /** Subjects that the lock lacks something of. */
  readonly stale: readonly string[];
}

/** Compares what the registry has with what the lock says that it had, and with what the folder has. */
export async function compareWithLock(
  registry: Registry,
  facts: readonly Facts[],
  {
    lock,
    steps,
    name,
  }: { readonly lock: Lock | undefined; readonly steps: readonly RegisterStep[]; readonly name: string | undefined },
): Promise<Compared> {
  if (isOwnRegistry(name)) return { drift: [], lock: "of this machine", stale: [] };
  if (lock === undefined) return { drift: [], lock: "missing", stale: [] };
  const own = new Map(steps.map((step) => [step.subject, step]));
  const compared = await mapBounded(facts, async (one) => {
    const locked = lock.subjects.get(one.entry.subject);
    return { one, locked, ids: await idsOf(registry, one, locked) };
  });
  const both = compared.flatMap(({ ids }) => ids ?? []);
  if (both.length > 0 && both.every(({ id, lockedId }) => id !== lockedId)) {
    return { drift: [], lock: "of another registry", stale: [] };
  }
  // A new registry, or an emptied one: that somebody deleted each version by itself would be a guess.
  if (both.length === 0 && compared.some(({ locked }) => locked !== undefined)) {
    return { drift: [], lock: "nothing in common", stale: [] };
  }
  const drift = compared.flatMap(({ one, locked, ids }) =>
    driftOf(one, { locked, ids, step: own.get(one.entry.subject) }),
  );
  const stale = compared
    .filter(({ one, locked }) => isStale(one, locked, own.get(one.entry.subject)))
    .map(({ one }) => one.entry.subject);
  return { drift, lock: stale.length > 0 ? "stale" : "current", stale };
}

interface Ids {
  readonly version: number;
  readonly id: number;
  readonly lockedId: number;
}

/** The ids of the highest version that both have. */
async function idsOf(registry: Registry, facts: Facts, locked: LockedSubject | undefined): Promise<Ids | undefined> {
  const common = locked?.versions.findLast(({ version }) => facts.versions.includes(version));
  if (common === undefined) return undefined;
  const { version, id: lockedId } = common;
  const there =
    facts.latest?.version === version ? facts.latest : await versionIn(registry, facts.entry.subject, version);
  return there && { version, id: there.id, lockedId };
}

function driftOf(
  { entry: { subject, file }, versions, own }: Facts,
  { locked, ids, step }: { locked: LockedSubject | undefined; ids: Ids | undefined; step: RegisterStep | undefined },
): readonly Drift[] {
  if (locked === undefined) return [];
  const known = new Set(locked.versions.map(({ version }) => version));
  const unknown = versions.filter((version) => !known.has(version) && version !== step?.version);
  const missing = locked.versions.filter(({ version }) => !versions.includes(version));
  const { level: lockedLevel } = locked;
  return [
    ...unknown.map((version) => ({ kind: "unknown version", subject, file, version }) as const),
    ...missing.map(({ version, id }) => ({ kind: "missing version", subject, file, version, id }) as const),
    ...(ids !== undefined && ids.id !== ids.lockedId ? [{ kind: "other id", subject, file, ...ids } as const] : []),
    ...(lockedLevel !== undefined && own !== lockedLevel
      ? [{ kind: "level", subject, file, level: own, lockedLevel } as const]
      : []),
  ];
}

/** The folder's own schema is registered, and the lock does not say so. */
function isStale({ versions }: Facts, locked: LockedSubject | undefined, step: RegisterStep | undefined): boolean {
  if (versions.length === 0 || step?.version === undefined) return false;
  return locked?.versions.every(({ version }) => version !== step.version) ?? true;
}

/** Drift as one sentence. */
export function driftText(drift: Drift): string {
  switch (drift.kind) {
    case "unknown version":
      return `version ${drift.version} is in the registry, and neither the folder nor the lock knows it`;
    case "missing version":
      return `version ${drift.version} (id ${drift.id}) is in the lock, and was deleted from the registry`;
    case "other id":
      return `version ${drift.version} has id ${drift.id} in the registry, and ${drift.lockedId} in the lock`;
    case "level":
      return `the level is ${drift.level ?? "the registry's own"} in the registry, and ${drift.lockedLevel} in the lock`;
  }
}
