export { type CatalogReading, loadCatalog, readCatalog } from "./catalog.ts";
export { conflictIn, conflictText } from "./conflict.ts";
export { envelopeOf, envelopeProblems } from "./envelope.ts";
export type { EventOf, InputOf, TopicInputs, TopicName, Topics } from "./event-types.ts";
export { DISK, type FileEntry, type Files, filesIn } from "./files.ts";
export { includesLevel, leastLevelOver } from "./levels.ts";
export {
  LOCK_BYTES_MAX,
  LOCK_FILE,
  type Lock,
  LockError,
  type LockedReference,
  type LockedSubject,
  type LockedVersion,
  lockFingerprint,
  lockText,
  parseLock,
} from "./lock.ts";
export type { Catalog, CatalogTopic, Envelope, FieldPath, NamedReference, SchemaFile } from "./model.ts";
export { namesOf, type PlacedName } from "./names.ts";
export { createPlaces, type Part, type Place, type Places } from "./places.ts";
export { CatalogError, type CatalogProblem, problemText } from "./problems.ts";
export { deepestAt, lenientJson, parseLocated, type Source, sourceOf } from "./source.ts";
export { typesOf } from "./types.ts";
export { brokenLine, repeatedSettings } from "./yaml-lines.ts";
