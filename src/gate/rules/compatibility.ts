import type { RuleText } from "./rule.ts";

export const COMPATIBILITY_RULES: readonly RuleText[] = [];
