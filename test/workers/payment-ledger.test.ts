import { expect, test } from "bun:test";
import type { Store } from "../../src/store/index.ts";
import { paymentLedger } from "../../workers/payment-ledger.ts";
import { describeStores } from "../support/each-store.ts";
import { captured, openHandler } from "../support/handle-event.ts";

const CAPTURED = "orders.payment.captured.v1";

async function entries(store: Store): Promise<{ account: string; amount_cents: number; payment_id: string }[]> {
  const rows: { account: string; amount_cents: number | string; payment_id: string }[] =
    await store.sql`SELECT account, amount_cents, payment_id FROM ledger_entries ORDER BY account, payment_id`;
  // PostgreSQL's BIGINT comes as text.
  return rows.map((row) => ({ ...row, amount_cents: Number(row.amount_cents) }));
}

describeStores("payment-ledger", (open) => {
  test("a payment is two entries that cancel out", async () => {
    await using store = await open();
    const { handle, said } = await openHandler(paymentLedger, store);
    await handle(CAPTURED, captured());
    expect(await entries(store)).toEqual([
      { account: "bank", amount_cents: 12_990, payment_id: "p-1" },
      { account: "receivables", amount_cents: -12_990, payment_id: "p-1" },
    ]);
    expect(said).toEqual(["payment p-1: 12990 cents EUR booked"]);
  });

  test("a payment whose event arrives twice is booked once; another event of the same amount is booked too", async () => {
    await using store = await open();
    const { handle, said } = await openHandler(paymentLedger, store);
    const payment = captured();
    await handle(CAPTURED, payment);
    await handle(CAPTURED, payment);
    await handle(CAPTURED, captured({ payment_id: "p-2" }));
    expect((await entries(store)).filter(({ account }) => account === "bank")).toHaveLength(2);
    expect(said[1]).toBe("payment p-1: booked before");
  });

  test("the same event handled in two places at once is booked once", async () => {
    await using store = await open();
    const { handle } = await openHandler(paymentLedger, store);
    const payment = captured();
    await Promise.all(Array.from({ length: 10 }, () => handle(CAPTURED, payment)));
    expect(await entries(store)).toHaveLength(2);
  });
});
