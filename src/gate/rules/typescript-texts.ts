import type { TypescriptRuleId } from "../../avro/index.ts";
import type { RuleText } from "./rule.ts";

/** What the rules about TypeScript say to somebody who knows no Avro. */
export const TYPESCRIPT_TEXTS: Readonly<
  Record<TypescriptRuleId, Pick<RuleText, "why" | "todo" | "example" | "source">>
> = {
  TS_UNREADABLE: {
    why: "Avro's rules compare the types underneath and do not look at logical types: with another scale, the stored 12.34 would be read as 0.1234, and no registry objects. Sluice refuses to read such data rather than hand out wrong values, so a worker with the new schema does not start.",
    todo: [
      "Keep the field as it is and add a new one with the other logical type; remove the old one when nobody reads it any more.",
      "Where the change is meant, make a new version of the topic: `sluice bump`.",
    ],
    example: {
      before: price({ type: "bytes", logicalType: "decimal", precision: 9, scale: 4 }),
      after: price({ type: "bytes", logicalType: "decimal", precision: 9, scale: 2 }),
    },
    source: "Avro specification, Logical Types; Schema Resolution does not mention them",
  },
  TS_UNION_WRAPPED: {
    why: 'Decoded values stand alone as long as JavaScript can tell the types of a union apart: 1, "a", null. Once two of them look alike, such as int and float, every value comes in a wrapper: { int: 1 }. A handler that computes with the plain number then computes with an object, and nothing fails until it runs.',
    todo: [
      "Add a field for the new type instead of another type for this field.",
      "Or change every handler that reads the field together with the schema.",
    ],
    example: { before: price(["null", "int"]), after: price(["null", "int", "float"]) },
  },
  TS_NUMBER_PRECISION: {
    why: "Avro reads an int as a long and a long as a double without a word. A JavaScript number is exact up to 9007199254740991 only: a larger long cannot be decoded, and a double may have been rounded by whoever wrote it. A bigint does not mix with numbers: 1n + 1 throws.",
    todo: [
      'For a long whose values may pass 9007199254740991, say `"jsType": "bigint"` and change the handlers with it.',
      "Where values never become that large, ignore the finding with that as the reason.",
    ],
    example: { before: price("int"), after: price("long") },
    source: "Avro specification, Schema Resolution: promotions; ECMA-262, Number.MAX_SAFE_INTEGER",
  },
  TS_NAMESPACE: {
    why: "Registries compare the last part of a name alone, and so does Sluice. Clients that compare full names do not: avsc, and with it the registry client of kafkajs, answers `no alias found` and reads nothing that was written before.",
    todo: [
      'Give the type its old full name as an alias: `"aliases": ["orders.Order"]`.',
      "Or leave the namespace as it was: readers do not see it.",
    ],
    example: {
      before: JSON.stringify({ type: "record", name: "Order", namespace: "orders", fields: [] }),
      after: JSON.stringify({ type: "record", name: "Order", namespace: "shop", fields: [] }),
    },
    source: "Avro specification, Names and Schema Resolution: both schemas have the same (unqualified) name",
  },
  TS_ENUM_SYMBOL_ADDED: {
    why: "The new schema reads all old data, so a registry is content. Handlers that decide by the symbol are not: a switch that covered every case does not cover the new one, and falls through or stops compiling.",
    todo: [
      "Add the case to the handlers first, and the symbol to the schema after that.",
      'Give the enum a default, `"default": "OTHER"`, and handle OTHER: then readers that do not know a symbol yet go on.',
    ],
    example: { before: state("OPEN", "DONE"), after: state("OPEN", "DONE", "LATE") },
  },
  TS_LOGICAL_TYPE: {
    why: "The same long is a number without a logical type and a Date with `timestamp-millis`; milliseconds become microseconds, and 12.3 becomes 12.30. Avro's rules see no difference, but a handler that adds to the number now adds to a Date.",
    todo: [
      "Add a field with the other logical type, and remove the old one when nobody reads it any more.",
      "Or change every handler that reads the field together with the schema.",
    ],
    example: { before: price("long"), after: price({ type: "long", logicalType: "timestamp-millis" }) },
    source: "Avro specification, Logical Types",
  },
  TS_TYPE_CHANGED: {
    why: "A string that may be null now, or that became bytes, is compatible to Avro: the new schema reads all old data. Handlers get null or a Buffer where they had a string, and fail at the first such event.",
    todo: [
      "Change the handlers together with the schema: `sluice types` writes the new types, and the compiler finds what no longer fits.",
      "Or add a new field beside the old one.",
    ],
    example: { before: price("string"), after: price(["null", "string"]) },
  },
  TS_FIELD_REMOVED: {
    why: "A reader without the field skips it in old data, so Avro has nothing against its removal. A handler that reads it gets undefined. An alias for the new name does not help it: it finds the bytes, but the decoded value has the new name.",
    todo: [
      "Remove what reads the field from the handlers first, and the field from the schema after that.",
      "If it has another name now, give the new field the old name as an alias: without it, what is stored is lost to readers.",
      "Instead of renaming it, keep the name and say in its `doc` what it means.",
    ],
    example: { before: fields("id", "note"), after: fields("id") },
  },
};

/** A schema with one field, as small as an example can be. */
function price(type: unknown): string {
  return JSON.stringify({ type: "record", name: "Price", fields: [{ name: "amount", type }] });
}

function state(...symbols: readonly string[]): string {
  return JSON.stringify({
    type: "record",
    name: "Order",
    fields: [{ name: "state", type: { type: "enum", name: "State", symbols } }],
  });
}

function fields(...names: readonly string[]): string {
  return JSON.stringify({ type: "record", name: "Order", fields: names.map((name) => ({ name, type: "string" })) });
}
