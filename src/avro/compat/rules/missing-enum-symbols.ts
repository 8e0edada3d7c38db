import { sorted } from "../../order.ts";
import type { EnumNode } from "../../schema.ts";
import type { Rule } from "../finding.ts";
import { listed } from "../listed.ts";

export const missingEnumSymbols: Rule<EnumNode, EnumNode> = {
  id: "MISSING_ENUM_SYMBOLS",
  purpose: "The reader's enum has all symbols of the writer's, or a default for those it lacks.",
  source: "Avro specification, Schema Resolution: both are enums",
  check(reader, writer) {
    if (reader.default !== undefined) return undefined;
    const known = new Set(reader.symbols);
    const missing = sorted(writer.symbols.filter((symbol) => !known.has(symbol)));
    if (missing.length === 0) return undefined;
    return {
      below: ["symbols"],
      message: `[${missing.join(", ")}]`,
      explanation: `the enum \`${reader.name}\` lacks ${listed(missing)}: take ${missing.length === 1 ? "it" : "them"} up, or give the enum (not the field) a default`,
    };
  },
};
