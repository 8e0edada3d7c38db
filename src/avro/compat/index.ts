export { checkCompatibility, createReads } from "./check.ts";
export type { Incompatibility, IncompatibilityType } from "./finding.ts";
export { LEVELS, type Level } from "./levels.ts";
