import { CATALOG_RULES } from "./catalog.ts";
import { COMPATIBILITY_RULES } from "./compatibility.ts";
import { LINT_RULES } from "./lint.ts";
import type { RuleText } from "./rule.ts";
import { TYPESCRIPT_RULES } from "./typescript.ts";

export type { RuleText } from "./rule.ts";

/** Every rule there is, in the order in which they are listed. */
export const RULES: readonly RuleText[] = [
  ...COMPATIBILITY_RULES,
  ...TYPESCRIPT_RULES,
  ...CATALOG_RULES,
  ...LINT_RULES,
];
