import { branchName, type Node } from "../../../schema.ts";
import type { TypescriptRule } from "../change.ts";
import { decodedExample } from "../decoded.ts";

/** A type of the older schema and the one of the newer that it is read as, both perhaps in unions. */
export interface Branches {
  readonly older: Node;
  readonly newer: Node;
  /** Each type that the older may be, with what reads it. */
  readonly read: readonly { readonly from: Node; readonly to: Node }[];
}

export const unionWrapped: TypescriptRule<Branches> = {
  id: "TS_UNION_WRAPPED",
  purpose: "A value does not gain, lose or change the wrapper that says which type of a union it is.",
  check({ older, newer, read }) {
    const changed = read.find(({ from, to }) => keyOf(older, from) !== keyOf(newer, to) && from.type !== "null");
    if (changed === undefined) return undefined;
    const before = decodedExample(changed.from, keyOf(older, changed.from));
    const after = decodedExample(changed.to, keyOf(newer, changed.to));
    return {
      says: `is decoded as \`${after}\` where it was \`${before}\``,
      help: "Add a field for the new type instead, or change every handler that reads this one together with the schema.",
    };
  },
};

/** The wrapper's key; none where the value stands alone. */
function keyOf(node: Node, branch: Node): string | undefined {
  return node.type === "union" && node.wrapped ? branchName(branch) : undefined;
}
