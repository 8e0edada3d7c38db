import { SchemaError, type SchemaProblem } from "../errors.ts";
import { logicalOf } from "../logical.ts";
import { settle } from "../parse-finish.ts";
import { isObject, type Open } from "../parse-state.ts";
import { ParsedSchema } from "../parsed-schema.ts";
import {
  type ArrayNode,
  branchName,
  type Json,
  type JsonObject,
  type MapNode,
  type NamedNode,
  type Node,
  namedTypes,
  PRIMITIVES,
  type Primitive,
  type RecordNode,
  type Schema,
  type UnionNode,
} from "../schema.ts";
import { shown } from "../shown.ts";
import { defineEnum, defineFixed, defineRecord } from "./definitions.ts";
import { depthProblem } from "./depth.ts";
import { readJson } from "./json.ts";
import { below, checkProperties, type Place, report, type StoredParse, textOf } from "./parse-state.ts";
import { checkResolvedDefaults, resolveForwards } from "./resolve.ts";

/**
 * Parses the text of a schema as Avro Java 1.12.2 does, so that whatever a registry holds can be held here. What
 * `parseSchema` refuses for the sake of TypeScript or of good sense passes; numbers are kept as they were written.
 * `references` are the schemas whose named types it may use.
 * @throws SchemaError with every problem, also where the text is not JSON.
 */
export function parseSchemaText(text: string, references: readonly Schema[] = []): Schema {
  return schemaOf(parse(() => ({ schema: readJson(text) }), "schema", { references, strict: false }));
}

/**
 * The same for a schema that stands under a key of a larger document, which `readJson` has read.
 * @throws SchemaError with every problem.
 */
export function parseSchemaMember(document: object, key: string): Schema {
  return schemaOf(parse(() => document, key, { references: [], strict: false }));
}

function schemaOf({ root, problems }: ReturnType<typeof parse>): Schema {
  if (problems.length > 0) throw new SchemaError(problems);
  return new ParsedSchema(root);
}

/**
 * What Confluent's registry (8.x) refuses in a new schema with 42201: what does not parse, defaults that do not fit,
 * names beyond ASCII. Nothing else.
 */
export function strictProblems(text: string, references: readonly Schema[] = []): readonly SchemaProblem[] {
  return parse(() => ({ schema: readJson(text) }), "schema", { references, strict: true }).problems;
}

interface ParseOptions {
  readonly references: readonly Schema[];
  readonly strict: boolean;
}

function parse(read: () => object, key: string, { references, strict }: ParseOptions) {
  const broken = { type: "null", logical: undefined, bigint: false, attributes: { type: "null" } } as const;
  const found: { root: Node } = { root: broken };
  const parse: StoredParse = {
    strict,
    problems: [],
    external: new Map(references.flatMap((schema) => [...namedTypes(schema.root)])),
    defined: new Map<string, NamedNode>(),
    forwards: [],
    unions: [],
    records: [],
    broken,
    parseType: (holder, key, place) => parseType(parse, Reflect.get(holder, key), place),
  };
  const root: Place = { path: [], namespace: "", put: (node) => (found.root = node) };
  try {
    parse.parseType(read(), key, root);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    report(parse, root, `not JSON: ${error.message}`);
  }
  finish(parse, found);
  return { root: found.root, problems: parse.problems };
}

function finish(parse: StoredParse, found: { readonly root: Node }): void {
  if (parse.strict && parse.problems.length === 0) checkResolvedDefaults(parse);
  resolveForwards(parse);
  for (const { node, place } of parse.unions) checkUnion(parse, node, place);
  const tooDeep = depthProblem(found.root);
  if (tooDeep !== undefined) parse.problems.push(tooDeep);
  if (parse.problems.length === 0) settle(parse.unions, parse.records);
}

function parseType(parse: StoredParse, json: Json, place: Place): void {
  if (typeof json === "string") {
    place.put(find(parse, json, place));
  } else if (Array.isArray(json)) {
    ofUnion(parse, json, place);
  } else if (isObject(json)) {
    ofObject(parse, json, place);
  } else {
    wrong(parse, place, `expected a type: a name, an object or an array, found ${shown(json)}`);
  }
}

/** What a name means here: a name without dots is looked for in the namespace, then without one. */
function find(parse: StoredParse, name: string, place: Place): Node {
  if (PRIMITIVES.has(name)) return primitive(name as Primitive, { type: name }, place); // PRIMITIVES holds nothing else.
  const full = place.namespace !== "" && !name.includes(".") ? `${place.namespace}.${name}` : name;
  const known = [full, name].map((one) => parse.external.get(one) ?? parse.defined.get(one));
  const found = known.find((node) => node !== undefined);
  if (found !== undefined) return found;
  const standIn = placeholder(parse.forwards.length);
  parse.forwards.push({ name: full, place, standIn });
  return standIn;
}

function placeholder(index: number): RecordNode {
  const name = `(not yet defined ${index})`;
  return { type: "record", name, aliases: [], doc: undefined, attributes: {}, fields: [], recursive: false };
}

function ofObject(parse: StoredParse, json: JsonObject, place: Place): void {
  const type = textOf(json, "type");
  const complex = type === undefined ? undefined : COMPLEX.get(type);
  if (complex !== undefined) complex(parse, json, place);
  else if (type === undefined) wrong(parse, place, `expected the name of a type, found ${shown(json.type)}`, "type");
  // PRIMITIVES holds nothing else.
  else if (PRIMITIVES.has(type)) place.put(primitive(type as Primitive, json, place));
  // Avro Java refuses names here since 1.12.2. Confluent's own tests have them, and registries hold them.
  else place.put(find(parse, type, place));
}

const COMPLEX: ReadonlyMap<string, (parse: StoredParse, json: JsonObject, place: Place) => void> = new Map([
  ["record", defineRecord],
  ["error", defineRecord],
  ["enum", defineEnum],
  ["fixed", defineFixed],
  ["array", ofArray],
  ["map", ofMap],
]);

function primitive(type: Primitive, attributes: JsonObject, { bigint = false }: Place): Node {
  const own = type === "long" && (bigint || attributes.jsType === "bigint");
  return { type, logical: logicalOf(type, attributes), bigint: own, attributes };
}

function ofArray(parse: StoredParse, json: JsonObject, place: Place): void {
  const node: Open<ArrayNode> = { type: "array", items: parse.broken, attributes: json };
  place.put(node);
  checkProperties(parse, node, place);
  if (json.items === undefined) {
    report(parse, place, "an array without `items`");
    return;
  }
  parse.parseType(
    json,
    "items",
    below(place, (items) => (node.items = items), "items"),
  );
}

function ofMap(parse: StoredParse, json: JsonObject, place: Place): void {
  const node: Open<MapNode> = { type: "map", values: parse.broken, attributes: json };
  place.put(node);
  checkProperties(parse, node, place);
  if (json.values === undefined) {
    report(parse, place, "a map without `values`");
    return;
  }
  parse.parseType(
    json,
    "values",
    below(place, (values) => (node.values = values), "values"),
  );
}

function ofUnion(parse: StoredParse, json: readonly Json[], place: Place): void {
  const branches: Node[] = json.map(() => parse.broken);
  const node: Open<UnionNode> = { type: "union", branches, wrapped: false };
  place.put(node);
  parse.unions.push({ node, place });
  for (const [index, branch] of json.entries()) {
    const at = below(place, (type) => (branches[index] = type), index);
    if (Array.isArray(branch)) wrong(parse, at, "a union directly inside a union");
    else parse.parseType(json, index, { ...at, bigint: place.bigint ?? false });
  }
}

function checkUnion(parse: StoredParse, { branches }: UnionNode, place: Place): void {
  const names = new Set<string>();
  for (const [index, branch] of branches.entries()) {
    const name = branchName(branch);
    if (branch !== parse.broken && names.has(name)) {
      report(parse, place, `a second branch \`${name}\` in one union`, index);
    }
    names.add(name);
  }
}

function wrong(parse: StoredParse, place: Place, message: string, ...keys: (string | number)[]): void {
  report(parse, place, message, ...keys);
  place.put(parse.broken);
}
