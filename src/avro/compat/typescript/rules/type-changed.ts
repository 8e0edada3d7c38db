import type { LeafNode } from "../../../leaf-of.ts";
import type { EnumNode, Node } from "../../../schema.ts";
import { listed } from "../../listed.ts";
import type { Found, Pair } from "../change.ts";
import { decodedType, scalarOf } from "../decoded.ts";

const HELP =
  "Change the handlers that read it together with the schema; the compiler finds them once the types are written.";

/** Whatever else decoded values become that they were not. */
export const typeChanged = {
  id: "TS_TYPE_CHANGED" as const,
  purpose: "The TypeScript type of decoded values stays what it is, or becomes a narrower one.",

  checkLeaf({ older, newer }: Pair<LeafNode>): Found | undefined {
    if (older.type === "enum" || newer.type === "enum") return undefined;
    const [was, is] = [scalarOf(older), scalarOf(newer)];
    return was === is ? undefined : { says: `is a \`${is}\` where it was a \`${was}\``, help: HELP };
  },

  /** A symbol that is gone is read as the default; code that names it no longer compiles. */
  checkEnum({ older, newer }: Pair<EnumNode>): Found | undefined {
    const known = new Set(newer.symbols);
    const gone = older.symbols.filter((symbol) => !known.has(symbol));
    const [first] = gone;
    if (first === undefined || newer.default === undefined) return undefined;
    return {
      says: `is never ${listed(gone)} any more: what was written so is read as \`${newer.default}\``,
      help: "Remove the cases from the handlers, which compare with what cannot be any more.",
      olderKeys: ["symbols", String(older.symbols.indexOf(first))],
      newerKeys: ["symbols"],
    };
  },

  /** `added` are the types of the newer that nothing of the older is read as. */
  checkUnion(older: Node, newer: Node, added: readonly Node[]): Found | undefined {
    const [was, is] = [decodedType(older), decodedType(newer)];
    const [first] = added;
    if (first === undefined || was === is) return undefined;
    const becomes = first.type === "null" && added.length === 1 ? "may be null" : "may be of another type";
    const index = newer.type === "union" ? [String(newer.branches.indexOf(first))] : [];
    return {
      says: `${becomes} now: \`${is}\` where it was \`${was}\``,
      help: HELP,
      newerKeys: index,
    };
  },
};
