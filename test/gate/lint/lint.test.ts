import { expect, test } from "bun:test";
import { filesIn, readCatalog } from "../../../src/catalog/index.ts";
import { lintCatalog } from "../../../src/gate/lint/index.ts";
import { LINT_RULES } from "../../../src/gate/rules/lint.ts";
import { GATE_DEFAULTS, type GateSettings } from "../../../src/gate/settings.ts";

const TOPIC = "description: An order was placed.\nowner: orders\nkey: null\n";

interface Around {
  readonly topic?: string;
  readonly shared?: object;
  readonly settings?: GateSettings;
}

/** The findings of a folder with one topic, as `file:line:column RULE text that is marked`. */
function found(schema: string | object, around: Around = {}): string[] {
  const { reading, findings } = lintOf(schema, around);
  return findings.map(({ place: { file, line, column, offset, length }, rule }) => {
    const marked = reading.places.text(file)?.slice(offset, offset + length);
    return `${file.split("/").at(-1)}:${line}:${column} ${rule} ${marked}`;
  });
}

function lintOf(schema: string | object, { topic = TOPIC, shared, settings = GATE_DEFAULTS }: Around = {}) {
  const text = typeof schema === "string" ? schema : JSON.stringify(schema, null, 2);
  const texts: [string, string][] = [
    ["schemas/orders.order.placed/topic.yaml", topic],
    ["schemas/orders.order.placed/v1.avsc", text],
  ];
  if (shared !== undefined) texts.push(["schemas/_shared/shared.avsc", JSON.stringify(shared)]);
  const files = filesIn(new Map(texts.map(([path, content]) => [path, Buffer.from(content)])));
  const reading = readCatalog("schemas", files);
  return { reading, findings: lintCatalog({ reading, settings, today: "2026-01-31" }).findings };
}

const record = (fields: readonly object[], more: object = {}) => ({
  type: "record",
  name: "OrderPlaced",
  doc: "An order was placed.",
  fields: fields.map((field) => ({ doc: "What it holds.", ...field })),
  ...more,
});

test.each(LINT_RULES.filter(({ id }) => id !== "TOPIC_DOC").map(({ id, example }) => [id, example.after] as const))(
  "the example of %s has that finding, and no other",
  (id, after) => {
    const schema: { type?: unknown } = JSON.parse(after);
    const event = schema.type === "record" ? schema : record([{ name: "status", type: schema }]);
    expect(found(event).map((line) => line.split(" ")[1])).toEqual([id]);
  },
);

test("a schema without fault has no findings", () => {
  const fields = [
    { name: "order_id", type: "string" },
    { name: "placed_at", type: { type: "long", logicalType: "timestamp-millis" } },
    { name: "total_cents", type: "long" },
    { name: "discount", type: { type: "bytes", logicalType: "decimal", precision: 9, scale: 2 } },
    { name: "email", type: ["null", "string"], default: null, pii: true },
    {
      name: "status",
      type: { type: "enum", name: "Status", doc: "Where.", symbols: ["NEW", "UNKNOWN"], default: "UNKNOWN" },
    },
  ];
  expect(found(record(fields))).toEqual([]);
});

test("each finding marks the very name, symbol or type", () => {
  const fields = [
    { name: "order_id", type: "string" },
    { name: "totalPrice", type: "double" },
    { name: "status", type: { type: "enum", name: "status", doc: "Where.", symbols: ["NEW", "paid"], default: "NEW" } },
  ];
  expect(found(record(fields))).toEqual([
    'v1.avsc:13:15 FIELD_NAME "totalPrice"',
    'v1.avsc:14:15 MONEY_FLOAT "double"',
    'v1.avsc:21:17 TYPE_NAME "status"',
    'v1.avsc:25:11 SYMBOL_NAME "paid"',
  ]);
});

test("fields in camelCase are right where all are", () => {
  expect(
    found(
      record([
        { name: "orderId", type: "string" },
        { name: "note", type: "string" },
      ]),
    ),
  ).toEqual([]);
  expect(
    found(
      record([
        { name: "orderId", type: "string" },
        { name: "unit_price", type: "long" },
      ]),
    ),
  ).toHaveLength(1);
});

test("of two styles, the one of most fields counts, wherever the others stand", () => {
  const fields = ["unitPrice", "order_id", "customer_id"].map((name) => ({ name, type: "string" }));
  for (const shuffled of [fields, fields.toReversed()]) {
    const [problem, ...others] = found(record(shuffled));
    expect(problem).toEndWith('FIELD_NAME "unitPrice"');
    expect(others).toEqual([]);
  }
});

test("money, moments and personal data are found in optional fields, lists and maps too", () => {
  const fields = [
    { name: "prices", type: { type: "array", items: "float" } },
    { name: "fees", type: { type: "map", values: ["null", "double"] } },
    { name: "shippedAt", type: ["null", "long"], default: null },
    { name: "birthDate", type: "string" },
    { name: "homePhone", type: ["null", "string"], default: null },
  ];
  expect(found(record(fields)).map((line) => line.split(" ")[1])).toEqual([
    "MONEY_FLOAT",
    "MONEY_FLOAT",
    "TIMESTAMP_LOGICAL",
    "TIMESTAMP_LOGICAL",
    "PII_TAG",
    "PII_TAG",
  ]);
});

test.each([
  ["total", "Make it a long of the smallest unit (total_cents), or "],
  ["total_cents", "Make it a long: total_cents counts the smallest unit already."],
  ["feeMinorUnits", "Make it a long: fee_minor_units counts the smallest unit already."],
])("money in the floating point field %s is told what to be instead", (name, help) => {
  const findings = lintOf(record([{ name, type: "double" }])).findings.filter(({ rule }) => rule === "MONEY_FLOAT");
  expect(findings).toMatchObject([{ help: expect.stringContaining(help) }]);
});

test("words inside of words are no matter", () => {
  const fields = ["what", "format", "update", "zipper", "coffee_kind", "tips"].map((name) => ({
    name,
    type: "string",
  }));
  expect(found(record(fields))).toEqual([]);
});

test("a shared type is looked at once, in its own file", () => {
  const shared = { type: "record", name: "money", namespace: "shared", doc: "An amount.", fields: [] };
  const fields = [
    { name: "a", type: "shared.money" },
    { name: "b", type: "shared.money" },
  ];
  expect(found(record(fields), { shared })).toEqual(['shared.avsc:1:25 TYPE_NAME "money"']);
});

test("what topic.yaml does not say is missed once for an event type", () => {
  expect(found(record([]), { topic: "key: null\n" })).toEqual(["topic.yaml:1:1 TOPIC_DOC key"]);
});

test("gate.yaml turns rules off, up and down, and ignores findings", () => {
  const schema = record([{ name: "total", type: "double" }]);
  const settings = { ...GATE_DEFAULTS, rules: new Map([["MONEY_FLOAT", "off"]] as const) };
  expect(found(schema, { settings })).toEqual([]);
});

test("a schema that is none is told, and the others are looked at", () => {
  expect(found('{"type": "record", "name": "A"}').map((line) => line.split(" ")[1])).toEqual(["SCHEMA_INVALID"]);
});

test("a type inside of itself comes to an end", () => {
  const schema = record([{ name: "next", type: ["null", "OrderPlaced"], default: null }]);
  expect(found(schema)).toEqual([]);
});
