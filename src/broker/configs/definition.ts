import type { Kind } from "./kinds.ts";

/** One setting, of a topic or of the broker. */
export interface ConfigDefinition {
  readonly name: string;
  readonly kind: Kind;
  /** As it is written; null where there is none. */
  readonly default: string | null;
  /** What it does here, in a sentence or two. */
  readonly documentation: string;
  /** Settings of the broker from which a topic without one of its own takes it, the strongest first. */
  readonly synonyms?: readonly string[];
  /** Whether it stays as it is while the broker runs. Those of topics can all be changed. */
  readonly readOnly?: boolean;
}
