import { sorted } from "../order.ts";
import type { Field, Json, JsonObject, Node } from "../schema.ts";
import { shortened } from "../shown.ts";
import { fieldPropertiesOf, propertiesOf } from "../stored/properties.ts";

/** How much of a text from a schema is shown. */
const TEXT_LENGTH_MAX = 1_000;

/** What belongs to a logical type, and is told with it. */
const OF_LOGICAL = new Set(["logicalType", "precision", "scale"]);

/** The attributes of a type that mean nothing to Avro, by name. */
export function propertiesOfType(node: Node, other: Node): ReadonlyMap<string, Json> {
  if (!("attributes" in node)) return new Map();
  const logical = [node, other].some((one) => "logical" in one && one.logical !== undefined);
  const keys = propertiesOf(node).filter((key) => !(logical && OF_LOGICAL.has(key)));
  return entriesOf(node.attributes, keys);
}

/** The same of a field. */
export const propertiesOfField = ({ attributes }: Field): ReadonlyMap<string, Json> =>
  entriesOf(attributes, fieldPropertiesOf(attributes));

/** Whether two values are the same JSON, whatever the order of their members. */
export const sameJson = (one: Json | undefined, other: Json | undefined): boolean => ordered(one) === ordered(other);

/** As JSON; empty for nothing. */
export const jsonText = (json: Json | undefined): string =>
  json === undefined ? "" : shortened(JSON.stringify(json), TEXT_LENGTH_MAX);

/** Whether two fields have the same default, however it is written. */
export function sameDefault(one: Field, other: Field): boolean {
  if (one.default !== undefined && other.default !== undefined && one.default.equals(other.default)) return true;
  return sameJson(one.attributes.default, other.attributes.default);
}

export const docText = (doc: string | undefined): string => shortened(doc ?? "", TEXT_LENGTH_MAX);

export const namesText = (names: readonly string[]): string => shortened(sorted(new Set(names)).join(", "), 200);

function entriesOf(attributes: JsonObject, keys: readonly string[]): ReadonlyMap<string, Json> {
  return new Map(keys.map((key) => [key, attributes[key] ?? null]));
}

function ordered(json: Json | undefined): string {
  if (typeof json !== "object" || json === null) return String(JSON.stringify(json));
  if (Array.isArray(json)) return `[${json.map(ordered).join()}]`;
  return `{${sorted(Object.keys(json))
    .map((key) => `${JSON.stringify(key)}:${ordered(json[key])}`)
    .join()}}`;
}
