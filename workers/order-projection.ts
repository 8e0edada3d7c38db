import { defineWorker } from "../src/index.ts";

/**
 * Keeps the table `orders`: one row for each order, as its events leave it. The three topics are read independently of
 * each other, so a payment may come before its order; each event adds what it knows, and `status` follows from the row.
 */
export const orderProjection = defineWorker({
  group: "order-projection",
  topics: ["orders.order.created.v1", "orders.payment.captured.v1", "orders.order.shipped.v1"],

  async setup(sql) {
    await sql`
      CREATE TABLE IF NOT EXISTS orders (
        order_id TEXT PRIMARY KEY,
        customer_id TEXT,
        currency TEXT,
        total_cents BIGINT,
        items INTEGER,
        note TEXT,
        placed_at TEXT,
        paid_cents BIGINT NOT NULL DEFAULT 0,
        parcels INTEGER NOT NULL DEFAULT 0,
        shipped_at TEXT,
        status TEXT NOT NULL GENERATED ALWAYS AS (
          CASE
            WHEN parcels > 0 THEN 'shipped'
            WHEN total_cents IS NULL THEN 'expected'
            WHEN paid_cents >= total_cents THEN 'paid'
            ELSE 'placed'
          END
        ) STORED
      )`;
  },

  async handle(event, context) {
    switch (event.topic) {
      case "orders.order.created.v1": {
        const order = event.value;
        await context.transaction(
          (sql) => sql`
            INSERT INTO orders (order_id, customer_id, currency, total_cents, items, note, placed_at)
            VALUES (${order.order_id}, ${order.customer_id}, ${order.currency}, ${order.total_cents},
              ${order.items.length}, ${order.note}, ${order.occurred_at.toISOString()})
            ON CONFLICT (order_id) DO UPDATE SET
              customer_id = excluded.customer_id, currency = excluded.currency, total_cents = excluded.total_cents,
              items = excluded.items, note = excluded.note, placed_at = excluded.placed_at`,
        );
        context.log(`order ${order.order_id}: placed, ${order.items.length} items, ${order.total_cents} cents`);
        return;
      }
      case "orders.payment.captured.v1": {
        const { order_id, amount } = event.value;
        // Adding is not idempotent: without the transaction a repeated event would pay the order twice.
        await context.transaction(
          (sql) => sql`
            INSERT INTO orders (order_id, paid_cents) VALUES (${order_id}, ${amount.amount_cents})
            ON CONFLICT (order_id) DO UPDATE SET paid_cents = orders.paid_cents + excluded.paid_cents`,
        );
        context.log(`order ${order_id}: ${amount.amount_cents} cents paid`);
        return;
      }
      case "orders.order.shipped.v1": {
        const { order_id, occurred_at, carrier } = event.value;
        await context.transaction(
          (sql) => sql`
            INSERT INTO orders (order_id, parcels, shipped_at) VALUES (${order_id}, 1, ${occurred_at.toISOString()})
            ON CONFLICT (order_id) DO UPDATE SET
              parcels = orders.parcels + 1, shipped_at = COALESCE(orders.shipped_at, excluded.shipped_at)`,
        );
        context.log(`order ${order_id}: shipped with ${carrier}`);
        return;
      }
    }
  },
});
