import type { Schema } from "../schema.ts";
import { normalFormOf } from "./normal.ts";
import { parseSchemaText } from "./parse.ts";
import { sameType } from "./same.ts";
import { schemaTextOf } from "./text.ts";

export { JSON_DEPTH_MAX, numberText, readJson } from "./json.ts";
export { parseSchemaMember, parseSchemaText, strictProblems } from "./parse.ts";

/**
 * The text under which a registry stores it: Avro Java's `Schema.toString(false)`. The references' own types are printed
 * as names; the types inside them are not, so give the references of references as well.
 */
export function schemaText(schema: Schema, references: readonly Schema[] = []): string {
  return schemaTextOf(schema.root, namesOf(references));
}

/**
 * What a registry stores for `normalize=true`: properties and aliases sorted, defaults as their types write them, and
 * then as `schemaText`.
 * @throws SchemaError where Confluent's normal form is itself no schema, as with a null namespace inside another.
 */
export function normalizedText(schema: Schema, references: readonly Schema[] = []): string {
  return schemaText(parseSchemaText(normalFormOf(schema.root, namesOf(references)), references), references);
}

/**
 * Whether a registry takes both for one schema: equal in all that Avro Java compares, and in docs, aliases and enum
 * defaults. The order of attributes, white space and how references are written do not matter.
 */
export function sameSchema(one: Schema, other: Schema): boolean {
  return sameType(one.root, other.root, true);
}

function namesOf(references: readonly Schema[]): readonly string[] {
  return references.flatMap(({ name }) => name ?? []);
}
