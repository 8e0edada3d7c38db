import { namespaceOf } from "../names.ts";
import { sorted } from "../order.ts";
import type { Field, Json, JsonObject, NamedNode, Node } from "../schema.ts";
import { isBeyondLong, isWhole, jsonText, quoted } from "./json.ts";
import { doubleText, floatOf, parsedDouble } from "./numbers.ts";
import { fieldPropertiesOf, logicalPropertiesOf, propertiesOf } from "./properties.ts";
import { orderOf } from "./text.ts";

/**
 * A type in Confluent's normal form, which is then parsed and written like any other schema. What logical types consist
 * of comes first, then the other properties by name; aliases are sorted; docs of types that are empty go; defaults are
 * written as their type would write them.
 */
export function normalFormOf(root: Node, known: Iterable<string> = []): string {
  return typeForm(root, new Set(known));
}

function typeForm(node: Node, known: Set<string>): string {
  switch (node.type) {
    case "union":
      return `[${node.branches.map((branch) => typeForm(branch, known)).join(",")}]`;
    case "array":
      return object('"type":"array"', `"items":${typeForm(node.items, known)}`, ...properties(node));
    case "map":
      return object('"type":"map"', `"values":${typeForm(node.values, known)}`, ...properties(node));
    case "record":
    case "enum":
    case "fixed":
      return known.has(node.name) ? quoted(node.name) : definition(node, known);
    default:
      return object(`"type":"${node.type}"`, ...properties(node));
  }
}

function definition(node: NamedNode, known: Set<string>): string {
  known.add(node.name);
  const own = namespaceOf(node.name);
  return object(
    `"name":${quoted(node.name)}`,
    `"type":"${node.type}"`,
    ...parts(node, known),
    ...(node.doc === undefined || node.doc === "" ? [] : [`"doc":${quoted(node.doc)}`]),
    ...aliases(node.aliases.map((alias) => (own !== "" && !alias.includes(".") ? `.${alias}` : alias))),
    ...properties(node),
  );
}

function parts(node: NamedNode, known: Set<string>): readonly string[] {
  switch (node.type) {
    case "record":
      return [`"fields":[${node.fields.map((field) => fieldForm(field, known)).join(",")}]`];
    case "enum": {
      const symbols = `"symbols":[${node.symbols.map(quoted).join(",")}]`;
      return node.default === undefined ? [symbols] : [symbols, `"default":${quoted(node.default)}`];
    }
    case "fixed":
      return [`"size":${node.size}`];
  }
}

function fieldForm(field: Field, known: Set<string>): string {
  const { name, type, doc, attributes } = field;
  const fallback = attributes.default === undefined ? undefined : fieldDefaultForm(field);
  return object(
    `"name":${quoted(name)}`,
    `"type":${typeForm(type, known)}`,
    `"order":"${orderOf(field)}"`,
    ...(doc === undefined ? [] : [`"doc":${quoted(doc)}`]),
    ...aliases([...new Set(field.aliases)]),
    ...(fallback === undefined ? [] : [`"default":${fallback}`]),
    ...sorted(fieldPropertiesOf(attributes)).map((key) => `${quoted(key)}:${jsonText(attributes, key, true)}`),
  );
}

/** A number may stand in a string, but nowhere else in a default. */
function fieldDefaultForm({ type, attributes }: Field): string | undefined {
  const { default: value } = attributes;
  const number = (type.type === "float" || type.type === "double") && typeof value === "string" && parsedDouble(value);
  if (typeof number !== "number") return defaultForm(type, attributes, "default");
  return doubleText(type.type === "float" ? floatOf(number) : number);
}

/** A default as a value of its type would be written; undefined where it is none of any, and is lost. */
function defaultForm(type: Node, holder: object, key: string | number): string | undefined {
  const value: Json = Reflect.get(holder, key);
  if (value === null || typeof value === "boolean") return String(value);
  if (type.type === "union") {
    const branches = type.branches.filter((branch) => branch.type !== "null");
    return branches.map((branch) => defaultForm(branch, holder, key)).find((form) => form !== undefined);
  }
  if (typeof value === "number") return numberForm(type, holder, key, value);
  if (typeof value === "string") return textForm(type, value);
  if (Array.isArray(value)) {
    const items = type.type === "array" ? type.items : undefined;
    if (items === undefined) return undefined;
    return `[${value.map((_, index) => defaultForm(items, value, index) ?? "null").join(",")}]`;
  }
  return membersForm(type, value);
}

function membersForm(type: Node, value: JsonObject): string | undefined {
  const typeOf = (name: string): Node | undefined =>
    type.type === "map"
      ? type.values
      : type.type === "record"
        ? type.fields.find((field) => field.name === name)?.type
        : undefined;
  const members = sorted(Object.keys(value)).map((name) => {
    const inner = typeOf(name);
    const form = inner === undefined ? jsonText(value, name, true) : defaultForm(inner, value, name);
    return `${quoted(name)}:${form ?? "null"}`;
  });
  return `{${members.join(",")}}`;
}

function numberForm(type: Node, holder: object, key: string | number, value: number): string | undefined {
  if (isBeyondLong(holder, key, value)) return undefined;
  if (type.type === "double") return doubleText(value);
  if (type.type === "float") return doubleText(floatOf(value));
  const whole = type.type === "int" || type.type === "long";
  return whole && isWhole(holder, key, value) ? jsonText(holder, key) : undefined;
}

function textForm(type: Node, value: string): string | undefined {
  if (type.type === "string" || type.type === "enum") return quoted(value);
  if (type.type !== "bytes" && type.type !== "fixed") return undefined;
  // What is no byte becomes a question mark in Java.
  return quoted(value.replace(/[\ud800-\udbff][\udc00-\udfff]|[^\0-\xff]/g, "?"));
}

function properties(node: Node): readonly string[] {
  if (!("attributes" in node)) return [];
  const logical = logicalPropertiesOf(node);
  const others = propertiesOf(node).filter((key) => !logical.includes(key));
  return [...logical, ...sorted(others)].map((key) => `${quoted(key)}:${jsonText(node.attributes, key, true)}`);
}

function aliases(names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`"aliases":[${sorted(names).map(quoted).join(",")}]`];
}

function object(...members: readonly string[]): string {
  return `{${members.join(",")}}`;
}
