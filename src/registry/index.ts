export type { CompatibilityLevel } from "../avro/index.ts";
export { type ApplyOptions, applySchemas, type SchemasApplied } from "./apply.ts";
export { REGISTRY_ERRORS, RegistryError, type RegistryErrorKind } from "./errors.ts";
export type { Reference, Registry, RegistrySettings, SchemaText, SchemaVersion } from "./model.ts";
export {
  type LevelStep,
  type PlanOptions,
  planSchemas,
  type RegisterStep,
  type SchemaPlan,
  type SchemaStep,
} from "./plan.ts";
export { createRegistry } from "./registry.ts";
