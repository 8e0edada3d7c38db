import fc from "fast-check";
import { branchName, type Json, type JsonObject, type Node, parseSchema, type Schema } from "../../src/avro/index.ts";

/** The types that hold no others. */
const LEAVES: readonly Json[] = [
  "null",
  "boolean",
  "int",
  "long",
  "float",
  "double",
  "bytes",
  "string",
  { type: "long", jsType: "bigint" },
  { type: "enum", symbols: ["A", "B", "C"] },
  { type: "enum", symbols: ["X"] },
  { type: "fixed", size: 3 },
  { type: "fixed", size: 0 },
  { type: "fixed", size: 12, logicalType: "duration" },
  { type: "fixed", size: 16, logicalType: "uuid" },
  { type: "fixed", size: 5, logicalType: "decimal", precision: 11, scale: 3 },
  { type: "bytes", logicalType: "decimal", precision: 30, scale: 4 },
  { type: "bytes", logicalType: "decimal", precision: 3 },
  { type: "string", logicalType: "uuid" },
  { type: "int", logicalType: "date" },
  { type: "int", logicalType: "time-millis" },
  { type: "long", logicalType: "time-micros" },
  { type: "long", logicalType: "timestamp-millis" },
  { type: "long", logicalType: "timestamp-micros" },
  { type: "long", logicalType: "timestamp-nanos", jsType: "bigint" },
  { type: "long", logicalType: "local-timestamp-millis" },
  { type: "long", logicalType: "local-timestamp-micros" },
];

/** Random schemas: every type, logical types, nested records, maps, arrays, unions. */
export const schemas: fc.Arbitrary<Schema> = shapes().map((shape) => parseSchema(named(shape)));

/** A random schema with a random value of it, as `decode` returns it. */
export const valued: fc.Arbitrary<{ schema: Schema; value: unknown }> = schemas.chain((schema) =>
  decoded(schema.root).map((value) => ({ schema, value })),
);

/** The JSON of a decoded value, as a person would write it; in unions with wrappers. */
export function jsonOf(node: Node, value: unknown): Json {
  switch (node.type) {
    case "array":
      return (value as unknown[]).map((item) => jsonOf(node.items, item));
    case "map":
      return Object.fromEntries(
        Object.entries(value as object).map(([key, item]) => [key, jsonOf(node.values, item)]),
      ) as Json;
    case "record":
      return Object.fromEntries(
        node.fields.map(({ name, type }) => [name, jsonOf(type, (value as Record<string, unknown>)[name])]),
      ) as Json;
    case "union": {
      const branch = branchOf(node.branches, value, node.wrapped);
      if (branch.type === "null") return null;
      const name = branchName(branch);
      // Around a map a wrapper could itself be meant as one.
      if (!node.wrapped && (branch.type === "map" || branch.type === "record")) return jsonOf(branch, value);
      return { [name]: jsonOf(branch, node.wrapped ? (value as Record<string, unknown>)[name] : value) };
    }
    default:
      return leafJson(value);
  }
}

/** The branch of a decoded value, by its look. */
export function branchOf(branches: readonly Node[], value: unknown, wrapped: boolean): Node {
  const fits = (branch: Node): boolean => {
    if (value === null || branch.type === "null") return value === null && branch.type === "null";
    if (wrapped) return branchName(branch) in (value as object);
    if (Array.isArray(value)) return branch.type === "array";
    if (Buffer.isBuffer(value))
      return (branch.type === "bytes" || branch.type === "fixed") && branch.logical === undefined;
    if (typeof value === "object" && !(value instanceof Date)) return branch.type === "map" || branch.type === "record";
    if (typeof value === "boolean") return branch.type === "boolean";
    const isText = branch.type === "string" || branch.type === "enum" || isTextual(branch);
    if (typeof value === "string") return isText;
    return (
      !isText &&
      branch.type !== "array" &&
      branch.type !== "map" &&
      branch.type !== "record" &&
      branch.type !== "boolean" &&
      branch.type !== "bytes" &&
      branch.type !== "fixed"
    );
  };
  const found = branches.find(fits);
  if (found === undefined) throw new Error("no branch");
  return found;
}

function isTextual(node: Node): boolean {
  return "logical" in node && ["decimal", "uuid", "date", "duration"].includes(node.logical?.kind ?? "");
}

function leafJson(value: unknown): Json {
  if (typeof value === "bigint") return String(value);
  if (Buffer.isBuffer(value)) return value.toString("base64");
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return value as Json;
}

const text = fc.string({ unit: "grapheme" });

/** Values of a type as `decode` returns them. */
export function decoded(node: Node, depth = 0): fc.Arbitrary<unknown> {
  switch (node.type) {
    case "array":
      return fc.array(decoded(node.items, depth + 1), { maxLength: 4 });
    case "map":
      return fc.dictionary(fc.oneof(text, fc.constant("__proto__")), decoded(node.values, depth + 1), {
        maxKeys: 4,
        noNullPrototype: true,
      });
    case "union":
      return fc.oneof(
        ...node.branches.map((branch) => {
          const values = decoded(branch, depth + 1);
          return node.wrapped && branch.type !== "null"
            ? values.map((value) => ({ [branchName(branch)]: value }))
            : values;
        }),
      );
    case "record":
      return fc.record(Object.fromEntries(node.fields.map(({ name, type }) => [name, decoded(type, depth + 1)])), {
        noNullPrototype: true,
      });
    case "enum":
      return fc.constantFrom(...node.symbols);
    case "fixed":
      if (node.logical?.kind === "duration") return durations;
      if (node.logical?.kind === "uuid") return fc.uuid();
      if (node.logical?.kind === "decimal") return decimals(node.logical.precision, node.logical.scale);
      return fc.uint8Array({ minLength: node.size, maxLength: node.size }).map((array) => Buffer.from(array));
    default:
      return primitive(node);
  }
}

const durations = fc
  .tuple(fc.nat(), fc.nat(), fc.nat({ max: 2 ** 31 - 1 }))
  .map(([months, days, ms]) => `P${months + 1}M${days + 1}DT${(ms + 1) / 1_000}S`);

function decimals(precision: number, scale: number): fc.Arbitrary<string> {
  const max = 10n ** BigInt(precision) - 1n;
  return fc.bigInt({ min: -max, max }).map((unscaled) => {
    const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0");
    const at = digits.length - scale;
    return `${unscaled < 0n ? "-" : ""}${digits.slice(0, at)}${scale > 0 ? `.${digits.slice(at)}` : ""}`;
  });
}

function primitive(node: Extract<Node, { bigint: boolean }>): fc.Arbitrary<unknown> {
  const { logical } = node;
  if (logical?.kind === "date")
    return fc
      .integer({ min: -719_000, max: 2_900_000 })
      .map((days) => new Date(days * 86_400_000).toISOString().slice(0, 10));
  if (logical?.kind === "decimal") return decimals(logical.precision, logical.scale);
  if (logical?.kind === "uuid") return fc.uuid();
  if (logical?.kind === "time") return ofLong(node.bigint, 0, 86_400_000 * (logical.unit === "millis" ? 1 : 1_000) - 1);
  if (logical !== undefined && "unit" in logical && logical.unit === "millis" && !node.bigint)
    return fc.date({ noInvalidDate: true });
  switch (node.type) {
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "int":
      return fc.integer();
    case "long":
      return node.bigint ? fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) : fc.maxSafeInteger();
    case "float":
      return fc.float({ noDefaultInfinity: true });
    case "double":
      return fc.double({ noDefaultInfinity: true });
    case "bytes":
      return fc.uint8Array({ maxLength: 20 }).map((array) => Buffer.from(array));
    case "string":
      return text;
  }
}

function ofLong(bigint: boolean, min: number, max: number): fc.Arbitrary<unknown> {
  const numbers = fc.integer({ min, max: Math.min(max, 2 ** 31 - 1) });
  return bigint ? numbers.map(BigInt) : numbers;
}

/** A schema in which named types have no names yet, so that none is given twice. */
function shapes(): fc.Arbitrary<Json> {
  const leaves = fc.constantFrom(...LEAVES);
  const { shape } = fc.letrec<{ shape: Json; branch: Json }>((tie) => ({
    shape: fc.oneof({ maxDepth: 3, withCrossShrink: true }, leaves, tie("branch"), unions(tie("branch"))),
    branch: fc.oneof(
      { maxDepth: 3 },
      leaves,
      tie("shape").map((items): Json => ({ type: "array", items })),
      tie("shape").map((values): Json => ({ type: "map", values })),
      fc
        .array(tie("shape"), { maxLength: 4 })
        .map((types): Json => ({ type: "record", fields: types.map((type, index) => ({ name: `f${index}`, type })) })),
    ),
  }));
  return shape;
}

/** Branches of different types; several records, enums and fixed may stand in one union. */
function unions(branch: fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  const kind = (json: Json): string => (typeof json === "string" ? json : String((json as JsonObject).type));
  const key = (json: Json): Json =>
    ["record", "enum", "fixed"].includes(kind(json)) ? JSON.stringify(json) : kind(json);
  return fc.uniqueArray(branch, { minLength: 1, maxLength: 4, selector: key }) as fc.Arbitrary<Json>;
}

function named(shape: Json, count = { next: 0 }): Json {
  if (Array.isArray(shape)) return shape.map((branch) => named(branch, count));
  if (typeof shape !== "object" || shape === null) return shape;
  const json: JsonObject = { ...shape };
  if (json.type === "record" || json.type === "enum" || json.type === "fixed") json.name = `n.T${count.next++}`;
  for (const part of ["items", "values", "type"]) {
    if (typeof json[part] === "object" && json[part] !== undefined) json[part] = named(json[part], count);
  }
  if (Array.isArray(json.fields)) json.fields = json.fields.map((field) => named(field, count));
  return json;
}
