import type { SchemaProblem } from "../errors.ts";
import { type Node, partsOf } from "../schema.ts";
import { JSON_DEPTH_MAX } from "./json.ts";

/** How many brackets of JSON are around what stands inside a type, or around its parts. */
const BRACKETS: Readonly<Record<string, number>> = { record: 3, enum: 2, fixed: 1, array: 1, map: 1, union: 1 };

/**
 * Whether a schema, with each type written out where it is first met, is nested deeper than JSON is read. Avro Java
 * cannot write such a one either, and anything that walks through it needs a stack as deep.
 */
export function depthProblem(root: Node): SchemaProblem | undefined {
  const seen = new Set<Node>([root]);
  const open = [{ parts: partsOf(root).values(), depth: bracketsOf(root) }];
  for (let at = open.at(-1); at !== undefined; at = open.at(-1)) {
    const { value, done } = at.parts.next();
    if (done === true) {
      open.pop();
    } else if (!seen.has(value)) {
      seen.add(value);
      const depth = at.depth + bracketsOf(value);
      if (depth > JSON_DEPTH_MAX) {
        return { pointer: "", message: `written out, its types are nested deeper than ${JSON_DEPTH_MAX} levels` };
      }
      const parts = partsOf(value);
      if (parts.length > 0) open.push({ parts: parts.values(), depth });
    }
  }
  return undefined;
}

function bracketsOf({ type }: Node): number {
  return BRACKETS[type] ?? 0;
}
