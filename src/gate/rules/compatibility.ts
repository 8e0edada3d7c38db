import { RULES } from "../../avro/index.ts";
import { COMPATIBILITY_TEXTS } from "./compatibility-texts.ts";
import type { RuleText } from "./rule.ts";

/** What breaks bytes. What each rule asks for, and where that is written, the checker itself says. */
export const COMPATIBILITY_RULES: readonly RuleText[] = RULES.map(({ id, purpose, source }) => ({
  id,
  family: "compatibility",
  level: "error",
  purpose,
  source,
  ...COMPATIBILITY_TEXTS[id],
}));
