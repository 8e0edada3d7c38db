import { expect, test } from "bun:test";
import { expire, expiresAt, IDLE_MS_MAX } from "../../../src/broker/transactions/expire.ts";
import { NOW, outcome, transactionIn, turn } from "./verbs.ts";

test("a transaction is aborted and its producer fenced when the timeout is over, and not before", () => {
  const ongoing = transactionIn("Ongoing");
  expect(expiresAt(ongoing)).toBe(NOW + 60_000);
  expect(outcome(expire(ongoing, turn(NOW + 59_999)))).toBe("unchanged");
  expect(outcome(expire(ongoing, turn(NOW + 60_000)))).toBe("PrepareAbort 7/6");
});

test.each(["Empty", "CompleteCommit", "CompleteAbort"] as const)(
  "%s is forgotten after a week without use",
  (state) => {
    const transaction = transactionIn(state);
    expect(outcome(expire(transaction, turn(NOW + IDLE_MS_MAX - 1)))).toBe("unchanged");
    expect(outcome(expire(transaction, turn(NOW + IDLE_MS_MAX)))).toBe("Dead 7/5");
  },
);

test.each(["PrepareCommit", "PrepareAbort"] as const)("%s waits for its markers, however long", (state) => {
  expect(outcome(expire(transactionIn(state), turn(Number.MAX_SAFE_INTEGER)))).toBe("unchanged");
});
