export type { CompatibilityLevel } from "../avro/index.ts";
export { REGISTRY_ERRORS, RegistryError, type RegistryErrorKind } from "./errors.ts";
export type { Reference, Registry, RegistrySettings, SchemaText, SchemaVersion } from "./model.ts";
export { createRegistry } from "./registry.ts";
export {
  type ApplyOptions,
  applySchemas,
  type LevelStep,
  planSchemas,
  type RegisterStep,
  type SchemaPlan,
  type SchemaStep,
  type SchemasApplied,
} from "./schemas.ts";
