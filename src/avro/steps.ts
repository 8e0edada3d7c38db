import { type Node, partsOf } from "./schema.ts";

/** What the keys from the root of a schema lead through: names of fields, `[]` for items and `{}` for values. */
export function stepsAlong(root: Node, path: readonly string[]): readonly string[] {
  const steps: string[] = [];
  let node: Node | undefined = root;
  for (let at = 0; node !== undefined && at < path.length; at++) {
    const key = path[at];
    if (node.type === "record" && key === "fields") {
      const field: { readonly name: string; readonly type: Node } | undefined = node.fields[Number(path[at + 1])];
      steps.push(field?.name ?? "");
      node = field?.type;
      at += 2;
    } else if (node.type === "array" && key === "items") {
      steps.push("[]");
      node = node.items;
    } else if (node.type === "map" && key === "values") {
      steps.push("{}");
      node = node.values;
    } else {
      // A branch of a union is where the union is.
      node = node.type === "union" ? node.branches[Number(key)] : undefined;
    }
  }
  return steps;
}

/** The type at a path; the last one on the way where the path goes on to an attribute. */
export function nodeAt(root: Node, path: readonly string[]): Node {
  let node = root;
  for (const key of path) {
    const next = stepFrom(node, key);
    if (next !== undefined) node = next;
  }
  return node;
}

/** `items` and `values` have one part each; a number is a field's or a branch's; `fields` and `type` lead nowhere else. */
function stepFrom(node: Node, key: string): Node | undefined {
  const index = node.type === "array" || node.type === "map" ? (/^(items|values)$/.test(key) ? 0 : -1) : Number(key);
  return Number.isInteger(index) ? partsOf(node)[index] : undefined;
}
