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
      message: () => field.name,
      cause: () => causeOf(field, writer),
      advice: () =>
        `give \`${field.name}\` a default, which is then read from records without it; where it is an old field under a new name, add the old name to its aliases`,
    };
  },
  /** Avro Java gives this another type and place: an enum's own default is for symbols, not for a field that is missing. */
  checkEnumField(field: Field, reader: EnumNode, writer: RecordNode): Finding | undefined {
    const mismatch = typeMismatch.check(reader, writer);
    return (
      mismatch && {
        message: mismatch.message,
        cause: () => causeOf(field, writer),
        advice: () =>
          `give the field \`${field.name}\` a default too: the enum's own is read only in place of symbols that it does not have`,
      }
    );
  },
} as const satisfies Omit<Rule, "check"> & Record<"checkField" | "checkEnumField", unknown>;

function causeOf({ name }: Field, writer: RecordNode): string {
  return `the reader expects a field \`${name}\`, which is not in the data of \`${writer.name}\`, and has no default for it`;
}
