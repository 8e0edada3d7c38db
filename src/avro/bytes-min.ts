import type { Node } from "./schema.ts";

/** The fewest bytes that a value of this type takes. A type inside itself counts as none, which is never too many. */
export function bytesMin(node: Node, around: readonly Node[] = []): number {
  switch (node.type) {
    case "null":
      return 0;
    case "float":
      return 4;
    case "double":
      return 8;
    case "fixed":
      return node.size;
    case "record": {
      if (around.includes(node)) return 0;
      return node.fields.reduce((sum, field) => sum + bytesMin(field.type, [...around, node]), 0);
    }
    case "union":
      return 1 + Math.min(...node.branches.map((branch) => bytesMin(branch, [...around, node])));
    default:
      return 1; // A boolean, an index, a length, or the count that ends an array or map.
  }
}
