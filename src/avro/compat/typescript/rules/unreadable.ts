import type { LeafNode } from "../../../leaf-of.ts";
import { resolveLeaf } from "../../../read-leaf.ts";
import type { Pair, TypescriptRule } from "../change.ts";

export const unreadable: TypescriptRule<Pair<LeafNode>> = {
  id: "TS_UNREADABLE",
  purpose: "What Avro's rules call readable can be read without changing what it means.",
  check({ older, newer }) {
    const reason = resolveLeaf(older, newer);
    if (typeof reason !== "string") return undefined;
    return {
      says: `cannot be read any more: ${reason}`,
      help: "Keep the logical type and add a new field with the other one, or make a new version of the topic. Registries let this through, since Avro's rules do not look at logical types.",
    };
  },
};
