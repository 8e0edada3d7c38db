import type { Json, JsonObject } from "../../../src/avro/index.ts";
import type { Draw } from "./pairs.ts";

interface Scope {
  readonly draw: Draw;
  readonly namespace: string;
  /** Full names that are defined, or are about to be. */
  readonly names: string[];
}

const PRIMITIVES = ["int", "long", "float", "double", "string", "bytes", "boolean", "null"] as const;
const LOGICAL: readonly [Json, ...Json[]] = [
  { type: "long", logicalType: "timestamp-millis" },
  { type: "bytes", logicalType: "decimal", precision: 9, scale: 2 },
  { type: "bytes", scale: 0, precision: 9, logicalType: "decimal", b: { z: 1, a: [1.5, 2] }, a: 1e10 },
  { type: "string", logicalType: "uuid", "avro.java.string": "String" },
  { type: "int", logicalType: "unknown" },
  { type: "string" },
];

/** A schema, as JSON, with few names, so that they meet again; now and then one that is not right. */
export function schemaOf(draw: Draw, depth = 4): Json {
  return typeOf({ draw, namespace: "", names: [] }, depth);
}

function typeOf(scope: Scope, depth: number): Json {
  const { draw } = scope;
  const kind = draw.below(depth > 0 ? 16 : 4);
  if (kind < 3) return draw.one(PRIMITIVES);
  if (kind === 3) return reference(scope) ?? draw.one(LOGICAL);
  if (kind < 6) return { type: "array", items: typeOf(scope, depth - 1) };
  if (kind === 6) return { type: "map", values: typeOf(scope, depth - 1) };
  if (kind < 9) return unionOf(scope, depth);
  if (kind === 9) return enumOf(scope);
  if (kind === 10) return fixedOf(scope);
  if (kind === 11) return reference(scope) ?? recordOf(scope, depth);
  return recordOf(scope, depth);
}

/** A name that is known, as it may be written here. */
function reference({ draw, namespace, names }: Scope): Json | undefined {
  const full = names[draw.below(Math.max(1, names.length))];
  if (full === undefined) return undefined;
  const dot = full.lastIndexOf(".");
  return full.slice(0, Math.max(0, dot)) === namespace && draw.below(3) > 0 ? full.slice(dot + 1) : full;
}

function unionOf(scope: Scope, depth: number): Json {
  const branches: Json[] = scope.draw.once(2) ? ["null"] : [];
  for (let count = 1 + scope.draw.below(3); count > 0; count--) {
    const branch = typeOf(scope, depth - 1);
    const key = (json: Json) =>
      Array.isArray(json) ? "" : typeof json === "object" ? (json?.name ?? json?.type) : json;
    if (!Array.isArray(branch) && !branches.some((one) => key(one) === key(branch))) branches.push(branch);
  }
  return branches;
}

function definitionOf(scope: Scope): JsonObject & { name: string } {
  const { draw, names } = scope;
  const free = [..."ABCDEFGH"].filter((name) => !names.some((one) => one.endsWith(name)));
  const name = free[draw.below(Math.max(1, free.length))] ?? `X${names.length}`;
  const namespace = draw.one(["", "", "n", "n.m"]);
  if (namespace === "") {
    names.push(scope.namespace === "" ? name : `${scope.namespace}.${name}`);
    return { name };
  }
  names.push(`${namespace}.${name}`);
  return draw.once(2) ? { name: `${namespace}.${name}` } : { name, namespace };
}

function enumOf(scope: Scope): Json {
  const all = ["A", "B", "C", "D"];
  const symbols = all.slice(0, 1 + scope.draw.below(4));
  const fallback = scope.draw.once(3) ? { default: symbols[0] ?? "A" } : {};
  return { type: "enum", ...definitionOf(scope), symbols, ...fallback };
}

function fixedOf(scope: Scope): Json {
  const logical = scope.draw.once(3) ? { logicalType: "decimal", precision: 2 } : {};
  return { type: "fixed", ...definitionOf(scope), size: 1 + scope.draw.below(3), ...logical };
}

function recordOf(scope: Scope, depth: number): Json {
  const named = definitionOf(scope);
  const full = scope.names.at(-1) ?? "";
  const inside = { ...scope, namespace: full.slice(0, Math.max(0, full.lastIndexOf("."))) };
  const fields: Json[] = [];
  for (let index = scope.draw.below(4); index > 0; index--) {
    fields.push(fieldOf(inside, `f${fields.length}`, depth));
  }
  return { type: "record", ...named, fields };
}

function fieldOf(scope: Scope, name: string, depth: number): Json {
  const type = typeOf(scope, depth - 1);
  const { draw } = scope;
  if (draw.once(2)) return { name, type };
  const fallback = defaultOf(type);
  return fallback === undefined ? { name, type } : { name, type, default: fallback, ...(draw.once(5) ? { x: 1 } : {}) };
}

const DEFAULTS: Readonly<Record<string, Json>> = {
  int: 1,
  long: 2,
  float: 0.1,
  double: 3,
  string: "s",
  bytes: "\u00ff",
  boolean: true,
  null: null,
  array: [],
  map: {},
  fixed: "\u0001",
  enum: "A",
};

function defaultOf(type: Json): Json | undefined {
  if (typeof type === "string") return DEFAULTS[type];
  if (Array.isArray(type)) return type[0] === undefined ? undefined : defaultOf(type[0]);
  return typeof type === "object" && typeof type?.type === "string" ? DEFAULTS[type.type] : undefined;
}
