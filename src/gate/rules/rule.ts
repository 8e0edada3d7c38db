import type { RuleLevel } from "../model.ts";

/** What a rule is for; `sluice explain` and the README print it. */
export interface RuleText {
  readonly id: string;
  /** compatibility: bytes that cannot be read. typescript: code that no longer fits. catalog: what is no schema, or no promise. lint: style. */
  readonly family: "compatibility" | "typescript" | "catalog" | "lint";
  /** Unless `gate.yaml` says otherwise. */
  readonly level: RuleLevel;
  /** What holds where the rule is kept, in a sentence. */
  readonly purpose: string;
  /** Why it matters, two or three sentences for somebody who knows no Avro. */
  readonly why: string;
  /** What to do, as sentences; the first is what helps most often. */
  readonly todo: readonly string[];
  /** A small schema before and after; without `before`, what is found in one alone. JSON texts. */
  readonly example: { readonly before?: string; readonly after: string };
  /** Where it is written, for what a specification decides. */
  readonly source?: string;
}
