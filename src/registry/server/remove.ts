import { RegistryFault } from "./faults.ts";
import type { Version } from "./model.ts";
import type { RegistryParts } from "./parts.ts";
import { placeOf } from "./register.ts";
import { modeInScope } from "./scope.ts";
import type { Store } from "./store/index.ts";

interface RemoveOptions {
  /** What was deleted before is deleted for good, as if it had never been. */
  readonly permanent: boolean;
}

/** Deletes all versions of a subject, and answers which. @throws RegistryFault */
export function removeSubject({ store }: RegistryParts, subject: string, { permanent }: RemoveOptions): number[] {
  return store.change(() => {
    if (!store.has({ subject }, { deleted: true })) throw subjectNotFound(subject);
    if (!permanent && !store.has({ subject }, { deleted: false })) {
      throw new RegistryFault(
        "SUBJECT_SOFT_DELETED",
        `Subject '${subject}' was soft deleted.Set permanent=true to delete permanently`,
      );
    }
    assertWritable(store, subject);
    const versions = store
      .versions(subject)
      .toReversed()
      .filter(({ deleted }) => permanent || !deleted);
    for (const one of versions) {
      assertUnreferenced(store, one, { permanent, besides: subject });
      if (permanent && !one.deleted) {
        throw new RegistryFault(
          "SUBJECT_NOT_SOFT_DELETED",
          `Subject '${subject}' was not deleted first before being permanently deleted`,
        );
      }
    }
    for (const { version } of versions) {
      if (permanent) store.remove(subject, version);
      else store.softDelete(subject, version);
    }
    if (permanent) forget(store, subject);
    return versions.map(({ version }) => version);
  });
}

/** Deletes one version, and answers its number. @throws RegistryFault */
export function removeVersion(
  { store }: RegistryParts,
  subject: string,
  { version, permanent }: RemoveOptions & { readonly version: number },
): number {
  return store.change(() => {
    const found = version === -1 ? store.latest(subject) : store.version(subject, version);
    if (found === undefined) throw versionNotFound(store, subject, version);
    if (found.deleted && !permanent) {
      throw new RegistryFault(
        "VERSION_SOFT_DELETED",
        `Subject '${subject}' Version ${version} was soft deleted.Set permanent=true to delete permanently`,
      );
    }
    assertWritable(store, subject);
    assertUnreferenced(store, found, { permanent });
    if (!permanent) store.softDelete(subject, found.version);
    else removeForGood(store, found);
    return found.version;
  });
}

function removeForGood(store: Store, { subject, version, deleted }: Version): void {
  if (!deleted) {
    throw new RegistryFault(
      "VERSION_NOT_SOFT_DELETED",
      `Subject '${subject}' Version ${version} was not deleted first before being permanently deleted`,
    );
  }
  store.remove(subject, version);
  if (!store.has({ subject }, { deleted: true })) forget(store, subject);
}

/** What was set for a subject goes with its last version. */
function forget(store: Store, subject: string): void {
  store.setSettings(subject, undefined);
  store.setMode(subject, undefined);
}

/** Nothing of the subject may change. @throws RegistryFault */
export function assertWritable(store: Store, subject: string): void {
  const mode = modeInScope(store, subject);
  if (mode === "READONLY" || mode === "READONLY_OVERRIDE") {
    throw new RegistryFault("NOT_PERMITTED", `${placeOf(subject)} is in read-only mode`);
  }
}

/** @throws RegistryFault where others refer to a version; deleted ones count where it goes for good. */
export function assertUnreferenced(
  store: Store,
  { subject, version }: Version,
  { permanent, besides }: { readonly permanent: boolean; readonly besides?: string },
): void {
  const referrers = store.referrers(subject, version).filter((one) => permanent || !one.deleted);
  if (referrers.every((one) => one.subject === besides)) return;
  throw new RegistryFault(
    "REFERENCED",
    `One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=${subject},version=${version}}.`,
  );
}

export function subjectNotFound(subject: string): RegistryFault {
  return new RegistryFault("SUBJECT_NOT_FOUND", `Subject '${subject}' not found.`);
}

/** Says whether it is the version that is missing, or the subject. */
export function versionNotFound(
  store: Store,
  subject: string,
  version: number,
  { deleted = true }: { readonly deleted?: boolean } = {},
): RegistryFault {
  if (!store.has({ subject }, { deleted })) return subjectNotFound(subject);
  return new RegistryFault("VERSION_NOT_FOUND", `Version ${version} not found.`);
}
