import { expect, test } from "bun:test";
import { completed, end } from "../../../src/broker/transactions/end.ts";
import { init } from "../../../src/broker/transactions/init.ts";
import { newTransaction, type Transaction, type TransactionState } from "../../../src/broker/transactions/state.ts";
import { NOW, outcome, toOf, transactionIn, turn } from "./verbs.ts";

const asked = (transaction: Transaction, was?: { producerId: bigint; producerEpoch: number }) =>
  init(transaction, { timeoutMs: 1234, was }, turn());

test.each([
  ["Empty", "Empty 7/6"],
  ["Ongoing", "PrepareAbort 7/6"],
  ["PrepareCommit", "CONCURRENT_TRANSACTIONS"],
  ["PrepareAbort", "CONCURRENT_TRANSACTIONS"],
  ["CompleteCommit", "Empty 7/6"],
  ["CompleteAbort", "Empty 7/6"],
] as const)("a producer that begins where the transaction is %s comes to %s", (state: TransactionState, expected) => {
  expect(outcome(asked(transactionIn(state)))).toBe(expected);
});

test("a producer that begins brings its timeout, and finds nothing of the transaction before", () => {
  const next = toOf(asked(transactionIn("CompleteCommit")));
  expect(next).toMatchObject({ timeoutMs: 1234, startedAt: -1, partitions: new Map(), groups: [] });
});

test("the first epoch is 0, also for who says that it was somebody else", () => {
  const fresh = newTransaction("id", 1, { now: NOW, newProducerId: () => 7n });
  expect(outcome(asked(fresh))).toBe("Empty 7/0");
  expect(outcome(asked(fresh, { producerId: 55n, producerEpoch: 3 }))).toBe("Empty 7/0");
});

test.each([
  ["its present epoch", "Empty 7/6", { producerId: 7n, producerEpoch: 5 }],
  ["the epoch before", "PRODUCER_FENCED", { producerId: 7n, producerEpoch: 4 }],
  ["an epoch to come", "PRODUCER_FENCED", { producerId: 7n, producerEpoch: 6 }],
  ["another id", "PRODUCER_FENCED", { producerId: 8n, producerEpoch: 5 }],
] as const)("a producer that goes on with %s comes to %s", (_which, expected, was) => {
  expect(outcome(asked(transactionIn("Empty"), was))).toBe(expected);
});

test("a producer that goes on and loses the answer gets the same epoch again, until somebody else begins", () => {
  const was = { producerId: 7n, producerEpoch: 5 };
  const next = toOf(asked(transactionIn("CompleteAbort"), was));
  expect(outcome(asked(next, was))).toBe("Empty 7/6");
  expect(outcome(asked(toOf(asked(next)), was))).toBe("PRODUCER_FENCED");
});

test("who was fenced by its own next request goes on with the epoch of the abort", () => {
  const was = { producerId: 7n, producerEpoch: 5 };
  const aborted = completed(toOf(asked(transactionIn("Ongoing"), was)), NOW);
  expect(outcome(asked(aborted, was))).toBe("Empty 7/6");
});

test("after epoch 32766 there is a new producer id", () => {
  const last = transactionIn("Empty", { producerEpoch: 32_766 });
  const was = { producerId: 7n, producerEpoch: 32_766 };
  expect(outcome(asked(last))).toBe("Empty 100/0");
  const next = toOf(asked(last, was));
  expect(outcome(asked(next, was))).toBe("Empty 100/0");
  expect(outcome(asked(toOf(asked(last)), was))).toBe("PRODUCER_FENCED");
});

test("the last epoch can be fenced too: what comes after has a new producer id", () => {
  const fenced = toOf(asked(transactionIn("Ongoing", { producerEpoch: 32_766 })));
  expect(outcome({ kind: "moved", to: fenced })).toBe("PrepareAbort 7/32767");
  const done = completed(fenced, NOW);
  expect(done).toMatchObject({ state: "CompleteAbort", producerId: 100n, producerEpoch: 0 });
  expect(outcome(asked(done))).toBe("Empty 100/1");
});

test("a transaction that ends with the last epoch goes on with the new producer id", () => {
  const last = transactionIn("Ongoing", { producerEpoch: 32_766 });
  const done = completed(toOf(end(last, { ...last, committed: true, bumpsEpoch: true }, turn())), NOW);
  expect(outcome(asked(done))).toBe("Empty 100/1");
});
