import type { Node } from "./schema.ts";

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
