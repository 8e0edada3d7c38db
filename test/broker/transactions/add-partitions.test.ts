import { expect, test } from "bun:test";
import { addOffsets, GROUPS_MAX, verifyOffsets } from "../../../src/broker/transactions/add-offsets.ts";
import { addPartitions, verifyPartition } from "../../../src/broker/transactions/add-partitions.ts";
import { NOW, outcome, PARTITIONS, toOf, transactionIn } from "./verbs.ts";

const MORE = new Map([
  ["orders", [1, 2]],
  ["payments", [0]],
]);

test.each([
  ["Empty", "Ongoing 7/5"],
  ["Ongoing", "unchanged"],
  ["PrepareCommit", "CONCURRENT_TRANSACTIONS"],
  ["PrepareAbort", "CONCURRENT_TRANSACTIONS"],
  ["CompleteCommit", "Ongoing 7/5"],
  ["CompleteAbort", "Ongoing 7/5"],
] as const)("adding partitions to %s comes to %s", (state, expected) => {
  const transaction = transactionIn(state);
  expect(outcome(addPartitions(transaction, transaction, PARTITIONS, NOW))).toBe(expected);
});

test("a transaction begins with its first partition, and gets more", () => {
  const begun = toOf(addPartitions(transactionIn("Empty"), { producerId: 7n, producerEpoch: 5 }, PARTITIONS, NOW + 1));
  const more = toOf(addPartitions(begun, begun, MORE, NOW + 9));
  expect(more).toMatchObject({ startedAt: NOW + 1, updatedAt: NOW + 9 });
  expect([...more.partitions]).toEqual([
    ["orders", [0, 1, 2]],
    ["payments", [0]],
  ]);
});

test.each([
  ["an older epoch", "PRODUCER_FENCED", { producerId: 7n, producerEpoch: 4 }],
  ["a later epoch", "PRODUCER_FENCED", { producerId: 7n, producerEpoch: 6 }],
  ["another id", "INVALID_PRODUCER_ID_MAPPING", { producerId: 8n, producerEpoch: 5 }],
] as const)("a producer with %s adds and verifies nothing: %s", (_which, error, producer) => {
  const transaction = transactionIn("Ongoing");
  expect(outcome(addPartitions(transaction, producer, PARTITIONS, NOW))).toBe(error);
  expect(outcome(addOffsets(transaction, producer, "group", NOW))).toBe(error);
  expect(verifyPartition(transaction, producer, "orders", 0)).toBe(error);
  expect(verifyOffsets(transaction, producer, "group")).toBe(error);
});

test("a partition is verified when it was added, and no longer when the transaction is decided", () => {
  const ongoing = transactionIn("Ongoing");
  expect(verifyPartition(ongoing, ongoing, "orders", 1)).toBe("NONE");
  expect(verifyPartition(ongoing, ongoing, "orders", 2)).toBe("TRANSACTION_ABORTABLE");
  const prepared = transactionIn("PrepareCommit");
  expect(verifyPartition(prepared, prepared, "orders", 1)).toBe("CONCURRENT_TRANSACTIONS");
  const complete = transactionIn("CompleteCommit");
  expect(verifyPartition(complete, complete, "orders", 1)).toBe("TRANSACTION_ABORTABLE");
});

test("a group begins a transaction, and is in it once", () => {
  const empty = transactionIn("Empty");
  expect(verifyOffsets(empty, empty, "group")).toBe("TRANSACTION_ABORTABLE");
  const begun = toOf(addOffsets(empty, empty, "group", NOW + 1));
  expect(begun).toMatchObject({ state: "Ongoing", groups: ["group"], startedAt: NOW + 1 });
  expect(outcome(addOffsets(begun, begun, "group", NOW + 2))).toBe("unchanged");
  expect(toOf(addOffsets(begun, begun, "other", NOW + 2)).groups).toEqual(["group", "other"]);
  expect(verifyOffsets(begun, begun, "group")).toBe("NONE");
});

test("a transaction holds as many groups as the limit says", () => {
  const groups = Array.from({ length: GROUPS_MAX }, (_, index) => `group ${index}`);
  const full = { ...transactionIn("Ongoing"), groups };
  expect(outcome(addOffsets(full, full, "one more", NOW))).toBe("POLICY_VIOLATION");
  expect(outcome(addOffsets(full, full, "group 0", NOW))).toBe("unchanged");
});
