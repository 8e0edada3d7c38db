/**
 * What a decoded value of an Avro schema is, worked out by the compiler from the schema as it is written in the worker's
 * file. It knows what a reader schema of one's own is made of: records, enums, arrays, maps, optional values and logical
 * types. What it does not know (a type used by its name, a union of several types) is `unknown`.
 */
export type ReaderValue<Schema> = Schema extends string
  ? NamedValue<Schema>
  : Schema extends readonly unknown[]
    ? UnionValue<Schema>
    : Schema extends { readonly type: infer Type }
      ? ObjectValue<Schema, Type>
      : unknown;

type NamedValue<Name> = Name extends keyof Primitives ? Primitives[Name] : unknown;

interface Primitives {
  null: null;
  boolean: boolean;
  int: number;
  long: number;
  float: number;
  double: number;
  bytes: Buffer;
  string: string;
}

/** A value that may be missing; other unions are decoded in a way that depends on all of their branches. */
type UnionValue<Branches extends readonly unknown[]> = Branches extends
  | readonly ["null", infer Only]
  | readonly [infer Only, "null"]
  ? ReaderValue<Only> | null
  : Branches extends readonly [infer Only]
    ? ReaderValue<Only>
    : unknown;

type ObjectValue<Schema, Type> = Type extends "record"
  ? RecordValue<Schema>
  : Type extends "enum"
    ? Schema extends { readonly symbols: readonly (infer Symbol)[] }
      ? Symbol
      : unknown
    : Type extends "array"
      ? Schema extends { readonly items: infer Items }
        ? readonly ReaderValue<Items>[]
        : unknown
      : Type extends "map"
        ? Schema extends { readonly values: infer Values }
          ? Readonly<Record<string, ReaderValue<Values>>>
          : unknown
        : LogicalValue<Schema, Type>;

type LogicalValue<Schema, Type> = Schema extends { readonly jsType: "bigint" }
  ? bigint
  : Schema extends { readonly logicalType: "date" | "decimal" | "uuid" | "duration" }
    ? string
    : Schema extends { readonly logicalType: "timestamp-millis" | "local-timestamp-millis" }
      ? Date
      : Type extends "fixed"
        ? Buffer
        : ReaderValue<Type>;

type RecordValue<Schema> = Schema extends { readonly fields: infer Fields extends readonly unknown[] }
  ? { readonly [Field in Fields[number] as NameOf<Field>]: FieldValue<Field> }
  : unknown;

type NameOf<Field> = Field extends { readonly name: infer Name extends string } ? Name : never;

/** A field's own `jsType` counts for its type. */
type FieldValue<Field> = Field extends { readonly jsType: "bigint"; readonly type: "long" }
  ? bigint
  : Field extends { readonly type: infer Type }
    ? ReaderValue<Type>
    : unknown;
