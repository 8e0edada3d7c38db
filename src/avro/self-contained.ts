import type { Field, Json, JsonObject, NamedNode, Node } from "./schema.ts";

/** The schema as JSON that needs no other: each named type is written out where it is first met, under its full name. */
export function selfContained(root: Node, written = new Set<string>()): Json {
  switch (root.type) {
    case "array":
      return { ...root.attributes, items: selfContained(root.items, written) };
    case "map":
      return { ...root.attributes, values: selfContained(root.values, written) };
    case "union":
      return root.branches.map((branch) => selfContained(branch, written));
    case "record":
    case "enum":
    case "fixed":
      return definition(root, written);
    default:
      return Object.keys(root.attributes).length === 1 ? root.type : { ...root.attributes, type: root.type };
  }
}

function definition(node: NamedNode, written: Set<string>): Json {
  if (written.has(node.name)) return node.name;
  written.add(node.name);
  const { type, name: _name, namespace: _namespace, ...rest } = node.attributes;
  const json: JsonObject = { type: type ?? node.type, name: node.name };
  // Without it the namespace around a name without dots would become its own.
  if (!node.name.includes(".")) json.namespace = "";
  Object.assign(json, rest);
  if (node.aliases.length > 0) json.aliases = [...node.aliases];
  if (node.type === "record") json.fields = node.fields.map((field) => fieldJson(field, written));
  return json;
}

function fieldJson(field: Field, written: Set<string>): Json {
  return { ...field.attributes, type: selfContained(field.type, written) };
}
