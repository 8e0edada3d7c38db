import type { Node } from "../../schema.ts";

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
  /** The same in the newer schema; of what is gone, to what it was in. */
  readonly newerPath: readonly string[];
  /** For people: `items[].price_cents`; empty for the root. */
  readonly field: string;
  /** What is said of that place, to go behind its name: "is a `Date` where it was a `number`". */
  readonly says: string;
  /** The same as one sentence without a full stop. */
  readonly message: string;
  /** What to do about it, one sentence or two. */
  readonly help: string;
}

/** What a rule says of a pair of types. */
export interface Found {
  /** What goes behind the name of the place. */
  readonly says: string;
  readonly help: string;
  /** Where it is, below the two types. */
  readonly olderKeys?: readonly string[];
  readonly newerKeys?: readonly string[];
}

/** Two types, of which the newer reads the older by Avro's rules. */
export interface Pair<Older extends Node = Node, Newer extends Node = Older> {
  readonly older: Older;
  readonly newer: Newer;
}

/** A rule about two types of the kinds it is for. */
export interface TypescriptRule<Subject> {
  readonly id: TypescriptRuleId;
  /** What holds where it is kept, in a sentence. */
  readonly purpose: string;
  readonly check: (subject: Subject) => Found | undefined;
}
