import type { RuleText } from "./rule.ts";

export const CATALOG_RULES: readonly RuleText[] = [];
