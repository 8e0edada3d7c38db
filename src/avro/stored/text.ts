import { namespaceOf, simpleName } from "../names.ts";
import { type Field, type NamedNode, type Node, PRIMITIVES, type RecordNode } from "../schema.ts";
import { jsonText, quoted } from "./json.ts";
import { doubleText, parsedDouble } from "./numbers.ts";
import { fieldPropertiesOf, propertiesOf } from "./properties.ts";

/** The names of types that Avro Java never writes bare where they name something else. */
const TYPE_NAMES = new Set([...PRIMITIVES, "record", "enum", "array", "map", "union", "fixed"]);

/** A type as Avro Java's `toString(false)` writes it. `known` are full names that are written as names. */
export function schemaTextOf(root: Node, known: Iterable<string> = []): string {
  return typeText(root, "", new Set(known));
}

function typeText(node: Node, namespace: string, known: Set<string>): string {
  switch (node.type) {
    case "union":
      return `[${node.branches.map((branch) => typeText(branch, namespace, known)).join(",")}]`;
    case "array":
      return object('"type":"array"', `"items":${typeText(node.items, namespace, known)}`, ...properties(node));
    case "map":
      return object('"type":"map"', `"values":${typeText(node.values, namespace, known)}`, ...properties(node));
    case "record":
    case "enum":
    case "fixed":
      return known.has(node.name) ? quoted(qualified(node.name, namespace)) : definition(node, namespace, known);
    default: {
      const extra = properties(node);
      return extra.length === 0 ? quoted(node.type) : object(`"type":${quoted(node.type)}`, ...extra);
    }
  }
}

function definition(node: NamedNode, namespace: string, known: Set<string>): string {
  known.add(node.name);
  const own = namespaceOf(node.name);
  const type = node.type === "record" && node.attributes.type === "error" ? "error" : node.type;
  return object(
    `"type":"${type}"`,
    `"name":${quoted(simpleName(node.name))}`,
    // A null namespace inside another is written as well.
    ...(own === namespace ? [] : [`"namespace":${quoted(own)}`]),
    ...(node.doc === undefined ? [] : [`"doc":${quoted(node.doc)}`]),
    ...parts(node, known),
    ...properties(node),
    ...aliases(node.aliases.map((alias) => qualified(alias, own))),
  );
}

function parts(node: NamedNode, known: Set<string>): readonly string[] {
  switch (node.type) {
    case "record":
      return [`"fields":[${fields(node, known).join(",")}]`];
    case "enum": {
      const symbols = `"symbols":[${node.symbols.map(quoted).join(",")}]`;
      return node.default === undefined ? [symbols] : [symbols, `"default":${quoted(node.default)}`];
    }
    case "fixed":
      return [`"size":${node.size}`];
  }
}

function fields({ name, fields }: RecordNode, known: Set<string>): readonly string[] {
  const namespace = namespaceOf(name);
  return fields.map((field) => {
    const order = orderOf(field);
    return object(
      `"name":${quoted(field.name)}`,
      `"type":${typeText(field.type, namespace, known)}`,
      ...(field.doc === undefined ? [] : [`"doc":${quoted(field.doc)}`]),
      ...(field.attributes.default === undefined ? [] : [`"default":${defaultText(field)}`]),
      ...(order === "ascending" ? [] : [`"order":"${order}"`]),
      ...aliases([...new Set(field.aliases)]),
      ...fieldPropertiesOf(field.attributes).map((key) => `${quoted(key)}:${jsonText(field.attributes, key)}`),
    );
  });
}

/** Doubles whose default stands in a string are numbers to Avro Java. */
export function defaultText({ type, attributes }: Field): string {
  const { default: value } = attributes;
  const number = (type.type === "float" || type.type === "double") && typeof value === "string" && parsedDouble(value);
  return typeof number === "number" ? doubleText(number) : jsonText(attributes, "default");
}

export function orderOf({ attributes: { order } }: Field): string {
  return typeof order === "string" ? order.toLowerCase() : "ascending";
}

function properties(node: Node): readonly string[] {
  if (!("attributes" in node)) return [];
  return propertiesOf(node).map((key) => `${quoted(key)}:${jsonText(node.attributes, key)}`);
}

function aliases(names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`"aliases":[${names.map(quoted).join(",")}]`];
}

/** A full name as it is written inside a namespace. */
function qualified(full: string, namespace: string): string {
  const simple = simpleName(full);
  return namespace !== "" && namespaceOf(full) === namespace && !TYPE_NAMES.has(simple) ? simple : full;
}

function object(...members: readonly string[]): string {
  return `{${members.join(",")}}`;
}
