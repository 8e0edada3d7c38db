import { type CatalogTopic, envelopeOf, loadCatalog } from "../../src/catalog/index.ts";
import type { Store } from "../../src/store/index.ts";
import { EventContext } from "../../src/worker/context.ts";
import { ConsumedEvent } from "../../src/worker/event.ts";
import type { Worker } from "../../src/worker/index.ts";
import { record, underway } from "./worker.ts";

/** Hands a worker decoded events, as the runtime would, and keeps the lines that it prints. */
export async function openHandler(worker: Worker, store: Store) {
  const catalog = await loadCatalog("schemas");
  const { setup } = worker;
  if (setup !== undefined) await store.setup(setup);
  const said: string[] = [];
  let offset = 0n;

  return {
    said,
    async handle(name: string, value: Readonly<Record<string, unknown>>): Promise<void> {
      const topic = topicOf(name);
      const given = record({ topic: name, offset: offset++ });
      const { batch } = underway({ record: given, topic });
      const event = new ConsumedEvent(given, { topic, envelope: envelopeOf(topic) });
      event.value = value;
      const emit: typeof batch.emit = (told, detail) => {
        if (told === "worker.said" && "text" in detail) said.push(detail.text);
      };
      await worker.handle(event, new EventContext(event, { ...batch, group: worker.group, store, emit }));
    },
  };

  function topicOf(name: string): CatalogTopic {
    const topic = catalog.topic(name);
    if (topic === undefined) throw new Error(`${name} is not under schemas/`);
    return topic;
  }
}

/** Decoded events of the order pipeline. */
export const created = (given: object = {}) => ({
  event_id: crypto.randomUUID(),
  occurred_at: new Date("2026-05-01T10:00:00Z"),
  order_id: "o-1",
  customer_id: "c-1",
  currency: "EUR",
  total_cents: 12_990,
  note: null,
  items: [
    { sku: "a", quantity: 1, price_cents: 9_990 },
    { sku: "b", quantity: 3, price_cents: 1_000 },
  ],
  ...given,
});

export const captured = (given: object = {}) => ({
  event_id: crypto.randomUUID(),
  occurred_at: new Date("2026-05-01T10:05:00Z"),
  payment_id: "p-1",
  order_id: "o-1",
  amount: { amount_cents: 12_990, currency: "EUR" },
  method: "CARD",
  provider_reference: null,
  ...given,
});

export const shipped = (given: object = {}) => ({
  event_id: crypto.randomUUID(),
  occurred_at: new Date("2026-05-02T08:00:00Z"),
  order_id: "o-1",
  shipment_id: "s-1",
  carrier: "dhl",
  tracking_number: null,
  shipping_cost: { amount_cents: 490, currency: "EUR" },
  expected_on: null,
  skus: ["a", "b"],
  ...given,
});
