export type TypescriptRuleId =
  | "TS_UNREADABLE"
  | "TS_UNION_WRAPPED"
  | "TS_NUMBER_PRECISION"
  | "TS_NAMESPACE"
  | "TS_ENUM_SYMBOL_ADDED"
  | "TS_LOGICAL_TYPE"
  | "TS_TYPE_CHANGED"
  | "TS_FIELD_REMOVED";

/** One change that programs in TypeScript notice. */
export interface TypescriptChange {
  readonly rule: TypescriptRuleId;
  /** Keys from the root of the older schema, its types written out, to what it is about: `fields`, `3`, `type`. */
  readonly olderPath: readonly string[];
  /** The same in the newer schema; for what is gone, up to what still stands. */
  readonly newerPath: readonly string[];
  /** For people: `items[].price_cents`; empty for the root. */
  readonly field: string;
  /** One sentence without a full stop. */
  readonly message: string;
  /** What to do about it, one sentence or two. */
  readonly help: string;
}
