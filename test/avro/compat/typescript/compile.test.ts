import { expect, test } from "bun:test";
import { parseSchema, typescriptChanges, typescriptOf } from "../../../../src/avro/index.ts";
import { typescriptProject } from "../../../support/typescript.ts";

/** Handlers that compile with the types of the older schema. Each uses `value`, whose field `f` changes. */
const HANDLERS: readonly {
  readonly rule: string;
  readonly older: unknown;
  readonly newer: unknown;
  readonly code: string;
}[] = [
  {
    rule: "TS_UNION_WRAPPED",
    older: ["null", "int"],
    newer: ["null", "int", "float"],
    code: "return (value.f ?? 0) + 1;",
  },
  {
    rule: "TS_NUMBER_PRECISION",
    older: "int",
    newer: { type: "long", jsType: "bigint" },
    code: "return Math.round(value.f);",
  },
  {
    rule: "TS_ENUM_SYMBOL_ADDED",
    older: { type: "enum", name: "E", symbols: ["A", "B"] },
    newer: { type: "enum", name: "E", symbols: ["A", "B", "C"] },
    code: `switch (value.f) {
      case "A": return 1;
      case "B": return 2;
      default: { const never: never = value.f; return never; }
    }`,
  },
  {
    rule: "TS_TYPE_CHANGED",
    older: { type: "enum", name: "E", symbols: ["A", "B"] },
    newer: { type: "enum", name: "E", symbols: ["A"], default: "A" },
    code: 'return value.f === "B" ? 1 : 2;',
  },
  { rule: "TS_TYPE_CHANGED", older: "string", newer: ["null", "string"], code: "return value.f.length;" },
  { rule: "TS_TYPE_CHANGED", older: "string", newer: "bytes", code: 'return value.f.startsWith("a") ? 1 : 2;' },
  {
    rule: "TS_LOGICAL_TYPE",
    older: "long",
    newer: { type: "long", logicalType: "timestamp-millis" },
    code: "return value.f * 2;",
  },
];

const record = (fields: readonly object[]) => ({ type: "record", name: "R", fields });
const withField = (type: unknown) => record([{ name: "f", type }]);

const CASES = [
  ...HANDLERS.map(({ older, newer, ...rest }) => ({ ...rest, older: withField(older), newer: withField(newer) })),
  { rule: "TS_FIELD_REMOVED", older: withField("int"), newer: record([]), code: "return value.f;" },
];

function moduleOf(schema: unknown, code: string): string {
  const { output } = typescriptOf([{ schema: parseSchema(schema), suffix: "" }]);
  return `${output.declarations}\nexport function handle(value: ${output.types[0]}): number {\n${code}\n}\n`;
}

test("a handler that compiled before such a change no longer compiles", async () => {
  const modules = CASES.flatMap(({ older, newer, code }, index) => [
    [`before${index}.ts`, moduleOf(older, code)] as const,
    [`after${index}.ts`, moduleOf(newer, code)] as const,
  ]);
  await using project = await typescriptProject(Object.fromEntries(modules));
  const files = (await project.errors()).map((line) => line.replace(/\(.*/s, ""));
  expect(new Set(files)).toEqual(new Set(CASES.map((_, index) => `after${index}.ts`)));
}, 60_000);

test.each(CASES.map(({ rule, older, newer }) => [rule, older, newer] as const))(
  "%s is what is said of it, once",
  (rule, older, newer) => {
    expect(typescriptChanges(parseSchema(older), parseSchema(newer)).map((one) => String(one.rule))).toEqual([rule]);
  },
);
