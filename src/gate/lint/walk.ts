import type { Node, Schema } from "../../avro/index.ts";
import { styleOf } from "./names.ts";
import type { LintPart } from "./rule.ts";

/**
 * Every part of a schema that a rule may look at, each named type once, where it is defined. `isHere` says of the keys to
 * a named type whether its definition stands in this file: what another file defines is looked at with that file.
 */
export function partsOf({ root }: Schema, isHere: (path: readonly string[]) => boolean): readonly LintPart[] {
  const parts: LintPart[] = [];
  const names: string[] = [];
  const seen = new Set<Node>();

  function walk(node: Node, path: readonly string[]): void {
    switch (node.type) {
      case "array":
        walk(node.items, [...path, "items"]);
        return;
      case "map":
        walk(node.values, [...path, "values"]);
        return;
      case "union":
        parts.push({ kind: "union", node, path });
        for (const [index, branch] of node.branches.entries()) walk(branch, [...path, String(index)]);
        return;
      case "record":
      case "enum":
      case "fixed":
        if (seen.has(node) || !isHere(path)) return;
        seen.add(node);
        parts.push({ kind: "type", node, path });
        if (node.type !== "record") return;
        for (const [index, field] of node.fields.entries()) {
          const at = [...path, "fields", String(index)];
          names.push(field.name);
          parts.push({ kind: "field", field, record: node, path: at, style: undefined });
          walk(field.type, [...at, "type"]);
        }
        return;
      default:
    }
  }

  walk(root, []);
  const style = styleOf(names);
  return parts.map((part) => (part.kind === "field" ? { ...part, style } : part));
}
