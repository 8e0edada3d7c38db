import { sorted } from "../../order.ts";
import type { EnumNode } from "../../schema.ts";
import type { Finding, Rule } from "../finding.ts";
import { listed } from "../listed.ts";

export const missingEnumSymbols: Rule<EnumNode, EnumNode> = {
  id: "MISSING_ENUM_SYMBOLS",
  purpose: "The reader's enum has all symbols of the writer's, or a default for those it lacks.",
  source: "Avro specification, Schema Resolution: both are enums",
  check(reader, writer) {
    if (reader.default !== undefined) return undefined;
    const known = new Set(reader.symbols);
    const missing = writer.symbols.filter((symbol) => !known.has(symbol));
    return missing.length === 0 ? undefined : lacks(reader, missing);
  },
};

function lacks(reader: EnumNode, missing: readonly string[]): Finding {
  const one = missing.length === 1;
  return {
    below: ["symbols"],
    message: () => `[${sorted(missing).join(", ")}]`,
    cause: () =>
      `the data may hold ${listed(sorted(missing))}, which ${one ? "is no symbol" : "are no symbols"} of the reader's enum \`${reader.name}\``,
    advice: () =>
      `add ${one ? "it" : "them"} to the enum's symbols, or give the enum (not the field) a default, which is then read in place of any symbol that it does not have`,
  };
}
