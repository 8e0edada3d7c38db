import { expect, test } from "bun:test";
import { createCodec, exampleOf, parseSchema } from "../../src/avro/index.ts";

test("an example is what somebody could send", () => {
  const schema = parseSchema({
    type: "record",
    name: "Order",
    fields: [
      { name: "event_id", type: "string" },
      { name: "occurred_at", type: { type: "long", logicalType: "timestamp-millis" } },
      { name: "order_id", type: "string" },
      { name: "email", type: ["null", "string"], default: null },
      { name: "total_cents", type: "long" },
      { name: "currency", type: { type: "enum", name: "Currency", symbols: ["EUR", "USD"] } },
      { name: "price", type: { type: "bytes", logicalType: "decimal", precision: 8, scale: 2 } },
      { name: "amount", type: ["int", "double"] },
      {
        name: "items",
        type: { type: "array", items: { type: "record", name: "Item", fields: [{ name: "quantity", type: "int" }] } },
      },
    ],
  });
  expect(exampleOf(schema)).toEqual({
    event_id: "0194f7c2-1a2b-7c3d-8e4f-000000000001",
    occurred_at: "2026-01-31T13:45:30.123Z",
    order_id: "order-1001",
    email: "ada@example.com",
    total_cents: 4990,
    currency: "EUR",
    price: "12.34",
    amount: { int: 4990 },
    items: [{ quantity: 1 }],
  });
});

test("an example of a recursive type ends", () => {
  const tree = parseSchema({
    type: "record",
    name: "Tree",
    fields: [
      { name: "children", type: { type: "array", items: "Tree" } },
      { name: "byName", type: { type: "map", values: "Tree" } },
      { name: "parent", type: ["null", "Tree"] },
      { name: "other", type: ["Tree", "string"], default: { children: [], byName: {}, parent: null, other: "x" } },
    ],
  });
  expect(exampleOf(tree)).toEqual({ children: [], byName: {}, parent: null, other: "text" });
  expect(createCodec(tree).encode(exampleOf(tree)).length).toBeGreaterThan(0);
});
