import type { Field, RecordNode } from "../../schema.ts";
import { schemaTextOf } from "../../stored/text.ts";
import { type Finding, kindOf, type Rule } from "../finding.ts";

/** How many pairs of types may be around a pair; Avro Java's stack, as it is by default, holds fewer. */
export const PAIR_DEPTH_MAX = 5_000;

/** How often two types are compared in one check: more takes seconds, and hundreds of megabytes. */
export const COMPARISONS_MAX = 1_000_000;

/** What Avro Java answers with an exception, and a registry therefore as incompatible. */
export const checkFailed = {
  id: "CHECK_FAILED",
  purpose:
    "A field of the reader's is found in the writer's record once only, by its name or an alias; nothing is nested without end.",
  source: "Apache Avro Java, SchemaCompatibility.lookupWriterField",
  ambiguous(field: Field, index: number, writer: RecordNode, hits: readonly string[]): Finding {
    return {
      message: `Reader record field ${field.name} type:${kindOf(field.type)} pos:${index} matches multiple fields in writer record schema ${schemaTextOf(writer)}`,
      explanation: `the field \`${field.name}\` may be made of ${hits.map((name) => `\`${name}\``).join(" or ")} of the writer's: an alias must not name what is still there`,
    };
  },
  tooMuch(): Finding {
    const explanation = `the types are nested more than ${PAIR_DEPTH_MAX} deep, or make more than ${COMPARISONS_MAX} comparisons`;
    return { message: explanation, explanation };
  },
} as const satisfies Omit<Rule, "check"> & Record<"ambiguous" | "tooMuch", unknown>;
