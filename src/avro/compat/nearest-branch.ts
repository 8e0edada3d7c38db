import { namesMatch } from "../names.ts";
import type { Node, UnionNode } from "../schema.ts";

/**
 * The branch that a reader would take for a writer's type if only it could: one of the same kind, by its full name, then
 * by a name that matches, then the only one there is. Undefined where no branch comes near.
 */
export function nearestBranch({ branches }: UnionNode, writer: Node): Node | undefined {
  const same = branches.filter(({ type }) => type === writer.type);
  if (!("name" in writer)) return same[0];
  const named = same.filter((branch) => "name" in branch);
  const matching = named.find(({ name }) => name === writer.name) ?? named.find((branch) => namesMatch(writer, branch));
  return matching ?? (named.length === 1 ? named[0] : undefined);
}
