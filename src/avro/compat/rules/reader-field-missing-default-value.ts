import type { EnumNode, Field, RecordNode } from "../../schema.ts";
import type { Finding, Rule } from "../finding.ts";
import { typeMismatch } from "./type-mismatch.ts";

/** Asked only about fields of the reader's that the writer's record does not have. */
export const readerFieldMissingDefaultValue = {
  id: "READER_FIELD_MISSING_DEFAULT_VALUE",
  purpose: "A field that only the reader has carries a default.",
  source: "Avro specification, Schema Resolution: records",
  checkField(field: Field, writer: RecordNode): Finding | undefined {
    if (field.attributes.default !== undefined) return undefined;
    return {
      message: field.name,
      explanation: `the field \`${field.name}\` has no default, and the writer's \`${writer.name}\` has no such field: give it a default, or an alias that names the writer's field`,
    };
  },
  /** Avro Java gives this another type and place: an enum's own default is for symbols, not for a field that is missing. */
  checkEnumField(field: Field, reader: EnumNode, writer: RecordNode): Finding | undefined {
    const mismatch = typeMismatch.check(reader, writer);
    return (
      mismatch && {
        ...mismatch,
        explanation: `the field \`${field.name}\` has no default, and the writer's \`${writer.name}\` has no such field: give the field a default too, the enum's own is for unknown symbols only`,
      }
    );
  },
} as const satisfies Omit<Rule, "check"> & Record<"checkField" | "checkEnumField", unknown>;
