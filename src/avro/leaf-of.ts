import { decimalLeaf } from "./decimal.ts";
import { durationLeaf } from "./duration.ts";
import type { Leaf } from "./leaf.ts";
import { bigintLeaf, doubleLeaf, floatLeaf, intLeaf, longLeaf } from "./number.ts";
import type { EnumNode, FixedNode, PrimitiveNode } from "./schema.ts";
import { booleanLeaf, bytesLeaf, enumLeaf, fixedLeaf, nullLeaf, stringLeaf } from "./text.ts";
import { dateLeaf, timeLeaf, timestampLeaf } from "./time.ts";
import { uuidFixedLeaf, uuidLeaf } from "./uuid.ts";

export type LeafNode = PrimitiveNode | EnumNode | FixedNode;

/** How values of this type look, are checked, written and read. */
// Whoever holds a Leaf<unknown> gives its wire only what its own `convert` or `read` returned.
export function leafOf(node: LeafNode): Leaf<unknown> {
  return (
    node.type === "enum" ? enumLeaf(node) : node.type === "fixed" ? ofFixed(node) : ofPrimitive(node)
  ) as Leaf<unknown>;
}

function ofFixed(node: FixedNode): Leaf<Buffer> {
  switch (node.logical?.kind) {
    case "decimal":
      return decimalLeaf(node.logical, node);
    case "uuid":
      return uuidFixedLeaf(node);
    case "duration":
      return durationLeaf(node);
    default:
      return fixedLeaf(node);
  }
}

const PLAIN = {
  null: nullLeaf,
  boolean: booleanLeaf,
  int: intLeaf,
  long: longLeaf,
  float: floatLeaf,
  double: doubleLeaf,
  bytes: bytesLeaf,
  string: stringLeaf,
} as const;

function ofPrimitive({ type, logical, bigint }: PrimitiveNode) {
  switch (logical?.kind) {
    case "date":
      return dateLeaf;
    case "time":
      return timeLeaf(logical.unit, bigint);
    case "timestamp":
    case "local-timestamp":
      return timestampLeaf(logical.unit, logical.kind === "local-timestamp", bigint);
    case "decimal":
      return decimalLeaf(logical);
    case "uuid":
      return uuidLeaf;
    default:
      return bigint ? bigintLeaf : PLAIN[type];
  }
}
