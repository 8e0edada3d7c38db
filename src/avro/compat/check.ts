import type { Schema } from "../schema.ts";
import type { Incompatibility } from "./finding.ts";

/**
 * Whether data that the writer's schema wrote can be read with the reader's: every reason why not, none where it can.
 * The verdict is that of Apache Avro 1.12.2 (`SchemaCompatibility`). Pure, and throws for no schema.
 */
export function checkCompatibility(_reader: Schema, _writer: Schema): readonly Incompatibility[] {
  return [];
}
