import { expect, test } from "bun:test";
import { completed, end, fence } from "../../../src/broker/transactions/end.ts";
import { identityOf, type Transaction } from "../../../src/broker/transactions/state.ts";
import { NOW, outcome, PARTITIONS, toOf, transactionIn, turn } from "./verbs.ts";

const STATES = ["Empty", "Ongoing", "PrepareCommit", "PrepareAbort", "CompleteCommit", "CompleteAbort"] as const;
type Column = "commit" | "abort" | "commit again" | "abort again";

/** What is answered to the present epoch, 5, and to the one before. */
function answers(transaction: Transaction, bumpsEpoch: boolean): Record<Column, string> {
  const ask = (committed: boolean, producerEpoch: number) =>
    outcome(end(transaction, { ...transaction, producerEpoch, committed, bumpsEpoch }, turn()));
  return { commit: ask(true, 5), abort: ask(false, 5), "commit again": ask(true, 4), "abort again": ask(false, 4) };
}

const FENCED = "PRODUCER_FENCED";
const INVALID = "INVALID_TXN_STATE";
const BUSY = "CONCURRENT_TRANSACTIONS";

test.each([
  ["Empty", [INVALID, INVALID, FENCED, FENCED]],
  ["Ongoing", ["PrepareCommit 7/5", "PrepareAbort 7/5", FENCED, FENCED]],
  ["PrepareCommit", [BUSY, INVALID, FENCED, FENCED]],
  ["PrepareAbort", [INVALID, BUSY, FENCED, FENCED]],
  ["CompleteCommit", ["unchanged", INVALID, FENCED, FENCED]],
  ["CompleteAbort", [INVALID, "unchanged", FENCED, FENCED]],
] as const)("with one epoch for all transactions, %s is ended by the table", (state, expected) => {
  expect(Object.values(answers(transactionIn(state), false))).toEqual([...expected]);
});

test.each([
  ["Empty", [INVALID, "PrepareAbort 7/6", FENCED, FENCED]],
  ["Ongoing", ["PrepareCommit 7/6", "PrepareAbort 7/6", FENCED, FENCED]],
  ["PrepareCommit", [FENCED, FENCED, BUSY, INVALID]],
  ["PrepareAbort", [FENCED, FENCED, INVALID, BUSY]],
  ["CompleteCommit", [INVALID, "PrepareAbort 7/6", "unchanged", INVALID]],
  ["CompleteAbort", [INVALID, "PrepareAbort 7/6", INVALID, "unchanged"]],
] as const)("with an epoch for each transaction, %s is ended by the table", (state, expected) => {
  expect(Object.values(answers(transactionIn(state), true))).toEqual([...expected]);
});

test.each(STATES)("a producer id that is not the present one ends nothing (%s)", (state) => {
  const transaction = transactionIn(state);
  for (const bumpsEpoch of [true, false]) {
    const request = { producerId: 8n, producerEpoch: 5, committed: true, bumpsEpoch };
    expect(outcome(end(transaction, request, turn()))).toBe("INVALID_PRODUCER_ID_MAPPING");
  }
});

test("after epoch 32766 a transaction ends with a new producer id, which a lost answer gives again", () => {
  const last = transactionIn("Ongoing", { producerEpoch: 32_766 });
  const request = { producerId: 7n, producerEpoch: 32_766, committed: true, bumpsEpoch: true };
  const prepared = toOf(end(last, request, turn()));
  expect(prepared).toMatchObject({ producerId: 7n, producerEpoch: 32_767, nextProducerId: 100n });
  expect(identityOf(prepared)).toEqual({ producerId: 100n, producerEpoch: 0 });
  const done = completed(prepared, NOW);
  expect(done).toMatchObject({ state: "CompleteCommit", producerId: 100n, producerEpoch: 0, nextProducerId: -1n });
  expect(outcome(end(done, request, turn()))).toBe("unchanged");
  expect(outcome(end(done, { ...request, committed: false }, turn()))).toBe(INVALID);
  expect(outcome(end(done, { ...request, producerEpoch: 32_765 }, turn()))).toBe("INVALID_PRODUCER_ID_MAPPING");
});

test("partitions and groups are kept until the markers are written, and the time of the beginning after", () => {
  const prepared = transactionIn("PrepareCommit");
  expect(prepared).toMatchObject({ partitions: PARTITIONS, startedAt: NOW });
  expect(completed(prepared, NOW + 5)).toMatchObject({
    state: "CompleteCommit",
    partitions: new Map(),
    groups: [],
    startedAt: NOW,
    updatedAt: NOW + 5,
  });
});

test("a fenced producer's epoch is taken by the abort", () => {
  const fenced = fence(transactionIn("Ongoing"), turn());
  expect(fenced).toMatchObject({ state: "PrepareAbort", producerEpoch: 6, lastProducerEpoch: 5 });
  const done = completed(fenced, NOW);
  expect(done).toMatchObject({ state: "CompleteAbort", producerId: 7n, producerEpoch: 6 });
});
