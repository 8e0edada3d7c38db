import { namespaceOf, simpleName } from "../../names.ts";
import type { NamedNode } from "../../schema.ts";
import type { Rule } from "../finding.ts";

export const nameMismatch: Rule<NamedNode, NamedNode> = {
  id: "NAME_MISMATCH",
  purpose: "A named type keeps its simple name, or the reader has the writer's full name as an alias.",
  source: "Avro specification, Schema Resolution: both schemas have the same (unqualified) name; Aliases",
  check(reader, writer) {
    if (simpleName(reader.name) === simpleName(writer.name) || hasAlias(reader, writer.name)) return undefined;
    const alias = isAliasFound(reader, writer.name) ? `, or give \`${reader.name}\` the alias \`${writer.name}\`` : "";
    return {
      below: ["name"],
      message: () => `expected: ${writer.name}`,
      cause: () => `the data holds the ${writer.type} \`${writer.name}\`, and the reader calls it \`${reader.name}\``,
      advice: () => `keep the name \`${simpleName(writer.name)}\`${alias}`,
    };
  },
};

function hasAlias(reader: NamedNode, full: string): boolean {
  return isAliasFound(reader, full) && reader.aliases.includes(full);
}

/** Avro Java never finds an alias in the null namespace where the type itself has one. */
const isAliasFound = ({ name }: NamedNode, full: string): boolean => full.includes(".") || namespaceOf(name) === "";
