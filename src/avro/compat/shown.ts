import type { Node } from "../schema.ts";

/** A type as it is called in a sentence about data. */
export function shown(node: Node): string {
  if ("name" in node) return `the ${node.type} \`${node.name}\``;
  return node.type === "union" ? "a union" : `\`${node.type}\``;
}

/** Where something stands in a type, for people: `items[].price`; empty for the type itself. */
export function fieldPath(root: Node, path: readonly string[]): string {
  let text = "";
  let node: Node | undefined = root;
  for (let at = 0; node !== undefined && at < path.length; at++) {
    const key: string = path[at] ?? "";
    if (node.type === "record" && key === "fields") {
      const field: { readonly name: string; readonly type: Node } | undefined = node.fields[Number(path[at + 1])];
      text += `${text === "" ? "" : "."}${field?.name ?? ""}`;
      node = field?.type;
      at += 2;
    } else if (node.type === "array" && key === "items") {
      text += "[]";
      node = node.items;
    } else if (node.type === "map" && key === "values") {
      text += "{}";
      node = node.values;
    } else {
      node = node.type === "union" ? node.branches[Number(key)] : undefined;
    }
  }
  return text;
}
