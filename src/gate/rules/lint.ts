import type { RuleText } from "./rule.ts";

const ENUM = (symbols: string, more = "") =>
  `{ "type": "enum", "name": "OrderStatus", "doc": "Where an order is.", "symbols": [${symbols}]${more} }`;

const field = (name: string, type: string, more = "") =>
  `{ "type": "record", "name": "OrderPlaced", "doc": "An order was placed.", "fields": [{ "name": "${name}", "type": ${type}, "doc": "What it holds."${more} }] }`;

/** Rules of style: what reads badly, or will cost somebody a day, though Avro takes it. */
export const LINT_RULES: readonly RuleText[] = [
  {
    id: "TYPE_NAME",
    family: "lint",
    level: "error",
    purpose: "Records, enums and fixed are named in PascalCase.",
    why: "The name becomes the name of a type in every generated language. One that is written otherwise is renamed by each generator in its own way.",
    todo: [
      "Name a new type in PascalCase.",
      "In one that is in use, rename it and give the old full name as an alias: the name is part of how schemas match.",
    ],
    example: { after: '{ "type": "record", "name": "order_placed", "doc": "An order was placed.", "fields": [] }' },
  },
  {
    id: "FIELD_NAME",
    family: "lint",
    level: "error",
    purpose: "Fields are named in snake_case or camelCase, all of a file in one of them.",
    why: "Whoever writes JSON by hand guesses the second name from the first. A mixture makes each guess wrong half of the time.",
    todo: [
      "Name it like the others.",
      "In a schema that is in use, rename it and give the old name as an alias; posts under the old name are refused from then on.",
    ],
    example: { after: field("Order-Id".replace("-", "_"), '"string"') },
  },
  {
    id: "SYMBOL_NAME",
    family: "lint",
    level: "error",
    purpose: "Symbols of enums are in capitals: `PAID`, `BANK_TRANSFER`.",
    why: "A symbol is a constant in the generated code of every language, and a value that people type into posts.",
    todo: [
      "Write the symbols of a new enum in capitals.",
      "Leave those that are in use: another name is another symbol.",
    ],
    example: { after: ENUM('"Paid", "SHIPPED"', ', "default": "SHIPPED"') },
  },
  {
    id: "NAMESPACE_NAME",
    family: "lint",
    level: "error",
    purpose: "Namespaces are in lower case, their parts separated by dots.",
    why: "A namespace becomes a package or a folder, and not every file system tells capitals apart.",
    todo: ["Write it in lower case.", "Leave one that is in use: the namespace is part of each name."],
    example: {
      after: '{ "type": "record", "name": "OrderPlaced", "namespace": "Shop.Orders", "doc": "Placed.", "fields": [] }',
    },
  },
  {
    id: "TYPE_DOC",
    family: "lint",
    level: "error",
    purpose: "Every record and enum has a `doc`.",
    why: "It is the text that producers see in the API's pages and workers in their editor. Nobody else will write it later.",
    todo: ["Say what the type stands for, in a sentence."],
    example: { after: '{ "type": "record", "name": "OrderPlaced", "fields": [] }' },
  },
  {
    id: "FIELD_DOC",
    family: "lint",
    level: "error",
    purpose: "Every field has a `doc`.",
    why: "A name says what a field is called. Its unit, its source and when it is missing are known to its author alone.",
    todo: ["Say what it holds, in which unit, and when it is missing."],
    example: {
      after:
        '{ "type": "record", "name": "OrderPlaced", "doc": "Placed.", "fields": [{ "name": "weight", "type": "int" }] }',
    },
  },
  {
    id: "ENUM_DEFAULT",
    family: "lint",
    level: "warning",
    purpose: "Every enum has a default, which readers take for a symbol that they do not know.",
    why: "Without one, a new symbol stops every worker that was built before it, until it is deployed again.",
    todo: [
      'Add a symbol such as UNKNOWN and `"default": "UNKNOWN"`.',
      "Where a reader must not go on without knowing, turn the rule off or ignore the finding, with that reason.",
    ],
    example: { after: ENUM('"PAID", "SHIPPED"') },
    source: "Avro specification, Schema Resolution: enums",
  },
  {
    id: "UNION_AMBIGUOUS",
    family: "lint",
    level: "error",
    purpose: "The branches of a union look different in JSON.",
    why: 'Of an int and a double, or of two records, a plain value does not say which it is. So values have to be written and are read as {"int": 5}, in every post and in every worker.',
    todo: [
      "Use the wider type alone: a double holds every int.",
      "Or make it a record with an optional field for each case.",
    ],
    example: { after: field("weight", '["int", "double"]') },
  },
  {
    id: "NULL_FIRST",
    family: "lint",
    level: "error",
    purpose: "A field that defaults to null has null as the first branch of its union.",
    why: "Until Avro 1.12 a default was of the first branch. Readers that are built on an older release refuse the schema as a whole.",
    todo: ["Put null first."],
    example: { after: field("note", '["string", "null"]', ', "default": null') },
    source: "Avro specification 1.11, Schema Declaration: unions",
  },
  {
    id: "MONEY_FLOAT",
    family: "lint",
    level: "error",
    purpose: "Amounts of money are no float and no double.",
    why: "Binary fractions cannot hold 0.1. Sums are off by a cent sooner or later, and nobody can say in which event it began.",
    todo: ["Make it a long of the smallest unit: `total_cents`.", "Or a decimal, which is exact and decodes to text."],
    example: { after: field("total", '"double"') },
  },
  {
    id: "TIMESTAMP_LOGICAL",
    family: "lint",
    level: "error",
    purpose: "A field that is a moment or a day says so by its logical type.",
    why: "A plain long may be seconds or milliseconds, a plain string any spelling. With the logical type posts are checked, and workers see a Date.",
    todo: [
      'Use {"type": "long", "logicalType": "timestamp-millis"}, or {"type": "int", "logicalType": "date"} for a day.',
    ],
    example: { after: field("placed_at", '"long"') },
  },
  {
    id: "PII_TAG",
    family: "lint",
    level: "warning",
    purpose: 'A field that looks like personal data says so: `"pii": true`, or `"confluent:tags": ["PII"]`.',
    why: "Who must find, mask or delete a person's data has the schemas to look in. What nobody marked is found by the regulator.",
    todo: ['Say "pii": true.', 'Say "pii": false where the name only looks like it: then the question is settled.'],
    example: { after: field("email", '"string"') },
  },
  {
    id: "TOPIC_DOC",
    family: "lint",
    level: "warning",
    purpose: "`topic.yaml` has a description and an owner.",
    why: "The first question about a broken event is whose it is.",
    todo: ["Say what has happened when the event is sent, and who answers for it."],
    example: { after: field("weight", '"int"') },
  },
];
