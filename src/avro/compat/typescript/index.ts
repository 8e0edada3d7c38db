import type { Schema } from "../../schema.ts";
import type { TypescriptChange } from "./change.ts";
import { Walk } from "./walk.ts";

export type { TypescriptChange, TypescriptRuleId } from "./change.ts";

/**
 * What a change does to programs in TypeScript that read the data, although Avro and every registry let it through.
 * Pure, and throws for no schema. What Avro itself refuses is said by `checkCompatibility`, and not here again.
 */
export function typescriptChanges(older: Schema, newer: Schema): readonly TypescriptChange[] {
  return new Walk().run(older.root, newer.root);
}
