import { logicalText } from "../../../diff/type-text.ts";
import type { LeafNode } from "../../../leaf-of.ts";
import type { LogicalType } from "../../../logical.ts";
import type { Pair, TypescriptRule } from "../change.ts";
import { scalarOf } from "../decoded.ts";

export const logicalType: TypescriptRule<Pair<LeafNode>> = {
  id: "TS_LOGICAL_TYPE",
  purpose: "A logical type is not added, removed or changed where that makes another value of the same bytes.",
  check({ older, newer }) {
    if (older.type === "enum" || newer.type === "enum") return undefined;
    const [from, to] = [older.logical, newer.logical];
    if (from === undefined && to === undefined) return undefined;
    const [was, is] = [scalarOf(older), scalarOf(newer)];
    if (was === is && !(isOtherText(from, to) || isOtherUnit(from, to))) return undefined;
    const [before, after] = [logicalText(older) || older.type, logicalText(newer) || newer.type];
    const values = was === is ? "with other values" : `a \`${is}\` where it was a \`${was}\``;
    return {
      says: `was \`${before}\` and is \`${after}\` now: ${values}`,
      help: "Add a field with the other logical type instead, or change every handler that reads this one together with the schema.",
      olderKeys: from === undefined ? [] : ["logicalType"],
      newerKeys: to === undefined ? [] : ["logicalType"],
    };
  },
};

/** `12.3` and `12.30` are different texts. */
function isOtherText(from: LogicalType | undefined, to: LogicalType | undefined): boolean {
  return from?.kind === "decimal" && to?.kind === "decimal" && from.scale !== to.scale;
}

/** A number of milliseconds, where another logical type or none had other numbers. */
function isOtherUnit(from: LogicalType | undefined, to: LogicalType | undefined): boolean {
  return from !== undefined && to !== undefined && "unit" in from && "unit" in to && from.unit !== to.unit;
}
