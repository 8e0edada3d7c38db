import { branchName, type Json, type Node, type RecordNode, type UnionNode } from "../../../src/avro/index.ts";
import type { Draw } from "../compat/pairs.ts";

/** How many records may be around a value before it takes the shortest way out. */
const DEPTH_MAX = 6;

/** Random values of a type, as a codec takes them. Undefined where none ends. */
export function randomValue(draw: Draw, node: Node): unknown {
  return of(node, 0);

  function of(node: Node, depth: number): unknown {
    switch (node.type) {
      case "array":
        return several(depth)
          .map(() => of(node.items, depth + 1))
          .filter((item) => item !== undefined);
      case "map":
        return Object.fromEntries(
          several(depth)
            .map((_, index) => [`k${index}`, of(node.values, depth + 1)] as const)
            .filter(([, value]) => value !== undefined),
        );
      case "union":
        return ofUnion(node, depth);
      case "record":
        return ofRecord(node, depth);
      case "enum":
        return node.symbols[draw.below(node.symbols.length)];
      case "fixed":
        return ofFixed(node.size, node.logical?.kind);
      default:
        return ofPrimitive(node);
    }
  }

  function several(depth: number): readonly undefined[] {
    return Array.from({ length: depth > DEPTH_MAX ? 0 : draw.below(3) });
  }

  function ofUnion({ branches, wrapped }: UnionNode, depth: number): unknown {
    const start = draw.below(branches.length);
    for (const offset of branches.keys()) {
      const branch = branches[(start + offset) % branches.length];
      const value = branch && of(branch, depth + 1);
      if (branch?.type === "null") return null;
      if (branch === undefined || value === undefined) continue;
      return wrapped ? { [branchName(branch)]: value } : plain(branch, value);
    }
    return undefined;
  }

  /** Bytes as such: their base64 may look like text of another branch. */
  function plain(branch: Node, value: unknown): unknown {
    const isBytes = (branch.type === "bytes" || branch.type === "fixed") && branch.logical === undefined;
    return isBytes ? Buffer.from(String(value), "base64") : value;
  }

  function ofRecord({ fields, recursive }: RecordNode, depth: number): unknown {
    if (recursive && depth > 2 * DEPTH_MAX) return undefined;
    const values = fields.map(({ name, type }) => [name, of(type, depth + 1)] as const);
    if (values.some(([, value]) => value === undefined)) return undefined;
    return Object.fromEntries(values);
  }

  function ofFixed(size: number, kind: string | undefined): Json {
    if (kind === "decimal") return String(draw.below(3));
    if (kind === "uuid") return UUID;
    return kind === "duration" ? "P1M2DT3S" : Buffer.alloc(size, draw.below(256)).toString("base64");
  }

  function ofPrimitive({ type, logical }: Extract<Node, { bigint: boolean }>): Json {
    switch (logical?.kind) {
      case "decimal":
        return String(draw.below(9));
      case "uuid":
        return UUID;
      case "date":
        return "2026-01-31";
      case "time":
        return "13:45:30";
      case "timestamp":
        return "1970-01-31T13:45:30.123Z";
      case "local-timestamp":
        return "1970-01-31T13:45:30.123";
      default:
    }
    switch (type) {
      case "null":
        return null;
      case "boolean":
        return draw.once(2);
      case "int":
        return draw.one([0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 300]);
      case "long":
        return draw.one([0, 1, -1, 2 ** 31, -(2 ** 40), 2 ** 50]);
      case "float":
      case "double":
        return draw.one([0, -1.5, 1e10]);
      case "bytes":
        return draw.one(["", "AQID", "/w=="]);
      case "string":
        return draw.one(["", "x", "é", "\u{1f600}"]);
    }
  }
}

const UUID = "0194f7c2-1a2b-7c3d-8e4f-000000000001";
