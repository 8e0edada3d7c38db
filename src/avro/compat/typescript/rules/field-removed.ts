import type { Field } from "../../../schema.ts";
import type { TypescriptRule } from "../change.ts";

/** A field that the newer schema does not have under its name, and the one that an alias makes of it. */
export interface Missing {
  readonly renamed: Field | undefined;
}

export const fieldRemoved: TypescriptRule<Missing> = {
  id: "TS_FIELD_REMOVED",
  purpose: "A field that handlers may read is still there under its name.",
  check: ({ renamed }) =>
    renamed === undefined
      ? {
          says: `is gone: code that reads it gets \`undefined\`, and no longer compiles`,
          help: "Remove what reads it from the handlers first, and the field from the schema after that.",
        }
      : {
          says: `is called \`${renamed.name}\` now: code that reads it gets \`undefined\`, and no longer compiles`,
          help: "An alias helps those who read bytes, not those who read the decoded value: change the handlers together with the schema.",
        },
};
