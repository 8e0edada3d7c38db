/** One thing wrong with a schema. */
export interface SchemaProblem {
  /** JSON pointer into the schema (RFC 6901). */
  readonly pointer: string;
  readonly message: string;
}

/** A schema that is not one, with everything that is wrong with it. */
export class SchemaError extends Error {
  override readonly name = "SchemaError";
  readonly problems: readonly SchemaProblem[];

  constructor(problems: readonly SchemaProblem[]) {
    super(listed("schema", problems));
    this.problems = problems;
  }
}

/** One thing wrong with a value. */
export interface ValueProblem {
  /** JSON pointer into the value (RFC 6901); a key longer than 200 characters ends in `…`. */
  readonly pointer: string;
  /** What the schema asks for, in words. */
  readonly expected: string;
  /** What was there, shortened. */
  readonly found: string;
  /** Both, as a sentence. */
  readonly message: string;
}

/** A value that does not fit its schema, with everything that is wrong with it, up to `PROBLEMS_MAX`. */
export class InvalidValue extends Error {
  override readonly name = "InvalidValue";
  readonly problems: readonly ValueProblem[];
  /** There are more problems than are listed. */
  readonly more: boolean;

  constructor(problems: readonly ValueProblem[], more = false) {
    super(listed("value", problems) + (more ? "; and more" : ""));
    this.problems = problems;
    this.more = more;
  }
}

/** Why bytes could not be decoded. */
export const DECODE_ERRORS = {
  TOO_SHORT: "The bytes end before the value does.",
  WRONG_MAGIC_BYTE: "The first byte is not Confluent's magic byte 0.",
  TRAILING_BYTES: "Bytes are left over after the value.",
  CORRUPT: "No writer with this schema can have written these bytes.",
  UNSAFE_LONG: 'A long is beyond ±(2^53-1), and its field does not say `"jsType": "bigint"`.',
  DATE_OUT_OF_RANGE: "A date or timestamp is beyond what a JavaScript Date can hold.",
  INVALID_UUID: "A string that is declared a uuid is none; only what is about to be stored is looked at so closely.",
  TOO_DEEP: "Values are nested deeper than the limit.",
} as const;

/** Bytes that are not what their schema says. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
  readonly kind: keyof typeof DECODE_ERRORS;

  constructor(kind: keyof typeof DECODE_ERRORS, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** How many of its reasons an error's message tells. */
const REASONS_SHOWN_MAX = 100;

/** A reader schema that cannot read what the writer schema writes, with every reason. */
export class Unreadable extends Error {
  override readonly name = "Unreadable";
  readonly reasons: readonly string[];

  constructor(reasons: readonly string[]) {
    const more = reasons.length - REASONS_SHOWN_MAX;
    const shown = reasons.slice(0, REASONS_SHOWN_MAX).join("; ");
    super(`the reader schema cannot read the writer's: ${shown}${more > 0 ? `; and ${more} more reasons` : ""}`);
    this.reasons = reasons;
  }
}

function listed(what: string, problems: readonly { pointer: string; message: string }[]): string {
  const lines = problems.map(({ pointer, message }) => (pointer === "" ? message : `${pointer}: ${message}`));
  return `invalid ${what}: ${lines.join("; ")}`;
}
