import { plural } from "../../plural.ts";
import type { FixedNode } from "../../schema.ts";
import type { Rule } from "../finding.ts";

export const fixedSizeMismatch: Rule<FixedNode, FixedNode> = {
  id: "FIXED_SIZE_MISMATCH",
  purpose: "A fixed keeps its size.",
  source: "Avro specification, Schema Resolution: both schemas are fixed whose sizes match",
  check(reader, writer) {
    if (reader.size === writer.size) return undefined;
    return {
      below: ["size"],
      message: () => `expected: ${writer.size}, found: ${reader.size}`,
      cause: () =>
        `values of the fixed \`${writer.name}\` are written with ${plural(writer.size, "byte")}, and the reader expects ${reader.size}`,
      advice: () => `keep the size ${writer.size}; for another size add a new type, under a new name, in a new field`,
    };
  },
};
