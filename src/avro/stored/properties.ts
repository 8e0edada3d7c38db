import { digitsOfBytes } from "../logical.ts";
import type { Json, JsonObject, Node } from "../schema.ts";
import { isBeyondLong, isWhole } from "./json.ts";

/** What Avro Java takes for its own in a type; all else is a property, and kept. */
const OF_TYPE = new Set([
  "doc",
  "fields",
  "items",
  "name",
  "namespace",
  "size",
  "symbols",
  "values",
  "type",
  "aliases",
]);
const OF_ENUM = new Set([...OF_TYPE, "default"]);
const OF_FIELD = new Set(["default", "doc", "name", "order", "type", "aliases"]);

/** The keys of a type's properties, in their order. A union has none. */
export function propertiesOf(node: Node): readonly string[] {
  if (node.type === "union") return [];
  const own = node.type === "enum" ? OF_ENUM : OF_TYPE;
  return Object.keys(node.attributes).filter((key) => !own.has(key));
}

/** The properties that Avro Java cannot copy, since a whole number in them is beyond a long. */
export function uncopiableOf(node: Node): readonly string[] {
  if (node.type !== "record" && node.type !== "array" && node.type !== "map") return [];
  return propertiesOf(node).filter((key) => holdsBeyondLong(node.attributes, key));
}

function holdsBeyondLong(holder: object, key: string | number): boolean {
  const value: Json = Reflect.get(holder, key);
  if (typeof value === "number") return isBeyondLong(holder, key, value);
  if (Array.isArray(value)) return value.some((_, index) => holdsBeyondLong(value, index));
  return typeof value === "object" && value !== null && Object.keys(value).some((name) => holdsBeyondLong(value, name));
}

/** The keys of a field's properties, in their order. */
export function fieldPropertiesOf(attributes: JsonObject): readonly string[] {
  return Object.keys(attributes).filter((key) => !OF_FIELD.has(key));
}

const ON: Readonly<Record<string, readonly string[]>> = {
  "big-decimal": ["bytes"],
  date: ["int"],
  "time-millis": ["int"],
  "time-micros": ["long"],
  "timestamp-millis": ["long"],
  "timestamp-micros": ["long"],
  "timestamp-nanos": ["long"],
  "local-timestamp-millis": ["long"],
  "local-timestamp-micros": ["long"],
  "local-timestamp-nanos": ["long"],
};

/** Where Java is told which class to use, Avro Java gives the logical type up. */
const CLASSES = ["avro.java.string", "java-class", "java-key-class", "java-element-class"];

/** The properties that a logical type consists of, where Avro Java knows it and it fits. */
export function logicalPropertiesOf(node: Node): readonly string[] {
  if (!("attributes" in node)) return [];
  const { type, attributes } = node;
  const { logicalType: name, size } = attributes;
  if (typeof name !== "string" || CLASSES.some((key) => typeof attributes[key] === "string")) return [];
  if (name === "decimal") return decimalOf(type, attributes);
  if (name === "uuid") return type === "string" || (type === "fixed" && size === 16) ? ["logicalType"] : [];
  if (name === "duration") return type === "fixed" && size === 12 ? ["logicalType"] : [];
  return Object.hasOwn(ON, name) && ON[name]?.includes(type) ? ["logicalType"] : [];
}

function decimalOf(type: string, attributes: JsonObject): readonly string[] {
  const { precision, scale = 0, size } = attributes;
  if (type !== "bytes" && type !== "fixed") return [];
  if (!isInt(attributes, "precision") || ("scale" in attributes && !isInt(attributes, "scale"))) return [];
  if (Number(precision) <= 0 || Number(scale) < 0 || Number(scale) > Number(precision)) return [];
  if (type === "fixed" && Number(precision) > digitsOfBytes(Number(size))) return [];
  return scale === 0 ? ["logicalType", "precision"] : ["logicalType", "precision", "scale"];
}

/** Whether Jackson would make an int of it. */
export function isInt(holder: JsonObject, key: string): boolean {
  const value = holder[key];
  return typeof value === "number" && isWhole(holder, key, value) && (value | 0) === value;
}
