import type { RuleText } from "./rule.ts";

export const LINT_RULES: readonly RuleText[] = [];
