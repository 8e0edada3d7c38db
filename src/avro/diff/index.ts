import type { Schema } from "../schema.ts";
import type { SchemaChange } from "./change.ts";
import { Walk } from "./walk.ts";

export type { ChangeKind, SchemaChange } from "./change.ts";

/**
 * Every change from a schema to a later one that somebody may want to know of, in the order of the newer; none where
 * they are the same. A type that is used at several places is compared where it is met first. Pure, and throws for no
 * schema.
 */
export function changesBetween(older: Schema, newer: Schema): readonly SchemaChange[] {
  return new Walk(older.root, newer.root).run();
}
