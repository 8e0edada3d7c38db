import type { EnumNode } from "../../../schema.ts";
import { listed } from "../../listed.ts";
import type { Pair, TypescriptRule } from "../change.ts";

export const enumSymbolAdded: TypescriptRule<Pair<EnumNode>> = {
  id: "TS_ENUM_SYMBOL_ADDED",
  purpose: "An enum gets no symbol that a switch over all of them does not know.",
  check({ older, newer }) {
    const known = new Set(older.symbols);
    const added = newer.symbols.filter((symbol) => !known.has(symbol));
    const [first] = added;
    if (first === undefined) return undefined;
    return {
      says: `may be ${listed(added)} now: a \`switch\` over its symbols misses ${added.length === 1 ? "it" : "them"}`,
      help: "Add the case to the handlers before anybody writes it; the compiler finds those that end in a check for `never`.",
      olderKeys: ["symbols"],
      newerKeys: ["symbols", String(newer.symbols.indexOf(first))],
    };
  },
};
