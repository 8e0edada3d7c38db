import type { RegistryLimits } from "./model.ts";
import type { Parser } from "./parsed.ts";
import type { Store } from "./store/index.ts";

/** What the calls work with. */
export interface RegistryParts {
  readonly store: Store;
  readonly parser: Parser;
  readonly limits: RegistryLimits;
  readonly now: () => number;
  /** What the registry calls its cluster. */
  readonly name?: string | undefined;
}
