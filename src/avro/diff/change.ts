/** Every kind of change that there is. */
const CHANGE_KINDS = [
  "FIELD_ADDED",
  "FIELD_REMOVED",
  "FIELD_RENAMED",
  "FIELD_MOVED",
  "FIELD_ALIASES",
  "FIELD_ORDER",
  "DEFAULT_ADDED",
  "DEFAULT_CHANGED",
  "DEFAULT_REMOVED",
  "TYPE_CHANGED",
  "NULL_ADDED",
  "NULL_REMOVED",
  "BRANCH_ADDED",
  "BRANCH_REMOVED",
  "BRANCH_MOVED",
  "SYMBOL_ADDED",
  "SYMBOL_REMOVED",
  "SYMBOL_MOVED",
  "ENUM_DEFAULT",
  "FIXED_SIZE",
  "NAME",
  "NAMESPACE",
  "TYPE_ALIASES",
  "LOGICAL_TYPE",
  "DOC",
  "PROPERTY",
] as const;

export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** One change from a schema to a later one. */
export interface SchemaChange {
  readonly kind: ChangeKind;
  /** Keys from the root of the older schema, its types written out, to what changed; of what is new, to what it is in. */
  readonly olderPath: readonly string[];
  /** The same in the newer schema; of what is gone, to what it was in. */
  readonly newerPath: readonly string[];
  /** For people: `items[].price_cents`, `{}` for the values of a map; empty for the root. */
  readonly field: string;
  /** What it was, as text; empty for what is new. */
  readonly before: string;
  /** What it is now; empty for what is gone. */
  readonly after: string;
  /** What it means, in a sentence without a full stop. */
  readonly message: string;
  /** With this change alone, the newer schema reads what the older wrote. */
  readonly newReadsOld: boolean;
  /** With this change alone, the older schema reads what the newer writes. */
  readonly oldReadsNew: boolean;
}
