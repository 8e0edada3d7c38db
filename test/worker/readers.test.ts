import { expect, test } from "bun:test";
import { join } from "node:path";
import { loadCatalog } from "../../src/catalog/index.ts";
import { defineWorker } from "../../src/index.ts";
import { testCluster } from "../../src/testing/index.ts";
import { readerMistakes, readTopics } from "../../src/worker/readers.ts";
import { ROOT } from "../support/sluice.ts";
import { named } from "../support/worker.ts";

/*
 * A worker that reads with the topic's schema breaks, or must be deployed anew, with each change that its readers
 * cannot live with, also of fields that it has no use for. One with a schema of its own depends on what it names alone.
 */

const ORDERS = "orders.order.created.v1";
const SCHEMAS = join(ROOT, "schemas");

const ORDER = {
  event_id: "0194f7c2-1a2b-7c3d-8e4f-000000000001",
  occurred_at: "2026-01-15T09:00:00Z",
  order_id: "ord-1",
  customer_id: "cus-7",
  currency: "EUR",
  total_cents: 4990,
  items: [{ sku: "SKU-1001", quantity: 2, price_cents: 2495 }],
};

test("a worker with a schema of its own gets events in that shape, and TypeScript knows it", async () => {
  const seen: unknown[] = [];
  const brief = defineWorker({
    group: "brief",
    topics: [ORDERS],
    readers: {
      "orders.order.created.v1": {
        type: "record",
        name: "OrderCreated",
        fields: [
          { name: "event_id", type: { type: "string", logicalType: "uuid" } },
          { name: "occurred_at", type: { type: "long", logicalType: "timestamp-millis" } },
          { name: "note", type: ["null", "string"], default: null },
          { name: "channel", type: { type: "enum", name: "Channel", symbols: ["WEB", "SHOP"] }, default: "WEB" },
          {
            name: "items",
            type: {
              type: "array",
              items: { type: "record", name: "OrderItem", fields: [{ name: "sku", type: "string" }] },
            },
          },
        ],
      },
    },
    handle({ id, value }) {
      const at: Date = value.occurred_at;
      const note: string | null = value.note;
      const channel: "WEB" | "SHOP" = value.channel;
      const [sku]: (string | undefined)[] = value.items.map((item) => item.sku);
      // @ts-expect-error: the schema does not name it.
      const missing: unknown = value.total_cents;
      seen.push({ id, at, note, channel, sku, missing });
    },
  });
  await using cluster = await testCluster({ schemas: SCHEMAS });
  await cluster.produce(ORDERS, [ORDER]);
  await using running = await cluster.run(brief);
  await running.caughtUp();
  expect(seen).toEqual([
    {
      id: ORDER.event_id,
      at: new Date(ORDER.occurred_at),
      note: null,
      channel: "WEB",
      sku: "SKU-1001",
      missing: undefined,
    },
  ]);
});

test("a schema of its own that cannot read what is registered keeps the worker from starting", async () => {
  const wrong = defineWorker({
    group: "wrong",
    topics: [named(ORDERS)],
    readers: {
      [ORDERS]: {
        type: "record",
        name: "OrderCreated",
        fields: [
          { name: "event_id", type: "string" },
          { name: "occurred_at", type: { type: "long", logicalType: "timestamp-millis" } },
          { name: "channel", type: "string" },
        ],
      },
    },
    handle: () => {},
  });
  await using cluster = await testCluster({ schemas: SCHEMAS });
  await expect(cluster.run(wrong)).rejects.toThrow(/its own reader schema cannot read version 1 .*channel/s);
});

test.each([
  [{ "orders.order.shipped.v1": { type: "record", name: "A", fields: [] } }, /is not among its topics/],
  [{ [ORDERS]: { type: "record" } }, /without a `name`|missing `name`|name/],
  [{ [ORDERS]: "string" }, /an event is a record/],
  [
    { [ORDERS]: { type: "record", name: "OrderCreated", fields: [] } },
    /no field event_id; topic.yaml names event_id as the id/,
  ],
])("%j is a mistake that is named", async (readers, expected) => {
  const catalog = await loadCatalog(SCHEMAS);
  const worker = { ...defineWorker({ group: "g", topics: [named(ORDERS)], handle: () => {} }), readers };
  expect(readerMistakes(worker, catalog).join("\n")).toMatch(expected);
});

test("topics without a schema of the worker's own are read with the topic's", async () => {
  const catalog = await loadCatalog(SCHEMAS);
  const worker = defineWorker({ group: "g", topics: [named(ORDERS)], handle: () => {} });
  expect(readTopics(worker, catalog).map(({ schema }) => schema)).toEqual(
    [catalog.topic(ORDERS)?.schema].filter((schema) => schema !== undefined),
  );
});
