import { expect, test } from "bun:test";
import { nearest } from "../../src/avro/index.ts";

const fields = ["order_id", "note", "total_cents", "currency", "id"];

test.each([
  ["notte", "note"],
  ["ntoe", "note"],
  ["orderId", "order_id"],
  ["ORDER-ID", "order_id"],
  ["total", undefined],
  ["totl_cents", "total_cents"],
  ["curency", "currency"],
  ["x", undefined],
  ["", undefined],
  ["ids", "id"],
  ["__proto__", undefined],
  ["n".repeat(100_000), undefined],
])("%s is near to %s", (name, meant) => {
  expect(nearest(name, fields)).toBe(meant);
});
