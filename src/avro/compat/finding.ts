import type { Node } from "../schema.ts";

/** Apache Avro's six kinds of incompatibility. */
export type IncompatibilityType =
  | "NAME_MISMATCH"
  | "FIXED_SIZE_MISMATCH"
  | "MISSING_ENUM_SYMBOLS"
  | "READER_FIELD_MISSING_DEFAULT_VALUE"
  | "TYPE_MISMATCH"
  | "MISSING_UNION_BRANCH";

/** One reason why a reader cannot read what a writer writes. */
export interface Incompatibility {
  readonly type: IncompatibilityType;
  /** JSON pointer into the reader's schema, as Avro Java gives it: `/` is the root. */
  readonly location: string;
  /** Avro Java's words, on which clients of a registry may depend. */
  readonly message: string;
  readonly readerNode: Node;
  readonly writerNode: Node;
}
