import type { SchemaProblem } from "../errors.ts";
import { type Node, partsOf } from "../schema.ts";

/** How many types may be nested in each other, also by their names. */
export const TYPE_DEPTH_MAX = 1_500;

/** Whether types are nested deeper than anything that walks through them could bear. */
export function depthProblem(root: Node): SchemaProblem | undefined {
  const seen = new Set<Node>([root]);
  const open: Iterator<Node>[] = [partsOf(root).values()];
  for (let parts = open.at(-1); parts !== undefined; parts = open.at(-1)) {
    const { value, done } = parts.next();
    if (done === true) open.pop();
    else if (!seen.has(value)) {
      seen.add(value);
      open.push(partsOf(value).values());
    }
    if (open.length > TYPE_DEPTH_MAX) {
      return { pointer: "", message: `types nested deeper than ${TYPE_DEPTH_MAX} levels` };
    }
  }
  return undefined;
}
