import type { Field, RecordNode } from "../../schema.ts";
import { schemaTextOf } from "../../stored/text.ts";
import { type Finding, type Incompatibility, kindOf, type Rule } from "../finding.ts";
import { either } from "../listed.ts";

/** How many pairs of types may be around a pair; Avro Java's stack, as it is by default, holds fewer. */
export const PAIR_DEPTH_MAX = 5_000;

/** How often two types, fields, symbols or aliases are compared in one check: more takes seconds. */
export const COMPARISONS_MAX = 1_000_000;

const TOO_MUCH = `the types are nested more than ${PAIR_DEPTH_MAX} deep, or make more than ${COMPARISONS_MAX} comparisons`;

/** What Avro Java answers with an exception, and a registry therefore as incompatible. */
export const checkFailed = {
  id: "CHECK_FAILED",
  purpose:
    "A field of the reader's is found in the writer's record once only, by its name or an alias; nothing is nested without end.",
  source: "Apache Avro Java, SchemaCompatibility.lookupWriterField",
  ambiguous(field: Field, index: number, writer: RecordNode, hits: readonly string[]): Finding {
    const different = [...new Set(hits)];
    const message = () =>
      `Reader record field ${field.name} type:${kindOf(field.type)} pos:${index} matches multiple fields in writer record schema ${schemaTextOf(writer)}`;
    if (different.length === 1) {
      return {
        message,
        cause: () =>
          `the reader's field \`${field.name}\` has an alias that repeats its own name, and Avro takes that for two fields`,
        advice: () => "remove that alias",
      };
    }
    return {
      message,
      cause: () =>
        `the reader's field \`${field.name}\` may be filled from ${either(different)} of the data's \`${writer.name}\`, and Avro does not choose`,
      advice: () => "remove the alias that names a field which is still there",
    };
  },
  tooMuch(): Finding {
    return {
      message: () => TOO_MUCH,
      cause: () => TOO_MUCH,
      advice: () => "make the schema smaller; nothing can be said about this one",
    };
  },
} as const satisfies Omit<Rule, "check"> & Record<"ambiguous" | "tooMuch", unknown>;

/** Whether the check ended without an answer. */
export const isTooMuch = (one: Incompatibility): boolean => one.type === checkFailed.id && one.message === TOO_MUCH;
