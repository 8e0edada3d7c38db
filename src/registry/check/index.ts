export { readGateSettings, reportJson } from "../../gate/index.ts";
export { type AskedProblem, NotAsked, type SchemaCheck, schemaCheckIn } from "./asked.ts";
export {
  type CheckSchemaParts,
  checkSchema,
} from "./check.ts";
export type { Declared } from "./reading.ts";
