export { readGateSettings, reportJson } from "../../gate/index.ts";
export { type AskedProblem, NotAsked, type SchemaCheck, schemaCheckIn } from "./asked.ts";
export {
  type CheckedRegistry,
  type CheckSchemaParts,
  COMPARED_LENGTH_MAX,
  COMPARED_VERSIONS_MAX,
  checkSchema,
  type StoredSchema,
} from "./check.ts";
export type { Declared } from "./reading.ts";
