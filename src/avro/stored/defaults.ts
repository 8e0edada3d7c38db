import { DEFAULT_VALUES_MAX } from "../defaults.ts";
import { isObject } from "../parse-state.ts";
import type { Field, Json, Node, RecordNode } from "../schema.ts";
import { shown } from "../shown.ts";
import { isBeyondLong, isWhole } from "./json.ts";
import { parsedDouble } from "./numbers.ts";

/** What holds while defaults are looked at. */
export interface Looking {
  /** What a name that was used before its definition turned out to be. */
  readonly resolved: (node: Node) => Node;
  /** Avro Java knows no fields yet of a record around the default. */
  readonly fieldless: (record: RecordNode) => boolean;
}

const AS_WRITTEN: Looking = { resolved: (node) => node, fieldless: () => false };

/**
 * What Avro Java finds wrong with a default. Less than one may think: any text will do for an enum or a fixed, and any
 * branch of a union.
 */
export function checkDefault(
  type: Node,
  holder: object,
  key: string | number,
  looking: Looking = AS_WRITTEN,
): string | undefined {
  const value: Json = Reflect.get(holder, key);
  const walk = { ...looking, left: DEFAULT_VALUES_MAX };
  if (fits(looking.resolved(type), holder, key, value, walk)) return undefined;
  if (walk.left < 0) return `the default takes more than ${DEFAULT_VALUES_MAX} values from other defaults`;
  return `the default does not fit its type \`${type.type}\`: found ${shown(value)}`;
}

/** `left` is how many values may still be taken from the defaults of fields that are left out: they may double and double. */
type Walk = Looking & { left: number };

function fits(type: Node, holder: object, key: string | number, value: Json, looking: Walk): boolean {
  const inner = (node: Node, of: object, at: string | number, json: Json) =>
    fits(looking.resolved(node), of, at, json, looking);
  switch (type.type) {
    case "string":
    case "bytes":
    case "enum":
    case "fixed":
      return typeof value === "string";
    case "int":
    case "long":
      return typeof value === "number" && isWhole(holder, key, value) && inRange(type.type, holder, key, value);
    case "float":
    case "double":
      return typeof value === "number";
    case "boolean":
      return typeof value === "boolean";
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value) && value.every((item, index) => inner(type.items, value, index, item));
    case "map":
      return isObject(value) && Object.entries(value).every(([name, item]) => inner(type.values, value, name, item));
    case "union":
      return type.branches.some((branch) => inner(branch, holder, key, value));
    case "record":
      return isObject(value) && !looking.fieldless(type) && type.fields.every((field) => fieldFits(field, value));
  }

  function fieldFits({ name, type, attributes }: Field, value: object): boolean {
    if (Object.hasOwn(value, name)) return inner(type, value, name, Reflect.get(value, name));
    const { default: own } = attributes;
    if (own === undefined || --looking.left < 0) return false;
    const kind = looking.resolved(type).type;
    // Avro Java made a number of it when it read the field.
    if ((kind === "float" || kind === "double") && typeof own === "string") return parsedDouble(own) !== undefined;
    return inner(type, attributes, "default", own);
  }
}

function inRange(type: "int" | "long", holder: object, key: string | number, value: number): boolean {
  return type === "int" ? (value | 0) === value : !isBeyondLong(holder, key, value);
}
