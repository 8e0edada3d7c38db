import type { RuleText } from "./rule.ts";

export const TYPESCRIPT_RULES: readonly RuleText[] = [];
