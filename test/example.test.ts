import { expect, test } from "bun:test";
import { testCluster } from "sluice/test";
import { orderEmails } from "../workers/order-emails.ts";

test("an order is answered with a mail", async () => {
  await using cluster = await testCluster({ schemas: "schemas" });
  await using worker = await cluster.run(orderEmails);
  await cluster.produce("orders.order.created.v1", [
    {
      event_id: "0194f7c2-1a2b-7c3d-8e4f-000000000001",
      occurred_at: "2026-01-15T09:00:00Z",
      order_id: "ord-1",
      customer_id: "cus-7",
      currency: "EUR",
      total_cents: 4990,
      items: [{ sku: "SKU-1001", quantity: 2, price_cents: 2495 }],
    },
  ]);
  await worker.caughtUp();
  expect(await worker.sql`SELECT subject FROM emails`).toEqual([{ subject: "Order ord-1 received" }]);
});
