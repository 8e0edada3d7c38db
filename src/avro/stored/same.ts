import { branchName, type Field, type JsonObject, type NamedNode, type Node, type RecordNode } from "../schema.ts";
import { jsonText } from "./json.ts";
import { fieldPropertiesOf, propertiesOf } from "./properties.ts";
import { defaultText, orderOf } from "./text.ts";

type Seen = Map<Node, Set<Node>>;

/**
 * Whether Avro Java finds two types equal: names, fields with their defaults and order, symbols, sizes and properties.
 * `wholly` also compares docs, aliases and the defaults of enums, as Confluent's registry does.
 */
export function sameType(one: Node, other: Node, wholly: boolean, seen: Seen = new Map()): boolean {
  if (one === other) return true;
  if (one.type !== other.type || !sameProperties(one, other)) return false;
  switch (one.type) {
    case "array":
      return other.type === "array" && sameType(one.items, other.items, wholly, seen);
    case "map":
      return other.type === "map" && sameType(one.values, other.values, wholly, seen);
    case "union":
      return (
        other.type === "union" &&
        all(one.branches, other.branches, (branch, twin) => sameType(branch, twin, wholly, seen))
      );
    case "record":
      return other.type === "record" && sameNamed(one, other, wholly) && sameRecord(one, other, wholly, seen);
    case "enum":
      return (
        other.type === "enum" &&
        sameNamed(one, other, wholly) &&
        all(one.symbols, other.symbols, (symbol, twin) => symbol === twin) &&
        (!wholly || one.default === other.default)
      );
    case "fixed":
      return other.type === "fixed" && sameNamed(one, other, wholly) && one.size === other.size;
    default:
      return true;
  }
}

function sameNamed(one: NamedNode, other: NamedNode, wholly: boolean): boolean {
  if (branchName(one) !== branchName(other)) return false;
  return !wholly || (one.doc === other.doc && sameSet(one.aliases, other.aliases));
}

function sameRecord(one: RecordNode, other: RecordNode, wholly: boolean, seen: Seen): boolean {
  const met = seen.get(one) ?? new Set();
  seen.set(one, met);
  if (met.has(other)) return true;
  met.add(other);
  return all(one.fields, other.fields, (field, twin) => sameField(field, twin, wholly, seen));
}

function sameField(one: Field, other: Field, wholly: boolean, seen: Seen): boolean {
  return (
    one.name === other.name &&
    orderOf(one) === orderOf(other) &&
    sameDefault(one, other) &&
    sameMembers(
      one.attributes,
      other.attributes,
      fieldPropertiesOf(one.attributes),
      fieldPropertiesOf(other.attributes),
    ) &&
    (!wholly || (one.doc === other.doc && sameSet(one.aliases, other.aliases))) &&
    sameType(one.type, other.type, wholly, seen)
  );
}

function sameDefault(one: Field, other: Field): boolean {
  const has = one.attributes.default !== undefined;
  if (has !== (other.attributes.default !== undefined)) return false;
  if (!has || defaultText(one) === defaultText(other)) return true;
  return jsonText(one.attributes, "default", true) === jsonText(other.attributes, "default", true);
}

function sameProperties(one: Node, other: Node): boolean {
  if (!("attributes" in one) || !("attributes" in other)) return true;
  return sameMembers(one.attributes, other.attributes, propertiesOf(one), propertiesOf(other));
}

function sameMembers(one: JsonObject, other: JsonObject, keys: readonly string[], twins: readonly string[]): boolean {
  return (
    keys.length === twins.length &&
    keys.every((key) => Object.hasOwn(other, key) && jsonText(one, key, true) === jsonText(other, key, true))
  );
}

function sameSet(some: readonly string[], others: readonly string[]): boolean {
  const set = new Set(some);
  return set.size === new Set(others).size && others.every((one) => set.has(one));
}

function all<T>(some: readonly T[], others: readonly T[], same: (one: T, other: T) => boolean): boolean {
  return (
    some.length === others.length &&
    some.every((one, index) => {
      const twin = others[index];
      return twin !== undefined && same(one, twin);
    })
  );
}
