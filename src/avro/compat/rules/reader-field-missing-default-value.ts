import type { Field, RecordNode } from "../../schema.ts";
import type { Finding, Rule } from "../finding.ts";

/** Asked only about fields of the reader's that the writer's record does not have. */
export const readerFieldMissingDefaultValue = {
  id: "READER_FIELD_MISSING_DEFAULT_VALUE",
  purpose: "A field that only the reader has carries a default.",
  source: "Avro specification, Schema Resolution: records",
  checkField(field: Field, _reader: RecordNode, writer: RecordNode): Finding | undefined {
    if (field.attributes.default !== undefined) return undefined;
    return {
      message: field.name,
      explanation: `the field \`${field.name}\` has no default, and the writer's \`${writer.name}\` has no such field: give it a default, or an alias that names the writer's field`,
    };
  },
} as const satisfies Omit<Rule, "check"> & Record<"checkField", unknown>;
