import type { Node } from "../../schema.ts";
import { kindOf, type Rule } from "../finding.ts";

/** What each type may be read as besides itself (Avro spec, Schema Resolution: promotions). */
const PROMOTIONS: Readonly<Record<string, readonly string[]>> = {
  int: ["long", "float", "double"],
  long: ["float", "double"],
  float: ["double"],
  string: ["bytes"],
  bytes: ["string"],
};

export const typeMismatch: Rule = {
  id: "TYPE_MISMATCH",
  purpose: "A type stays what it is, or becomes one that it can be promoted to.",
  source: "Avro specification, Schema Resolution: promotions",
  check(reader, writer) {
    if (reader.type === writer.type || PROMOTIONS[writer.type]?.includes(reader.type)) return undefined;
    return {
      message: `reader type: ${kindOf(reader)} not compatible with writer type: ${kindOf(writer)}`,
      explanation: `${shown(writer)} was written, and cannot be read as ${shown(reader)}${hint(writer)}`,
    };
  },
};

export function shown(node: Node): string {
  if ("name" in node) return `the ${node.type} \`${node.name}\``;
  return node.type === "union" ? "a union" : `\`${node.type}\``;
}

function hint({ type }: Node): string {
  const promoted = PROMOTIONS[type];
  return promoted === undefined ? "" : `; \`${type}\` may become ${promoted.map((to) => `\`${to}\``).join(" or ")}`;
}
