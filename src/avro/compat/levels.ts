import type { CompatibilityLevel } from "../levels.ts";

/** What a compatibility level asks of a new schema. */
export interface Level {
  /** The new schema must read what earlier ones wrote. */
  readonly newReadsOld: boolean;
  /** Earlier schemas must read what the new one writes. */
  readonly oldReadsNew: boolean;
  /** Which earlier schemas those are: the latest alone, or all, the newest first. */
  readonly against: "latest" | "all";
}

/** Confluent's seven levels. */
export const LEVELS = {
  NONE: { newReadsOld: false, oldReadsNew: false, against: "latest" },
  BACKWARD: { newReadsOld: true, oldReadsNew: false, against: "latest" },
  BACKWARD_TRANSITIVE: { newReadsOld: true, oldReadsNew: false, against: "all" },
  FORWARD: { newReadsOld: false, oldReadsNew: true, against: "latest" },
  FORWARD_TRANSITIVE: { newReadsOld: false, oldReadsNew: true, against: "all" },
  FULL: { newReadsOld: true, oldReadsNew: true, against: "latest" },
  FULL_TRANSITIVE: { newReadsOld: true, oldReadsNew: true, against: "all" },
} as const satisfies Record<CompatibilityLevel, Level>;
