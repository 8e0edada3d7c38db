import { simpleName } from "../names.ts";
import { branchName, type Node } from "../schema.ts";
import { movedOf } from "./moved.ts";
import { below, type Place } from "./place.ts";
import { typeText } from "./type-text.ts";
import type { Walk } from "./walk.ts";

/** One type of a union; a type that is no union counts as a union of itself. */
interface Branch {
  readonly node: Node;
  readonly index: number;
  readonly keys: readonly string[];
}

/** What changed where at least one of the two is a union. */
export function diffUnions(walk: Walk, older: Node, newer: Node, place: Place): void {
  const [were, are] = [branchesOf(older), branchesOf(newer)];
  if (isOneByOne(were, are)) {
    for (const [index, { node, keys }] of are.entries()) {
      walk.pair(were[index]?.node ?? node, node, below(place, keys, keys));
    }
    return;
  }
  const sources = sourcesOf(walk, were, are);
  const kept = new Set(sources.values());
  const gone = were.filter((branch) => !kept.has(branch));
  const added = are.filter((branch) => !sources.has(branch));
  const moved = movedOf(are.flatMap((branch) => sources.get(branch)?.index ?? []));
  for (const branch of are) {
    const source = sources.get(branch);
    if (source === undefined) {
      sayAdded(walk, older, branch, below(place, [], branch.keys));
      continue;
    }
    const at = below(place, source.keys, branch.keys);
    if (moved.has(source.index)) sayMoved(walk, source, branch, at);
    if (source.node.type === branch.node.type) walk.pair(source.node, branch.node, at);
    else walk.typeChanged(source.node, branch.node, at, { older, newer });
  }
  for (const branch of gone) sayRemoved(walk, newer, branch, below(place, branch.keys, []));
  if (gone.length === 0 && added.length === 0 && older.type !== newer.type) walk.typeChanged(older, newer, place);
}

/** As most unions are that stay what they are. */
const isOneByOne = (were: readonly Branch[], are: readonly Branch[]): boolean =>
  were.length === are.length &&
  were.every(({ node, keys }, index) => {
    const twin = are[index];
    return twin?.keys.length === keys.length && branchName(twin.node) === branchName(node);
  });

function branchesOf(node: Node): readonly Branch[] {
  if (node.type !== "union") return [{ node, index: 0, keys: [] }];
  return node.branches.map((branch, index) => ({ node: branch, index, keys: [String(index)] }));
}

/** The older branch that each newer one is: of the same name, or renamed; or the only one left on either side. */
function sourcesOf(walk: Walk, were: readonly Branch[], are: readonly Branch[]): Map<Branch, Branch> {
  const sources = new Map<Branch, Branch>();
  const open = new Map(were.map((branch) => [branchName(branch.node), branch]));
  const take = (branch: Branch, source: Branch | undefined) => {
    if (source !== undefined && open.delete(branchName(source.node))) sources.set(branch, source);
  };
  for (const branch of are) take(branch, open.get(branchName(branch.node)));
  const bySimpleName = new Map([...open].map(([name, branch]) => [simpleName(name), branch]));
  for (const branch of are) {
    const { node } = branch;
    if (sources.has(branch) || !("name" in node)) continue;
    const alias = node.aliases.find((name) => open.has(name));
    const source = alias === undefined ? bySimpleName.get(simpleName(node.name)) : open.get(alias);
    if (source !== undefined && "name" in source.node && walk.isSame(source.node, node)) take(branch, source);
  }
  const left = are.filter((branch) => !sources.has(branch) && branch.node.type !== "null");
  const lost = [...open.values()].filter(({ node }) => node.type !== "null");
  const [only] = left;
  if (only !== undefined && left.length === 1 && lost.length === 1) take(only, lost[0]);
  return sources;
}

function sayAdded(walk: Walk, older: Node, { node }: Branch, at: Place): void {
  const oldReadsNew = walk.oldReadsNew(older, node);
  const said = { after: typeText(node), oldReadsNew };
  const readers = oldReadsNew ? "earlier readers can read" : "earlier readers cannot read";
  if (node.type === "null") walk.say("NULL_ADDED", at, { ...said, message: `it may be null, which ${readers}` });
  else walk.say("BRANCH_ADDED", at, { ...said, message: `it may be \`${typeText(node)}\` as well, which ${readers}` });
}

function sayRemoved(walk: Walk, newer: Node, { node }: Branch, at: Place): void {
  const newReadsOld = walk.newReadsOld(newer, node);
  const said = { before: typeText(node), newReadsOld };
  const readers = newReadsOld ? "what was written is still read" : "what was written so cannot be read";
  if (node.type === "null") walk.say("NULL_REMOVED", at, { ...said, message: `it is never null any more; ${readers}` });
  else walk.say("BRANCH_REMOVED", at, { ...said, message: `it is no \`${typeText(node)}\` any more; ${readers}` });
}

function sayMoved(walk: Walk, source: Branch, branch: Branch, at: Place): void {
  walk.say("BRANCH_MOVED", at, {
    before: `${typeText(branch.node)}, number ${source.index + 1}`,
    after: `${typeText(branch.node)}, number ${branch.index + 1}`,
    message: "the types of a union are matched by what they are, not by their order",
  });
}
