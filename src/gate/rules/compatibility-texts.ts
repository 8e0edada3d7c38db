import type { IncompatibilityType } from "../../avro/index.ts";
import type { RuleText } from "./rule.ts";

const NEW_VERSION = "Where the change has to be, make a new version of the topic: `sluice bump`.";

/** Why each rule of the checker matters, what to do, and the smallest change that breaks it. */
export const COMPATIBILITY_TEXTS: Readonly<Record<IncompatibilityType, Pick<RuleText, "why" | "todo" | "example">>> = {
  NAME_MISMATCH: {
    why: "In a union a type is told from the others by its name, and Avro compares names elsewhere too. Under a new name, data that is stored is data of a type that nobody knows. The namespace may change: only the last part of the name counts.",
    todo: [
      'Give the type its old full name as an alias: "aliases": ["shop.Address"].',
      "Or keep the old name.",
      "An alias helps those who read with the new schema. Whoever still reads with the old one needs the old name.",
    ],
    example: {
      before:
        '{"type":"record","name":"Order","fields":[{"name":"to","type":{"type":"record","name":"shop.Address","fields":[]}}]}',
      after:
        '{"type":"record","name":"Order","fields":[{"name":"to","type":{"type":"record","name":"shop.Place","fields":[]}}]}',
    },
  },
  FIXED_SIZE_MISMATCH: {
    why: "The bytes of a fixed are stored without their number: a reader takes as many as its own schema says. With another size it would take bytes of the next field along, or leave some behind, and everything after them would be wrong.",
    todo: [
      "Keep the size.",
      "For values of another size add a new fixed, under a new name, in a new field with a default.",
      NEW_VERSION,
    ],
    example: {
      before: '{"type":"fixed","name":"Checksum","size":4}',
      after: '{"type":"fixed","name":"Checksum","size":8}',
    },
  },
  MISSING_ENUM_SYMBOLS: {
    why: "Events that are stored hold the symbol, and a reader that does not have it has nothing to make of it. An enum may have a default for this: a reader takes it in place of any symbol that it does not have. The default of a field is something else, and does not help.",
    todo: [
      "Put the symbol back, and say in its doc that it is no longer written.",
      'Or give the enum a default: {"type": "enum", …, "symbols": [..., "UNKNOWN"], "default": "UNKNOWN"}.',
      "Before a symbol is added for readers that are already deployed: they need a default first.",
    ],
    example: {
      before: '{"type":"enum","name":"Status","symbols":["OPEN","PAID","LOST"]}',
      after: '{"type":"enum","name":"Status","symbols":["OPEN","PAID"]}',
    },
  },
  READER_FIELD_MISSING_DEFAULT_VALUE: {
    why: "Events that are stored were written without the field, and still have to be read. Without a default a reader has nothing to put there, so it cannot read any of them, whatever else is in them.",
    todo: [
      'Give the field a default, as in {"name": "note", "type": ["null", "string"], "default": null}.',
      "If it is an old field under a new name, give it the old name as an alias.",
      "If no default is right, then old events lack something that matters: make a new version of the topic with `sluice bump`.",
    ],
    example: {
      before: '{"type":"record","name":"Order","fields":[{"name":"order_id","type":"string"}]}',
      after:
        '{"type":"record","name":"Order","fields":[{"name":"order_id","type":"string"},{"name":"total_cents","type":"long"}]}',
    },
  },
  TYPE_MISMATCH: {
    why: "Avro stores no types with the values: a reader takes the bytes for what the schema says. It can widen numbers (`int` to `long`, `float` or `double`, and so on) and read `string` as `bytes` or the other way round. Everything else would be read as something that was never written.",
    todo: [
      "Keep the type, and put the new one into a new field with a default.",
      "A type that may be null stays a union with null.",
      NEW_VERSION,
    ],
    example: {
      before: '{"type":"record","name":"Order","fields":[{"name":"total","type":"long"}]}',
      after: '{"type":"record","name":"Order","fields":[{"name":"total","type":"string"}]}',
    },
  },
  MISSING_UNION_BRANCH: {
    why: "Each value of a union says which of the types it is. Events that are stored may be of the type that the new union lacks, or of one that is still there but has changed inside so that it can no longer be read.",
    todo: [
      "Put the type back into the union.",
      "If it is still there, mend what has changed inside it: the finding says what.",
      NEW_VERSION,
    ],
    example: {
      before: '{"type":"record","name":"Order","fields":[{"name":"note","type":["null","string"]}]}',
      after: '{"type":"record","name":"Order","fields":[{"name":"note","type":["null","int"]}]}',
    },
  },
  CHECK_FAILED: {
    why: "An alias names a field that is still there, so that a reader could fill its field from either. Apache Avro gives up on such a schema, and a registry then refuses it. The same is said of schemas that are too large to be compared.",
    todo: [
      "Remove the alias: it is for a name that is no longer used.",
      "Or rename the field and let the alias name the old one only.",
    ],
    example: {
      before: '{"type":"record","name":"Order","fields":[{"name":"sum","type":"long"},{"name":"total","type":"long"}]}',
      after:
        '{"type":"record","name":"Order","fields":[{"name":"sum","type":"long"},{"name":"total","type":"long","aliases":["sum"]}]}',
    },
  },
};
