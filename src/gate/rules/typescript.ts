import { TYPESCRIPT_RULES as ASKED } from "../../avro/index.ts";
import type { RuleText } from "./rule.ts";
import { TYPESCRIPT_TEXTS } from "./typescript-texts.ts";

/** What every registry lets through, and programs in TypeScript notice. */
export const TYPESCRIPT_RULES: readonly RuleText[] = ASKED.map(({ id, purpose }) => ({
  id,
  family: "typescript",
  // All but one concern code that can be changed; that one is data that nobody can read.
  level: id === "TS_UNREADABLE" ? "error" : "warning",
  purpose,
  ...TYPESCRIPT_TEXTS[id],
}));
