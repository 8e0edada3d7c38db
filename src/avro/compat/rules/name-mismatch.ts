import { namespaceOf, simpleName } from "../../names.ts";
import type { NamedNode } from "../../schema.ts";
import type { Rule } from "../finding.ts";

export const nameMismatch: Rule<NamedNode, NamedNode> = {
  id: "NAME_MISMATCH",
  purpose: "A named type keeps its simple name, or the reader has the writer's full name as an alias.",
  source: "Avro specification, Schema Resolution: both schemas have the same (unqualified) name; Aliases",
  check(reader, writer) {
    if (simpleName(reader.name) === simpleName(writer.name) || hasAlias(reader, writer.name)) return undefined;
    return {
      below: ["name"],
      message: `expected: ${writer.name}`,
      explanation: `the ${writer.type} \`${writer.name}\` is now called \`${reader.name}\`: call it \`${simpleName(writer.name)}\` again, or give it the alias \`${writer.name}\``,
    };
  },
};

/** Avro Java never finds an alias in the null namespace where the type itself has one. */
function hasAlias({ name, aliases }: NamedNode, full: string): boolean {
  return aliases.includes(full) && (full.includes(".") || namespaceOf(name) === "");
}
