/** Confluent's seven compatibility levels, by the names the registry uses. */
export const COMPATIBILITY_LEVELS = [
  "NONE",
  "BACKWARD",
  "BACKWARD_TRANSITIVE",
  "FORWARD",
  "FORWARD_TRANSITIVE",
  "FULL",
  "FULL_TRANSITIVE",
] as const;

export type CompatibilityLevel = (typeof COMPATIBILITY_LEVELS)[number];

export function isCompatibilityLevel(name: unknown): name is CompatibilityLevel {
  return COMPATIBILITY_LEVELS.some((level) => level === name);
}
