import type { Node } from "./schema.ts";

/** Enough to refuse any count: no payload has as many bytes. */
const BYTES_MAX = 2 ** 31;

/**
 * The fewest bytes that a value of this type takes, or fewer: a type inside itself counts as none, which is never too
 * many. Each type is looked at once, though it may stand in many places.
 */
export function bytesMin(node: Node): number {
  const known = new Map<Node, number>();
  return of(node);

  function of(part: Node): number {
    const there = known.get(part);
    if (there !== undefined) return there;
    known.set(part, 0);
    const bytes = Math.min(BYTES_MAX, count(part));
    known.set(part, bytes);
    return bytes;
  }

  function count(part: Node): number {
    switch (part.type) {
      case "null":
        return 0;
      case "float":
        return 4;
      case "double":
        return 8;
      case "fixed":
        return part.size;
      case "record":
        return part.fields.reduce((sum, { type }) => sum + of(type), 0);
      case "union":
        return 1 + part.branches.reduce((least, branch) => Math.min(least, of(branch)), BYTES_MAX);
      default:
        return 1; // A boolean, an index, a length, or the count that ends an array or map.
    }
  }
}
