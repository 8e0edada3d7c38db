import { branchName, type Node, type Schema } from "../../avro/index.ts";

/** A path into a schema, as keys, in the ways in which it is shown. */
export interface NamedPath {
  /** For people: `items[].price_cents`; empty for the root. */
  readonly field: string;
  /** With names for all indexes, `items/fields/price_cents/type`: it stays when fields move. */
  readonly named: string;
}

/** Follows the keys through the types of a schema, as far as they lead. */
export function namePath({ root }: Schema, path: readonly string[]): NamedPath {
  const walk = { node: root as Node | undefined, field: "", named: [] as string[] };
  const keys = [...path];
  for (let key = keys.shift(); key !== undefined; key = keys.shift()) {
    const { node } = walk;
    if (node?.type === "record" && key === "fields") {
      const index = keys.shift();
      const field = index === undefined ? undefined : node.fields[Number(index)];
      if (field === undefined) walk.node = undefined;
      else {
        walk.field = walk.field === "" ? field.name : `${walk.field}.${field.name}`;
        if (keys[0] === "type") keys.shift();
        walk.node = field.type;
      }
      walk.named.push(key, ...(field === undefined ? (index ?? []) : [field.name]));
    } else if (node?.type === "union") {
      walk.node = node.branches[Number(key)];
      walk.named.push(walk.node === undefined ? key : branchName(walk.node));
    } else if (node?.type === "array" && key === "items") {
      walk.node = node.items;
      walk.field += "[]";
      walk.named.push(key);
    } else if (node?.type === "map" && key === "values") {
      walk.node = node.values;
      walk.field += "{}";
      walk.named.push(key);
    } else {
      walk.node = undefined;
      walk.named.push(key);
    }
  }
  return { field: walk.field, named: walk.named.join("/") };
}

/** RFC 6901. */
export function pointerOf(keys: readonly string[]): string {
  return keys.map((key) => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
