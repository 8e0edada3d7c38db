export { type CatalogReading, loadCatalog, readCatalog } from "./catalog.ts";
export { envelopeOf, envelopeProblems } from "./envelope.ts";
export type { EventOf, TopicName, Topics } from "./event-types.ts";
export { DISK, type FileEntry, type Files, filesIn } from "./files.ts";
export { includesLevel, leastLevelOver } from "./levels.ts";
export type { Catalog, CatalogTopic, Envelope, FieldPath, NamedReference, SchemaFile } from "./model.ts";
export { createPlaces, type Part, type Place, type Places } from "./places.ts";
export { CatalogError, type CatalogProblem, problemText } from "./problems.ts";
export { typesOf } from "./types.ts";
