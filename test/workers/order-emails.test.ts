import { expect, test } from "bun:test";
import type { Store } from "../../src/store/index.ts";
import { orderEmails } from "../../workers/order-emails.ts";
import { describeStores } from "../support/each-store.ts";
import { created, openHandler, shipped } from "../support/handle-event.ts";

async function emails(store: Store): Promise<{ subject: string; body: string; customer_id: string | null }[]> {
  return await store.sql`SELECT subject, body, customer_id FROM emails ORDER BY subject`;
}

describeStores("order-emails", (open) => {
  test("an order and a parcel are a mail each, and a line each", async () => {
    await using store = await open();
    const { handle, said } = await openHandler(orderEmails, store);
    await handle("orders.order.created.v1", created());
    await handle("orders.order.shipped.v1", shipped({ tracking_number: "JD01", expected_on: "2026-05-04" }));
    expect(await emails(store)).toEqual([
      {
        subject: "Order o-1 is on its way",
        body: "Your parcel was handed to dhl under JD01. It should arrive on 2026-05-04.",
        customer_id: null,
      },
      {
        subject: "Order o-1 received",
        body: "Thank you! We have received your order of 2 items, 129.90 EUR in all.",
        customer_id: "c-1",
      },
    ]);
    expect(said).toEqual(["mail: Order o-1 received", "mail: Order o-1 is on its way"]);
  });

  test("an event that arrives twice is one mail and one line", async () => {
    await using store = await open();
    const { handle, said } = await openHandler(orderEmails, store);
    const order = created();
    await handle("orders.order.created.v1", order);
    await handle("orders.order.created.v1", order);
    expect(await emails(store)).toHaveLength(1);
    expect(said).toHaveLength(1);
  });
});
