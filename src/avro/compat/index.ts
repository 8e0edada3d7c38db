export { breaksWithin, checkCompatibility, createReads, RULES } from "./check.ts";
export type { Incompatibility, IncompatibilityType } from "./finding.ts";
export { LEVELS, type Level } from "./levels.ts";
export { isTooMuch } from "./rules/check-failed.ts";
export { nameMismatch } from "./rules/name-mismatch.ts";
