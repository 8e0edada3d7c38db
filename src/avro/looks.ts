import type { Look } from "./leaf.ts";
import { leafOf } from "./leaf-of.ts";
import type { Node } from "./schema.ts";

/** The look of decoded values of a type, and the looks that it takes besides. */
export function looksOf(node: Node): { readonly looks: readonly Look[]; readonly takes: readonly Look[] } {
  switch (node.type) {
    case "array":
      return { looks: ["array"], takes: [] };
    case "map":
    case "record":
      return { looks: ["object"], takes: [] };
    case "union":
      return { looks: [], takes: [] }; // Unions do not stand in unions.
    default:
      return leafOf(node);
  }
}

/** Whether two of the branches look alike once decoded, so that each value must say which branch it is. */
export function mustWrap(branches: readonly Node[]): boolean {
  const looks = branches.flatMap((branch) => looksOf(branch).looks);
  return new Set(looks).size < looks.length;
}
