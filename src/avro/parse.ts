import { defineEnum, defineFixed, defineRecord } from "./define.ts";
import { SchemaError } from "./errors.ts";
import { logicalOf } from "./logical.ts";
import { finish } from "./parse-finish.ts";
import { below, COMPLEX, isObject, type Open, type Parse, type Place, report } from "./parse-state.ts";
import { ParsedSchema } from "./parsed-schema.ts";
import {
  type ArrayNode,
  type Json,
  type JsonObject,
  type MapNode,
  type Node,
  namedTypes,
  PRIMITIVES,
  type Primitive,
  type PrimitiveNode,
  type Schema,
  type UnionNode,
} from "./schema.ts";
import { shown } from "./shown.ts";

/** How deep a schema may be written. */
export const SCHEMA_DEPTH_MAX = 200;

/**
 * Parses an Avro schema. `named` are schemas whose named types it may refer to (Confluent's references).
 * A name may be used before it is defined, and a union's default may fit any branch, as Avro Java has it since 1.12.
 * @throws SchemaError with all problems.
 */
export function parseSchema(json: unknown, named: readonly Schema[] = []): Schema {
  const broken = primitive("null", { type: "null" });
  const parse: Parse = {
    problems: [],
    references: [],
    unions: [],
    records: [],
    broken,
    external: new Map(named.flatMap((schema) => [...namedTypes(schema.root)])),
    defined: new Map(),
    parseType: (json, place) => parseType(parse, json, place),
  };
  const found: { root: Node } = { root: broken };
  parseType(parse, json, { path: [], namespace: "", bigint: false, put: (node) => (found.root = node) });
  finish(parse);
  if (parse.problems.length > 0) throw new SchemaError(parse.problems);
  return new ParsedSchema(found.root);
}

function parseType(parse: Parse, json: unknown, place: Place): void {
  if (place.path.length > SCHEMA_DEPTH_MAX) {
    report(parse, place, `nested deeper than ${SCHEMA_DEPTH_MAX} levels`);
  } else if (typeof json === "string") {
    ofName(parse, json, { type: json }, place);
  } else if (Array.isArray(json)) {
    ofUnion(parse, json, place);
  } else if (isObject(json)) {
    ofObject(parse, json, place);
  } else {
    report(parse, place, `expected a type: a name, an object or an array, found ${shown(json)}`);
  }
}

function ofName(parse: Parse, name: string, attributes: JsonObject, place: Place): void {
  if (PRIMITIVES.has(name)) {
    place.put(ofPrimitive(parse, name as Primitive, attributes, place)); // PRIMITIVES holds nothing else.
  } else if (COMPLEX.has(name)) {
    report(parse, place, `\`${name}\` stands inside an object, as in {"type": "${name}", …}`);
  } else {
    parse.references.push({ name, place });
  }
}

function ofObject(parse: Parse, json: JsonObject, place: Place): void {
  const { type } = json;
  switch (type) {
    case "record":
    case "error":
      defineRecord(parse, json, place);
      return;
    case "enum":
      defineEnum(parse, json, place);
      return;
    case "fixed":
      defineFixed(parse, json, place);
      return;
    case "array":
      ofArray(parse, json, place);
      return;
    case "map":
      ofMap(parse, json, place);
      return;
    default:
  }
  if (typeof type === "string") ofName(parse, type, json, place);
  else if (type === undefined) report(parse, place, "missing `type`");
  else report(parse, place, `expected the name of a type, found ${shown(type)}`, "type");
}

function ofPrimitive(parse: Parse, type: Primitive, attributes: JsonObject, place: Place): Node {
  const own = attributes.jsType === "bigint";
  if (own && type !== "long") {
    report(parse, place, `\`"jsType": "bigint"\` is for a long; this is \`${type}\``, "jsType");
    return parse.broken;
  }
  return primitive(type, attributes, type === "long" && (own || place.bigint));
}

function primitive(type: Primitive, attributes: JsonObject, bigint = false): PrimitiveNode {
  return { type, logical: logicalOf(type, attributes), bigint, attributes };
}

function ofArray(parse: Parse, json: JsonObject, place: Place): void {
  const node: Open<ArrayNode> = { type: "array", items: parse.broken, attributes: json };
  place.put(node);
  if (json.items === undefined) report(parse, { ...place, put: () => {} }, "an array without `items`");
  else
    parse.parseType(
      json.items,
      below(place, (items) => (node.items = items), "items"),
    );
}

function ofMap(parse: Parse, json: JsonObject, place: Place): void {
  const node: Open<MapNode> = { type: "map", values: parse.broken, attributes: json };
  place.put(node);
  if (json.values === undefined) report(parse, { ...place, put: () => {} }, "a map without `values`");
  else
    parse.parseType(
      json.values,
      below(place, (values) => (node.values = values), "values"),
    );
}

function ofUnion(parse: Parse, json: readonly Json[], place: Place): void {
  if (json.length === 0) {
    report(parse, place, "a union without branches");
    return;
  }
  const branches: Node[] = json.map(() => parse.broken);
  const node: Open<UnionNode> = { type: "union", branches, wrapped: false };
  place.put(node);
  parse.unions.push({ node, place });
  for (const [index, branch] of json.entries()) {
    const at = below(place, (type) => (branches[index] = type), index);
    if (Array.isArray(branch)) report(parse, at, "a union directly inside a union");
    else parse.parseType(branch, { ...at, bigint: place.bigint });
  }
}
