import type { Json, Schema } from "./schema.ts";

/** The JSON Schema (2020-12, as OpenAPI 3.1 has it) of the JSON that `encode` takes. */
export function jsonSchemaOf(_schema: Schema, _options: { refPrefix?: string } = {}): Json {
  throw new Error("not yet");
}
