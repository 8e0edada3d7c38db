import { logicalName } from "../logical.ts";
import { branchName, type Node } from "../schema.ts";

/** Branches of a union that are named in a sentence. */
const BRANCHES_SHOWN_MAX = 6;
/** How deep types are named: what is inside is told where it changes. */
const DEPTH_MAX = 3;

/** A type as people name it: `string`, `timestamp-millis`, `decimal(9, 2)`, `null | string`, `orders.OrderItem[]`. */
export function typeText(node: Node, depth = 0): string {
  if (depth > DEPTH_MAX) return "…";
  switch (node.type) {
    case "array":
      return `${grouped(node.items, depth)}[]`;
    case "map":
      return `map of ${typeText(node.values, depth + 1)}`;
    case "union":
      return unionText(node.branches, depth);
    case "fixed":
      return node.logical === undefined ? `${node.name}(${node.size})` : `${logicalText(node)} as ${node.name}`;
    case "record":
    case "enum":
      return node.name;
    default:
      return `${node.logical === undefined ? node.type : logicalText(node)}${node.bigint ? " (bigint)" : ""}`;
  }
}

/** A type of which the kind matters, as in `the record orders.Order`. */
export function kindText(node: Node): string {
  return "name" in node ? `${node.type} ${branchName(node)}` : typeText(node);
}

/** The logical type with what belongs to it; empty for none. */
export function logicalText(node: Node): string {
  if (!("logical" in node) || node.logical === undefined) return "";
  const { logical } = node;
  return logical.kind === "decimal" ? `decimal(${logical.precision}, ${logical.scale})` : logicalName(logical);
}

function unionText(branches: readonly Node[], depth: number): string {
  const shown = branches.slice(0, BRANCHES_SHOWN_MAX).map((branch) => typeText(branch, depth + 1));
  const more = branches.length > shown.length ? [`${branches.length - shown.length} more`] : [];
  // As JSON has it where the bar would leave nothing to see.
  return branches.length < 2 ? `[${shown.join("")}]` : [...shown, ...more].join(" | ");
}

function grouped(node: Node, depth: number): string {
  const text = typeText(node, depth + 1);
  return node.type === "union" || node.type === "map" ? `(${text})` : text;
}
