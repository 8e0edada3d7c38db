import type { Json, Schema } from "./schema.ts";

/** An example that encodes, in JSON, as realistic as names and logical types allow. */
export function exampleOf(_schema: Schema): Json {
  throw new Error("not yet");
}
