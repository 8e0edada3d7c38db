import { expect, test } from "bun:test";
import {
  MOVES,
  moved,
  newTransaction,
  type Transaction,
  type TransactionState,
} from "../../../src/broker/transactions/state.ts";

const fresh = newTransaction("id", 60_000, { now: 1000, newProducerId: () => 7n });
// Moves are made from any state here.
const inState = (state: TransactionState): Transaction => ({ ...fresh, state });
// The table's own keys.
const STATES = Object.keys(MOVES) as TransactionState[];

test("a new transactional id has a producer id and no epoch yet", () => {
  expect(fresh).toMatchObject({ state: "Empty", producerId: 7n, producerEpoch: -1, startedAt: -1, updatedAt: 1000 });
});

test.each(STATES)("from %s there are the moves of the table, and no others", (from) => {
  const allowed: readonly TransactionState[] = MOVES[from];
  for (const to of STATES) {
    const move = () => moved(inState(from), to, {}, 2000);
    if (allowed.includes(to)) expect(move()).toMatchObject({ state: to, updatedAt: 2000, previousProducerId: 7n });
    else expect(move).toThrow(`cannot move from ${from} to ${to}`);
  }
});

test("a clock that is set back does not make a transaction younger", () => {
  expect(moved(fresh, "Ongoing", {}, 500).updatedAt).toBe(1000);
});
