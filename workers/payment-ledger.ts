import { defineWorker } from "../src/index.ts";

/**
 * Books each captured payment twice, as double entry asks: our bank account gains what the customer no longer owes.
 * Entries and the event's id are stored by one transaction, so a payment that arrives again is not booked again, and
 * the sum over all entries of a currency is always 0.
 */
export const paymentLedger = defineWorker({
  group: "payment-ledger",
  topics: ["orders.payment.captured.v1"],

  async setup(sql) {
    await sql`
      CREATE TABLE IF NOT EXISTS ledger_entries (
        event_id TEXT NOT NULL,
        account TEXT NOT NULL,
        payment_id TEXT NOT NULL,
        order_id TEXT NOT NULL,
        amount_cents BIGINT NOT NULL,
        currency TEXT NOT NULL,
        captured_at TEXT NOT NULL,
        PRIMARY KEY (event_id, account)
      )`;
  },

  async handle({ id, value: payment }, context) {
    const { payment_id, order_id, occurred_at, amount } = payment;
    const at = occurred_at.toISOString();
    const booked = await context.transaction(async (sql) => {
      await sql`
        INSERT INTO ledger_entries (event_id, account, payment_id, order_id, amount_cents, currency, captured_at)
        VALUES
          (${id}, 'bank', ${payment_id}, ${order_id}, ${amount.amount_cents}, ${amount.currency}, ${at}),
          (${id}, 'receivables', ${payment_id}, ${order_id}, ${-amount.amount_cents}, ${amount.currency}, ${at})`;
      return true;
    });
    context.log(
      `payment ${payment_id}: ${booked ? `${amount.amount_cents} cents ${amount.currency} booked` : "booked before"}`,
    );
  },
});
