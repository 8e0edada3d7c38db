import type { Node } from "../schema.ts";
import { stepsAlong } from "../steps.ts";

/** A type as it is called in a sentence about data. */
export function shown(node: Node): string {
  if ("name" in node) return `the ${node.type} \`${node.name}\``;
  return node.type === "union" ? "a union" : `\`${node.type}\``;
}

/** Where something stands in a type, for people: `items[].price`; empty for the type itself. */
export function fieldPath(root: Node, path: readonly string[]): string {
  return stepsAlong(root, path).reduce(
    (text, step) => (text === "" || step === "[]" || step === "{}" ? `${text}${step}` : `${text}.${step}`),
    "",
  );
}
