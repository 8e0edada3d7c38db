import type { Kind } from "./kinds.ts";

/** One setting, of a topic or of the broker. */
export interface ConfigDefinition {
  readonly name: string;
  readonly kind: Kind;
  /** As it is written; null where there is none. */
  readonly default: string | null;
  /** What it does here, in a sentence or two. */
  readonly documentation: string;
  /** The broker's setting that holds for topics that have none of their own. */
  readonly synonym?: string;
}
