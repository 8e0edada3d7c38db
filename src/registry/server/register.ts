import { type Candidate, candidateOf, type Wanted } from "./candidate.ts";
import { conflictsWith } from "./compatibility.ts";
import { RegistryFault } from "./faults.ts";
import { alike, findSame, findUnder, isThe, metadataFor } from "./lookup.ts";
import { type Mode, NUMBER_MAX, type Version } from "./model.ts";
import { subjectOf } from "./names.ts";
import type { RegistryParts } from "./parts.ts";
import { type LevelledSettings, modeInScope, settingsInScope } from "./scope.ts";

/** What is asked to be registered. */
export interface Registration extends Wanted {
  /** Undefined: the next one, whichever it is. -1: the latest, if it is this schema, else the next one. */
  readonly version: number | undefined;
  /** Only where schemas are imported. */
  readonly id: number | undefined;
}

/**
 * Registers a schema, or finds it where it is registered already. All of it happens at once: of registrations of one
 * schema that overlap, one stores it and the others find it. @throws RegistryFault
 */
export function register(
  parts: RegistryParts,
  wanted: Registration,
  { normalize, force = false }: { readonly normalize: boolean; readonly force?: boolean },
): Version {
  return parts.store.change(() => {
    const settings = settingsInScope(parts.store, wanted.subject);
    const known = findRegistered(parts, wanted, { settings, normalize });
    if (known !== undefined) return known;
    const mode = modeInScope(parts.store, wanted.subject);
    assertMode(wanted, mode);
    return registerNew(parts, wanted, {
      settings,
      normalize,
      force,
      importing: mode === "IMPORT" || mode === "FORWARD",
    });
  });
}

interface Scope {
  readonly settings: LevelledSettings;
  readonly normalize: boolean;
}

/** What is there already is answered in every mode, and is not checked again. */
function findRegistered(
  parts: RegistryParts,
  wanted: Registration,
  { settings, normalize }: Scope,
): Version | undefined {
  // With these the schema is not yet known as it would be stored.
  if (settings.defaultMetadata !== undefined || settings.overrideMetadata !== undefined) return undefined;
  const { subject, id, version } = wanted;
  const found = findUnder(parts, wanted, { normalize, deleted: false, latestOnly: version === -1 });
  if (found === undefined) return undefined;
  if (version === undefined || version === -1) return id === undefined || id === found.id ? found : undefined;
  if (found.id !== id) return undefined;
  if (found.version === version) return found;
  // The same schema may have been imported as several versions.
  const asked = parts.store.version(subject, version);
  return asked !== undefined && !asked.deleted && asked.guid === found.guid ? asked : undefined;
}

function assertMode({ subject, id }: Registration, mode: Mode): void {
  const refused = modeRefusal(mode, id);
  if (refused === undefined) return;
  throw new RegistryFault("NOT_PERMITTED", `${placeOf(subject)} is ${refused} mode`);
}

function modeRefusal(mode: Mode, id: number | undefined): string | undefined {
  if (mode === "READONLY" || mode === "READONLY_OVERRIDE") return "in read-only";
  if (id !== undefined) return mode === "IMPORT" || mode === "FORWARD" ? undefined : "not in import";
  return mode === "READWRITE" ? undefined : "not in read-write";
}

/** A subject as Confluent's messages about modes name it. */
export function placeOf(subject: string): string {
  const { context } = subjectOf(subject);
  return `Subject ${subject} in context ${context === "." ? "" : `:${context}:`}`;
}

function registerNew(
  parts: RegistryParts,
  wanted: Registration,
  { settings, normalize, force, importing }: Scope & { readonly force: boolean; readonly importing: boolean },
): Version {
  const { store } = parts;
  const { subject } = wanted;
  const latest = store.latest(subject);
  const next = store.lastVersion(subject) + 1;
  const explicit = wanted.version !== undefined;
  const filled = importing ? wanted : filledFrom(wanted, latest);
  const metadata = importing
    ? wanted.metadata
    : metadataFor(settings, wanted.metadata, { latest, version: next, explicit });
  const asNew = wanted.id === undefined && settings.validateNewSchemas !== false;
  const candidate = candidateOf(parts, { ...filled, metadata }, { normalize, asNew });
  if (candidate === undefined) throw new RegistryFault("INVALID_SCHEMA", "Empty schema");

  const same = idOf(parts, candidate, wanted.id);
  if (!explicit) {
    const found = findLive(parts, candidate, same ?? wanted.id);
    if (found !== undefined) return found;
  }
  if (!importing && !force) assertCompatible(parts, candidate, { latest, settings });
  const version = wanted.version !== undefined && wanted.version > 0 ? wanted.version : next;
  if (version !== next && !importing) {
    throw new RegistryFault("INVALID_SCHEMA", "Version is not one more than previous version");
  }
  assertRoom(parts, candidate);
  return add(parts, candidate, { version, id: same ?? wanted.id });
}

/** Where no schema is sent, the latest version's is meant. */
function filledFrom(wanted: Wanted, latest: Version | undefined): Wanted {
  if (wanted.text.trim() !== "" || latest === undefined) return wanted;
  return { ...wanted, text: latest.text, references: latest.references };
}

/** The id under which this context has the schema, unless another one is asked for. */
function idOf({ store }: RegistryParts, { subject, guid }: Candidate, asked: number | undefined): number | undefined {
  const id = store.idByGuid(subjectOf(subject).context, guid);
  return asked === undefined || asked === id ? id : undefined;
}

/** A version that holds the schema, now that its metadata is complete. */
function findLive(parts: RegistryParts, candidate: Candidate, id: number | undefined): Version | undefined {
  const same = findSame(parts.store, candidate, candidate.subject);
  if (same !== undefined && !same.deleted && same.id === id) return same;
  return alike(parts.store, candidate).find(
    (one) => !one.deleted && (id === undefined || id === one.id) && isThe(parts, candidate, one),
  );
}

function assertCompatible(
  parts: RegistryParts,
  candidate: Candidate,
  { latest, settings }: { readonly latest: Version | undefined; readonly settings: LevelledSettings },
): void {
  const { subject } = candidate;
  const all = () => parts.store.versions(subject).filter(({ deleted }) => !deleted);
  const messages = conflictsWith(parts, candidate, { versions: { latest, all }, settings });
  if (messages.length === 0) return;
  throw new RegistryFault(
    "INCOMPATIBLE",
    `Schema being registered is incompatible with an earlier schema for subject "${subject}", details: [${messages.join(", ")}]`,
  );
}

function assertRoom({ store, limits }: RegistryParts, { text, references, metadata }: Candidate): void {
  const bytes = Buffer.byteLength(text) + Buffer.byteLength(JSON.stringify({ references, metadata }));
  if (bytes > limits.schemaBytesMax) {
    throw new RegistryFault("SCHEMA_TOO_LARGE", "Register operation failed because schema is too large");
  }
  if (store.count() >= limits.versionsMax) {
    throw new RegistryFault("NOT_PERMITTED", `The registry holds ${limits.versionsMax} versions, and takes no more`);
  }
}

function add(
  { store, now }: RegistryParts,
  { subject, guid, text, references, metadata, parsed }: Candidate,
  { version, id: given }: { readonly version: number; readonly id: number | undefined },
): Version {
  const { context } = subjectOf(subject);
  const id = given ?? store.lastId(context) + 1;
  if (id > NUMBER_MAX || version > NUMBER_MAX) {
    // Only an import can have brought them so far.
    const last = id > NUMBER_MAX ? `id in context ${context}` : `version of subject ${subject}`;
    throw new RegistryFault("NOT_PERMITTED", `The last ${last} is ${NUMBER_MAX}, and there is none after it`);
  }
  const holder = store.versionById(context, id);
  if (holder !== undefined && holder.guid !== guid) {
    throw new RegistryFault(
      "NOT_PERMITTED",
      `Overwrite new schema with id ${id} in context ${context === "." ? "" : `:${context}:`} is not permitted.`,
    );
  }
  const added = { subject, version, id, guid, text, references, metadata, ts: now() };
  // An imported version takes the place of another.
  store.remove(subject, version);
  store.add({ ...added, shape: parsed.shape() });
  // What was deleted and came back is kept once, unless others refer to what it was.
  for (const one of store.alike(subject, parsed.shape())) {
    const before = one.id === id && one.deleted && one.version < version;
    if (before && store.referrers(subject, one.version).length === 0) store.remove(subject, one.version);
  }
  return { ...added, deleted: false };
}
