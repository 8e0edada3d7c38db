import type { Node } from "../schema.ts";

/** Apache Avro's six kinds of incompatibility, and where it gives up with an exception. */
export type IncompatibilityType =
  | "NAME_MISMATCH"
  | "FIXED_SIZE_MISMATCH"
  | "MISSING_ENUM_SYMBOLS"
  | "READER_FIELD_MISSING_DEFAULT_VALUE"
  | "TYPE_MISMATCH"
  | "MISSING_UNION_BRANCH"
  | "CHECK_FAILED";

/** One reason why a reader cannot read what a writer writes. Its texts and paths are made when they are asked for. */
export interface Incompatibility {
  readonly type: IncompatibilityType;
  /** JSON pointer into the reader's schema, as Avro Java gives it: `/` is the root. */
  readonly location: string;
  /** Avro Java's words, on which clients of a registry may depend. */
  readonly message: string;
  /** What it means, for whoever writes the reader's schema: the cause, and after a colon the advice. */
  readonly explanation: string;
  /** What is written there, and what the reader expects. Says nothing of which of the two is newer. */
  readonly cause: string;
  /** What to do in the reader's schema. */
  readonly advice: string;
  readonly readerNode: Node;
  readonly writerNode: Node;
  /** Keys from the root of the reader's schema, its types written out, to what is at fault: `fields`, `3`, `type`, `size`. */
  readonly readerPath: readonly string[];
  /** Keys from the root of the writer's schema to the type that it writes there. */
  readonly writerPath: readonly string[];
}

/** What a rule says of one pair of types; whoever asked it knows where they stand. Most that is said is never read. */
export interface Finding {
  /** What follows the location of the pair, as in `/name`. */
  readonly below?: readonly string[];
  readonly message: () => string;
  readonly cause: () => string;
  readonly advice: () => string;
}

/** A rule about two types of the kinds it is for. */
export interface Rule<Reader extends Node = Node, Writer extends Node = Node> {
  readonly id: IncompatibilityType;
  /** What it asks for, in a sentence. */
  readonly purpose: string;
  /** Where that is written. */
  readonly source: string;
  readonly check: (reader: Reader, writer: Writer) => Finding | undefined;
}

/** A kind of type, in Avro Java's capitals. */
export const kindOf = (node: Node): string => node.type.toUpperCase();
