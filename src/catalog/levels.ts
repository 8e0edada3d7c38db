import { COMPATIBILITY_LEVELS, type CompatibilityLevel } from "../avro/index.ts";

/** What each level promises, as flags, so that levels can be compared: BACKWARD and FORWARD promise different things. */
const NEW_READS_LATEST = 1;
const LATEST_READS_NEW = 2;
const NEW_READS_ALL = 4;
const ALL_READ_NEW = 8;

const PROMISES = {
  NONE: 0,
  BACKWARD: NEW_READS_LATEST,
  BACKWARD_TRANSITIVE: NEW_READS_LATEST | NEW_READS_ALL,
  FORWARD: LATEST_READS_NEW,
  FORWARD_TRANSITIVE: LATEST_READS_NEW | ALL_READ_NEW,
  FULL: NEW_READS_LATEST | LATEST_READS_NEW,
  FULL_TRANSITIVE: NEW_READS_LATEST | LATEST_READS_NEW | NEW_READS_ALL | ALL_READ_NEW,
} as const satisfies Record<CompatibilityLevel, number>;

/** Whether `stronger` keeps every promise of `weaker`. A level includes itself. */
export function includesLevel(stronger: CompatibilityLevel, weaker: CompatibilityLevel): boolean {
  return (PROMISES[stronger] & PROMISES[weaker]) === PROMISES[weaker];
}

/** The least level that includes them all; NONE for none. */
export function leastLevelOver(levels: readonly CompatibilityLevel[]): CompatibilityLevel {
  // The list goes from weak to strong, and FULL_TRANSITIVE includes every other: one is always found.
  return COMPATIBILITY_LEVELS.find((name) => levels.every((level) => includesLevel(name, level))) ?? "FULL_TRANSITIVE";
}
