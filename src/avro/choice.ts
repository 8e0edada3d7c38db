import type { Refusal } from "./leaf.ts";
import type { UnionNode } from "./schema.ts";

/** The branch that a value belongs to, and the value without its wrapper. */
export interface Choice {
  readonly index: number;
  readonly value: unknown;
  /** The wrapper's key, where there is one. */
  readonly wrapper: string | undefined;
  /** How many problems the value has as that branch, where several were tried. */
  readonly problems: number | undefined;
}

/**
 * Which branch each object or array was found to be, by union: what is chosen for a part must not be worked out again
 * for each branch around it, which would double the work at each level.
 */
export type Choices = Map<UnionNode, Map<object, Choice | Refusal>>;

/** A walk through a value, in which branches are tried. */
export interface Walk {
  readonly choices: Choices;
  /** How many recursive types are around the place where it is. */
  readonly depth: number;
}

/** Tells which branch of a union a value belongs to. */
export type Choose = (value: unknown, walk: Walk) => Choice | Refusal;
