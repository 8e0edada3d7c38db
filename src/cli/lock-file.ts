import { join } from "node:path";
import { type Catalog, LOCK_FILE, type Lock, LockError, lockText, parseLock } from "../catalog/index.ts";
import {
  differInIds,
  isOwnRegistry,
  type LockParts,
  lockOf,
  OWN_REGISTRIES,
  type Registry,
  RegistryError,
  type SchemasApplied,
} from "../registry/index.ts";
import { CommandFailed } from "./exit.ts";
import { writeWhole } from "./write-whole.ts";

/**
 * The lock of a folder of schemas; undefined where there is none.
 * @throws CommandFailed where it is there and is no lock.
 */
export async function readLock(dir: string): Promise<Lock | undefined> {
  const path = join(dir, LOCK_FILE);
  const file = Bun.file(path);
  if (!(await file.exists())) return undefined;
  try {
    return parseLock(await file.text(), path);
  } catch (error) {
    if (!(error instanceof LockError)) throw error;
    throw new CommandFailed(error.message, { cause: error });
  }
}

/** What became of the lock. */
export type LockWritten =
  | { readonly status: "written" | "unchanged" | "not asked for" }
  | { readonly status: "of another registry" | "of this machine" | "not writable"; readonly why: string };

export interface RelockOptions {
  /** False where the lock is to stay as it is, true where it is written even from a registry of this machine's own. */
  readonly lock: boolean | undefined;
  /** Takes this registry for the one that the lock is of, whatever ids it has. */
  readonly replace: boolean;
  readonly before: Lock | undefined;
}

/** Writes down what the registry has now, whole or not at all, and only where that is something else than before. */
export async function relock(
  registry: Registry,
  { catalog, applied }: { readonly catalog: Catalog; readonly applied: SchemasApplied },
  { lock, replace, before }: RelockOptions,
): Promise<LockWritten> {
  if (lock === false) return { status: "not asked for" };
  const path = join(catalog.dir, LOCK_FILE);
  const name = lock === true ? undefined : await registry.name();
  if (isOwnRegistry(name)) {
    const why = `${path} is not touched: it says what the registry has that all share, and this one serves this machine alone (${OWN_REGISTRIES[name]}); --lock writes it all the same`;
    return { status: "of this machine", why };
  }
  const pruned = applied.done.filter(({ kind }) => kind === "delete").map(({ subject }) => subject);
  const deleted = new Set([...pruned, ...applied.forgotten]);
  const now = await lockedNow(registry, catalog, { before: replace ? undefined : before, deleted });
  if (now === undefined) {
    return {
      status: "not writable",
      why: `${path} is not up to date: the registry went away; \`sluice apply\` writes it`,
    };
  }
  if (before !== undefined && !replace && differInIds(before, now)) {
    const why = `${path} stays as it is: it is of another registry, whose ids are others; --replace-lock writes it for this one`;
    return { status: "of another registry", why };
  }
  const missing = before === undefined || replace ? [] : missingIn(before, now, catalog);
  if (missing.length > 0) {
    const why = `${path} stays as it is: it has versions that this registry has not (${missing.join(", ")}), and so it is another one's, or they were deleted; --replace-lock writes it for this one`;
    return { status: "of another registry", why };
  }
  const text = lockText(now);
  if (before !== undefined && lockText(before) === text) return { status: "unchanged" };
  if (before === undefined && now.subjects.size === 0) return { status: "unchanged" };
  try {
    writeWhole(path, text);
    return { status: "written" };
  } catch (error) {
    // A container may apply what is mounted read-only: what it registered is registered.
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    return { status: "not writable", why: `${path} could not be written (${code}); --no-lock leaves it alone` };
  }
}

/** Subjects of the folder of which the registry lacks versions that were locked. What left the folder stays locked anyway. */
function missingIn(before: Lock, now: Lock, { topics, shared }: Catalog): readonly string[] {
  return [...shared, ...topics]
    .map(({ subject }) => subject)
    .filter((subject) => {
      const there = new Set(now.subjects.get(subject)?.versions.map(({ version }) => version));
      return before.subjects.get(subject)?.versions.some(({ version }) => !there.has(version)) ?? false;
    });
}

/** Undefined where the registry does not answer any more, which stopped the registration too. */
async function lockedNow(registry: Registry, catalog: Catalog, parts: LockParts): Promise<Lock | undefined> {
  try {
    return await lockOf(registry, catalog, parts);
  } catch (error) {
    if (error instanceof RegistryError) return undefined;
    throw error;
  }
}
