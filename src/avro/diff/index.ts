import type { Schema } from "../schema.ts";
import type { SchemaChange } from "./change.ts";

export { CHANGE_KINDS, type ChangeKind, type SchemaChange } from "./change.ts";

/** Every change from a schema to a later one, in the order of the newer; none where they are the same. */
export function changesBetween(_older: Schema, _newer: Schema): readonly SchemaChange[] {
  return [];
}
