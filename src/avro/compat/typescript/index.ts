import type { Schema } from "../../schema.ts";
import type { TypescriptChange, TypescriptRule } from "./change.ts";
import { enumSymbolAdded } from "./rules/enum-symbol-added.ts";
import { fieldRemoved } from "./rules/field-removed.ts";
import { logicalType } from "./rules/logical-type.ts";
import { namespace } from "./rules/namespace.ts";
import { numberPrecision } from "./rules/number-precision.ts";
import { typeChanged } from "./rules/type-changed.ts";
import { unionWrapped } from "./rules/union-wrapped.ts";
import { unreadable } from "./rules/unreadable.ts";
import { Walk } from "./walk.ts";

export type { TypescriptChange, TypescriptRuleId } from "./change.ts";

/** Every rule there is: what it asks for, in a sentence. */
export const TYPESCRIPT_RULES: readonly Pick<TypescriptRule<never>, "id" | "purpose">[] = [
  unreadable,
  unionWrapped,
  numberPrecision,
  namespace,
  enumSymbolAdded,
  logicalType,
  typeChanged,
  fieldRemoved,
];

/**
 * What a change does to programs in TypeScript that read the data, although Avro and every registry let it through.
 * Pure, and throws for no schema. What Avro itself refuses is said by `checkCompatibility`, and not here again.
 */
export function typescriptChanges(older: Schema, newer: Schema): readonly TypescriptChange[] {
  return new Walk().run(older.root, newer.root);
}
