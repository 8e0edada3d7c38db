export type { CompatibilityLevel } from "../avro/index.ts";
export { type ApplyOptions, applySchemas, type SchemasApplied } from "./apply.ts";
export { findingText } from "./conflicts.ts";
export { type Compared, type Drift, driftText, type LockState } from "./drift.ts";
export { REGISTRY_ERRORS, RegistryError, type RegistryErrorKind } from "./errors.ts";
export { differInIds, type LockParts, lockOf } from "./locked.ts";
export type { Reference, Registry, RegistrySettings, SchemaText, SchemaVersion } from "./model.ts";
export { isOwnRegistry, OWN_REGISTRIES, type OwnRegistry } from "./own.ts";
export { type PlanOptions, planSchemas, type SchemaPlan } from "./plan.ts";
export { createRegistry } from "./registry.ts";
export {
  changesSomething,
  type DeleteStep,
  type LevelStep,
  type RegisterStep,
  type RemovedSubject,
  type SchemaFinding,
  type SchemaStep,
} from "./steps.ts";
