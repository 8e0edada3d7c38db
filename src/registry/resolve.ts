import { parseSchema, type Schema, SchemaError } from "../avro/index.ts";
import type { SchemaAnswer } from "./answers.ts";
import { RegistryError } from "./errors.ts";
import type { Reference } from "./model.ts";

/** References of references, and all of them together: more is an accident or an attack. */
const DEPTH_MAX = 32;
const REFERENCES_MAX = 500;

/** Fetches the version that a reference names. */
export type FetchReference = (reference: Reference) => Promise<SchemaAnswer>;

/** Parses a schema with everything that its references name. Each version is fetched once, however often it is named. */
export async function resolveSchema(answer: SchemaAnswer, fetchReference: FetchReference): Promise<Schema> {
  const resolved = new Map<string, Schema>();

  async function resolve({ text, references }: SchemaAnswer, trail: readonly string[]): Promise<Schema> {
    const named: Schema[] = [];
    // One after the other, so that a version that two of them share is there for the second.
    for (const reference of references) named.push(await follow(reference, trail));
    return parse(text, named);
  }

  async function follow(reference: Reference, trail: readonly string[]): Promise<Schema> {
    const key = `${reference.subject} version ${reference.version}`;
    const known = resolved.get(key);
    if (known !== undefined) return known;
    if (trail.includes(key)) throw new RegistryError("INVALID_SCHEMA", `${key} refers to itself`);
    if (trail.length >= DEPTH_MAX || resolved.size >= REFERENCES_MAX) {
      throw new RegistryError("INVALID_SCHEMA", `too many references, or too deep, at ${key}`);
    }
    const schema = await resolve(await fetchReference(reference), [...trail, key]);
    resolved.set(key, schema);
    return schema;
  }

  return resolve(answer, []);
}

function parse(text: string, named: readonly Schema[]): Schema {
  try {
    return parseSchema(JSON.parse(text), named);
  } catch (error) {
    if (!(error instanceof SchemaError || error instanceof SyntaxError)) throw error;
    throw new RegistryError("INVALID_SCHEMA", `the registry holds a schema that can't be read: ${error.message}`, {
      cause: error,
    });
  }
}
