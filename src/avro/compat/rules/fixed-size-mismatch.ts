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
      message: `expected: ${writer.size}, found: ${reader.size}`,
      explanation: `the fixed \`${reader.name}\` has ${plural(reader.size, "byte")}, where ${plural(writer.size, "byte")} were written: a fixed never changes its size`,
    };
  },
};
