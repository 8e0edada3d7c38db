import type { LogicalType } from "./logical.ts";
import type { Field, Json, Node } from "./schema.ts";

/**
 * SHA-256, in hex, over what decides how values are written, read, shown and resolved. Two schemas with one
 * fingerprint are interchangeable for a codec. Avro's own canonical form would not do: it leaves out logical types,
 * defaults and aliases.
 */
export function fingerprintOf(root: Node): string {
  return new Bun.CryptoHasher("sha256").update(JSON.stringify(canonical(root, new Set()))).digest("hex");
}

function canonical(node: Node, seen: Set<string>): Json {
  if ("name" in node) {
    if (seen.has(node.name)) return ["ref", node.name];
    seen.add(node.name);
  }
  switch (node.type) {
    case "array":
      return ["array", canonical(node.items, seen)];
    case "map":
      return ["map", canonical(node.values, seen)];
    case "union":
      return ["union", node.branches.map((branch) => canonical(branch, seen))];
    case "record":
      return ["record", node.name, [...node.aliases], node.fields.map((field) => canonicalField(field, seen))];
    case "enum":
      return ["enum", node.name, [...node.aliases], [...node.symbols], node.default ?? null];
    case "fixed":
      return ["fixed", node.name, [...node.aliases], node.size, logicalJson(node.logical)];
    default:
      return [node.type, node.bigint, logicalJson(node.logical)];
  }
}

function canonicalField(field: Field, seen: Set<string>): Json {
  return [field.name, canonical(field.type, seen), [...field.aliases], field.default?.toString("hex") ?? null];
}

function logicalJson(logical: LogicalType | undefined): Json {
  return logical === undefined ? null : Object.entries(logical).map(([key, value]) => [key, value]);
}
