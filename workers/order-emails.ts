import { defineWorker } from "../src/index.ts";

/**
 * Writes what it would send, one mail for each event, into the table `emails`; whatever really sends mail takes it from
 * there. Sending from here would send twice when the worker ends between sending and committing.
 */
export const orderEmails = defineWorker({
  group: "order-emails",
  topics: ["orders.order.created.v1", "orders.order.shipped.v1"],

  async setup(sql) {
    await sql`
      CREATE TABLE IF NOT EXISTS emails (
        event_id TEXT PRIMARY KEY,
        order_id TEXT NOT NULL,
        customer_id TEXT,
        subject TEXT NOT NULL,
        body TEXT NOT NULL,
        written_at TEXT NOT NULL
      )`;
  },

  async handle(event, context) {
    const mail = event.topic === "orders.order.created.v1" ? received(event.value) : shipped(event.value);
    const written = await context.transaction(async (sql) => {
      await sql`
        INSERT INTO emails (event_id, order_id, customer_id, subject, body, written_at)
        VALUES (${event.id}, ${mail.orderId}, ${mail.customerId}, ${mail.subject}, ${mail.body},
          ${new Date().toISOString()})`;
      return mail;
    });
    if (written !== undefined) context.log(`mail: ${mail.subject}`);
  },
});

interface Mail {
  readonly orderId: string;
  /** Null where the event does not say: the mailer looks it up by the order. */
  readonly customerId: string | null;
  readonly subject: string;
  readonly body: string;
}

function received(order: {
  order_id: string;
  customer_id: string;
  items: readonly unknown[];
  currency: string;
  total_cents: number;
}): Mail {
  const { order_id: orderId, customer_id: customerId } = order;
  const total = `${(order.total_cents / 100).toFixed(2)} ${order.currency}`;
  return {
    orderId,
    customerId,
    subject: `Order ${orderId} received`,
    body: `Thank you! We have received your order of ${order.items.length} items, ${total} in all.`,
  };
}

function shipped(parcel: {
  order_id: string;
  carrier: string;
  tracking_number: string | null;
  expected_on: string | null;
}): Mail {
  const tracking = parcel.tracking_number === null ? "" : ` under ${parcel.tracking_number}`;
  const expected = parcel.expected_on === null ? "" : ` It should arrive on ${parcel.expected_on}.`;
  return {
    orderId: parcel.order_id,
    customerId: null,
    subject: `Order ${parcel.order_id} is on its way`,
    body: `Your parcel was handed to ${parcel.carrier}${tracking}.${expected}`,
  };
}
