import { sameSchema } from "../../avro/index.ts";
import { type Candidate, candidateOf, type Wanted } from "./candidate.ts";
import { RegistryFault } from "./faults.ts";
import {
  carriesVersion,
  type Metadata,
  mergeMetadata,
  sameMetadata,
  versionIn,
  withoutVersion,
  withVersion,
} from "./metadata.ts";
import type { Reference, Settings, Version } from "./model.ts";
import { DEFAULT_CONTEXT, subjectOf, textOf, within } from "./names.ts";
import type { RegistryParts } from "./parts.ts";
import { settingsInScope } from "./scope.ts";
import type { Store } from "./store/index.ts";

interface LookupOptions {
  readonly normalize: boolean;
  /** Deleted versions are found too. */
  readonly deleted: boolean;
  readonly latestOnly?: boolean;
}

/**
 * Finds the version that holds a schema, in the subject or, for one that names no context, under its name in any.
 * Metadata that was not sent is taken to be that of the latest version. @throws RegistryFault
 */
export function lookUp(parts: RegistryParts, wanted: Wanted, options: LookupOptions): Version | undefined {
  const found = lookUpHere(parts, wanted, options);
  const { context, name } = subjectOf(wanted.subject);
  if (found !== undefined || context !== DEFAULT_CONTEXT) return found;
  for (const other of parts.store.contexts()) {
    const there = lookUpThere(parts, { ...wanted, subject: textOf({ context: other, name }) }, options);
    if (there !== undefined) return there;
  }
  return undefined;
}

function lookUpThere(parts: RegistryParts, wanted: Wanted, options: LookupOptions): Version | undefined {
  if (!parts.store.has({ subject: wanted.subject }, { deleted: true })) return undefined;
  try {
    return lookUpHere(parts, wanted, options);
  } catch (error) {
    // A context without what the schema refers to does not have the schema either.
    if (error instanceof RegistryFault && error.kind === "INVALID_SCHEMA") return undefined;
    throw error;
  }
}

function lookUpHere(parts: RegistryParts, wanted: Wanted, options: LookupOptions): Version | undefined {
  const found = findUnder(parts, wanted, options);
  if (found !== undefined) return found;
  const latest = parts.store.latest(wanted.subject);
  if (latest === undefined) return undefined;
  const settings = settingsInScope(parts.store, wanted.subject);
  const metadata = metadataFor(settings, wanted.metadata, { latest });
  return sameMetadata(metadata, wanted.metadata) ? undefined : findUnder(parts, { ...wanted, metadata }, options);
}

/** Finds a schema exactly as it was sent, in its subject alone. @throws RegistryFault */
export function findUnder(
  parts: RegistryParts,
  wanted: Wanted,
  { normalize, deleted, latestOnly = false }: LookupOptions,
): Version | undefined {
  const candidate = candidateOf(parts, wanted, { normalize, asNew: false });
  if (candidate === undefined) return undefined;
  const { store } = parts;
  const { subject } = candidate;
  if (latestOnly) {
    const latest = store.latest(subject);
    return latest !== undefined && isThe(parts, candidate, latest) ? latest : undefined;
  }
  const same = findSame(store, candidate, subject);
  if (same !== undefined && (deleted || !same.deleted)) return same;
  return alike(store, candidate).find((one) => (deleted || !one.deleted) && isThe(parts, candidate, one));
}

/** The versions of a schema's subject among which it is, if it is there at all; newest first. */
export function alike(store: Store, { subject, parsed }: Candidate): Version[] {
  return store.alike(subject, parsed.shape());
}

/** The newest version under a subject of the very same schema, deleted or not. */
export function findSame(store: Store, { guid }: Candidate, subject: string): Version | undefined {
  const { context } = subjectOf(subject);
  const id = store.idByGuid(context, guid);
  return id === undefined ? undefined : store.versionById(context, id, subject);
}

/** Whether a version holds the schema, however it is written and however its references are given. */
export function isThe({ store, parser }: RegistryParts, candidate: Candidate, version: Version): boolean {
  const writtenOut = candidate.references.length === 0 && version.references.length > 0;
  if (!writtenOut && !sameReferences(store, candidate, version)) return false;
  if (!sameBesidesVersion(candidate.metadata, version)) return false;
  return sameSchema(candidate.parsed.schema, parser.stored(version).schema);
}

function sameReferences(store: Store, one: Candidate, other: Version): boolean {
  const written = ({ subject, references }: { readonly subject: string; readonly references: readonly Reference[] }) =>
    JSON.stringify(
      references.map((reference) => [reference.name, reference.subject, versionOf(store, subject, reference)]),
    );
  return written(one) === written(other);
}

function versionOf(store: Store, subject: string, reference: Reference): number | undefined {
  if (reference.version !== -1) return reference.version;
  return store.latest(within(subjectOf(subject).context, reference.subject))?.version;
}

/** A version that only one of the two carries in its metadata makes no difference, unless it is another one's. */
function sameBesidesVersion(metadata: Metadata | undefined, version: Version): boolean {
  const sent = versionIn(metadata);
  const stored = versionIn(version.metadata);
  if ((sent === undefined) === (stored === undefined)) return sameMetadata(metadata, version.metadata);
  if (sent !== undefined && sent !== version.version) return false;
  return sameMetadata(withoutVersion(metadata ?? {}), withoutVersion(version.metadata ?? {}));
}

/**
 * The metadata that a schema gets: what was sent, or else the latest version's, between what is set as default and what
 * is set to override. `version` is put in where it is asked for, or where there is another.
 */
export function metadataFor(
  { defaultMetadata, overrideMetadata }: Settings,
  sent: Metadata | undefined,
  { latest, version, explicit = false }: { latest?: Version | undefined; version?: number; explicit?: boolean },
): Metadata | undefined {
  const own = sent ?? latest?.metadata;
  const merged = mergeMetadata(mergeMetadata(defaultMetadata, own), overrideMetadata);
  if (version === undefined || !(explicit || carriesVersion(merged))) return merged;
  return withVersion(merged, version);
}
