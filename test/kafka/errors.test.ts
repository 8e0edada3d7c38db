import { expect, test } from "bun:test";
import { assertSuccess, errorOf, kafkaErrorsTable, kindOf } from "../../src/kafka/errors.ts";
import { KAFKA_ERRORS, KafkaError } from "../../src/kafka/index.ts";
import { expectPrinted } from "../support/page.ts";

test("the README lists exactly the errors there are", async () => {
  await expectPrinted("src/kafka/README.md", "kafka-errors", kafkaErrorsTable());
});

test("no number stands for two errors", () => {
  const codes = Object.values(KAFKA_ERRORS).flatMap((spec: { code?: number }) => spec.code ?? []);
  expect(new Set(codes).size).toBe(codes.length);
});

test.each([
  [0, undefined],
  [3, "UNKNOWN_TOPIC_OR_PARTITION"],
  [-1, "UNKNOWN_SERVER_ERROR"],
  [12_345, "UNKNOWN_SERVER_ERROR"],
] as const)("number %p is %p", (code, kind) => {
  expect(kindOf(code)).toBe(kind);
});

test("an error says what was asked, what went wrong, and the number where it has no name", () => {
  expect(errorOf(19, "orders-3").message).toBe(
    "NOT_ENOUGH_REPLICAS: orders-3: fewer replicas in sync than min.insync.replicas",
  );
  expect(errorOf(12_345, "orders-3").message).toContain("12345");
});

test("success passes, anything else throws", () => {
  assertSuccess(0, "asked");
  expect(() => assertSuccess(7, "asked")).toThrow(KafkaError);
});
