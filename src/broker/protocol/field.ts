/**
 * The words in which a message is declared: each field with its type, the versions that carry it and its default. From
 * one declaration come the bytes in both directions and the TypeScript types.
 */

/** How a field stands on the wire. `fixed` strings and arrays keep the old length prefix in flexible versions too. */
export type Wire =
  | { readonly kind: "int8" | "int16" | "uint16" | "int32" | "uint32" | "int64" | "float64" | "bool" | "uuid" }
  | { readonly kind: "string" | "fixedString" | "bytes" | "records" }
  | { readonly kind: "array"; readonly of: Field<unknown, unknown, boolean> }
  | { readonly kind: "struct"; readonly fields: Fields };

/** In which versions something holds: first and last, both included. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

const ALWAYS: Range = { first: 0, last: Number.MAX_SAFE_INTEGER };
const NEVER: Range = { first: Number.MAX_SAFE_INTEGER, last: -1 };

/**
 * One field. `Out` is what decoding gives, `In` what encoding takes, `Optional` whether encoding may leave it out; then,
 * and in versions that lack the field, it has its default.
 */
export class Field<Out, In = Out, Optional extends boolean = false> {
  // Only the types use these: a field's values do not exist at run time.
  declare readonly out: Out;
  declare readonly in: In;
  declare readonly optional: Optional;
  readonly wire: Wire;
  readonly zero: unknown;
  readonly versions: Range;
  readonly nullable: Range;
  /** The number of a tagged field (KIP-482), which flexible versions carry only where it is not the default. */
  readonly tag: number | undefined;

  constructor(wire: Wire, zero: unknown, versions = ALWAYS, nullable = NEVER, tag?: number) {
    this.wire = wire;
    this.zero = zero;
    this.versions = versions;
    this.nullable = nullable;
    this.tag = tag;
  }

  /** Only this version and later ones have the field. */
  from(first: number): Field<Out, In, true> {
    return new Field(this.wire, this.zero, { ...this.versions, first }, this.nullable, this.tag);
  }

  /** This version is the last that has the field. */
  to(last: number): Field<Out, In, true> {
    return new Field(this.wire, this.zero, { ...this.versions, last }, this.nullable, this.tag);
  }

  /** The field may be null, from this version on; up to `last` where later ones forbid it again. */
  orNull(first = 0, last = Number.MAX_SAFE_INTEGER): Field<Out | null, In | null, Optional> {
    return new Field(this.wire, this.zero, this.versions, { first, last }, this.tag);
  }

  /** The value where a version lacks the field, or the encoder was given none. */
  or(value: Out): Field<Out, In, true> {
    return new Field(this.wire, value, this.versions, this.nullable, this.tag);
  }

  /** The field is carried as tagged field `tag`. */
  tagged(tag: number): Field<Out, In, true> {
    return new Field(this.wire, this.zero, this.versions, this.nullable, tag);
  }
}

export type Fields = { readonly [name: string]: Field<unknown, unknown, boolean> };

/** What decoding these fields gives. */
export type Decoded<F extends Fields> = { -readonly [K in keyof F]: F[K]["out"] };

type RequiredNames<F extends Fields> = { [K in keyof F]: F[K]["optional"] extends true ? never : K }[keyof F];

/** What encoding these fields takes: those with a default may be left out. */
export type Encodable<F extends Fields> = { readonly [K in RequiredNames<F>]: F[K]["in"] } & {
  readonly [K in Exclude<keyof F, RequiredNames<F>>]?: F[K]["in"];
};

/** Record batches as they are on the wire. Several pieces are written one after the other, and none is copied. */
export type Records = Buffer | readonly Buffer[];

/** The id of no topic. */
export const NIL_UUID = "AAAAAAAAAAAAAAAAAAAAAA";

export const int8 = new Field<number>({ kind: "int8" }, 0);
export const int16 = new Field<number>({ kind: "int16" }, 0);
export const uint16 = new Field<number>({ kind: "uint16" }, 0);
export const int32 = new Field<number>({ kind: "int32" }, 0);
export const uint32 = new Field<number>({ kind: "uint32" }, 0);
export const int64 = new Field<bigint>({ kind: "int64" }, 0n);
export const float64 = new Field<number>({ kind: "float64" }, 0);
export const bool = new Field<boolean>({ kind: "bool" }, false);
/** Sixteen bytes, written as Kafka prints them: 22 characters of URL-safe base64. */
export const uuid = new Field<string>({ kind: "uuid" }, NIL_UUID);
export const string = new Field<string>({ kind: "string" }, "");
/** A string whose length prefix stays two bytes in flexible versions: only the request header has one. */
export const fixedString = new Field<string>({ kind: "fixedString" }, "");
export const bytes = new Field<Buffer>({ kind: "bytes" }, Buffer.alloc(0));
/** Decoding gives one piece; it shares its memory with the frame. */
export const records = new Field<Buffer, Records>({ kind: "records" }, Buffer.alloc(0));

/** A list of one type, or of structs. */
export function array<const F extends Fields>(of: F): Field<Decoded<F>[], readonly Encodable<F>[]>;
export function array<T, I, O extends boolean>(of: Field<T, I, O>): Field<T[], readonly I[]>;
export function array(of: Fields | Field<unknown>): Field<unknown[], readonly unknown[]> {
  return new Field({ kind: "array", of: of instanceof Field ? of : struct(of) }, []);
}

/** Fields inside a field. */
export function struct<const F extends Fields>(fields: F): Field<Decoded<F>, Encodable<F>> {
  return new Field({ kind: "struct", fields }, null);
}
