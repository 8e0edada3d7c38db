import { describe, expect, test } from "bun:test";
import { createCodec, type Node } from "../../src/avro/index.ts";
import {
  type EventOf,
  envelopeOf,
  type InputOf,
  loadCatalog,
  type TopicName,
  typesOf,
} from "../../src/catalog/index.ts";

const catalog = await loadCatalog("schemas");

/** What an HTTP producer posts: the shape that the benchmark sends, too. */
const order = {
  event_id: "0194f7c2-1a2b-7c3d-8e4f-000000000001",
  occurred_at: 1795225329719,
  order_id: "ord-1-4711",
  customer_id: "cus-1",
  currency: "EUR",
  total_cents: 4990,
  note: null,
  items: [
    { sku: "SKU-1001", quantity: 2, price_cents: 1995 },
    { sku: "SKU-2002", quantity: 1, price_cents: 1000 },
  ],
};

const payment = {
  event_id: "0194f7c2-1a2b-7c3d-8e4f-000000000002",
  occurred_at: "2026-11-21T05:02:09.719Z",
  payment_id: "pay-1",
  order_id: "ord-1-4711",
  amount: { amount_cents: 4990, currency: "EUR" },
  method: "CARD",
};

const shipped = {
  event_id: "0194f7c2-1a2b-7c3d-8e4f-000000000003",
  occurred_at: "2026-11-22T09:00:00Z",
  order_id: "ord-1-4711",
  shipment_id: "shp-1",
  carrier: "postnord",
  shipping_cost: { amount_cents: 590, currency: "SEK" },
  expected_on: "2026-11-24",
  skus: ["SKU-1001", "SKU-2002"],
};

function topicOf(name: string) {
  const topic = catalog.topic(name);
  if (topic === undefined) throw new Error(`no topic ${name}`);
  return topic;
}

test.each([
  ["orders.order.created.v1", order],
  ["orders.payment.captured.v1", payment],
  ["orders.order.shipped.v1", shipped],
])("%s takes its events as people write them", (name, event) => {
  const topic = topicOf(name);
  const codec = createCodec(topic.schema);
  const decoded = codec.decode(codec.encode(event));
  expect(decoded).toMatchObject({ order_id: "ord-1-4711", occurred_at: new Date(event.occurred_at) });
  expect(envelopeOf(topic)(event)).toEqual({
    key: "ord-1-4711",
    id: event.event_id,
    time: new Date(event.occurred_at).getTime(),
  });
});

test("two of the three topics refer to the shared money", () => {
  expect(catalog.shared.map((file) => file.name)).toEqual(["shared.Money"]);
  const users = catalog.topics.filter((topic) => topic.references.length > 0).map((topic) => topic.topic);
  expect(users).toEqual(["orders.order.shipped.v1", "orders.payment.captured.v1"]);
});

test("every type and every field says what it is", () => {
  const silent: string[] = [];
  const walk = (node: Node, place: string): void => {
    if ("name" in node && node.doc === undefined) silent.push(place);
    if (node.type === "array") walk(node.items, place);
    if (node.type === "union") for (const branch of node.branches) walk(branch, place);
    if (node.type !== "record") return;
    for (const field of node.fields) {
      if (field.doc === undefined) silent.push(`${place}.${field.name}`);
      walk(field.type, `${place}.${field.name}`);
    }
  };
  for (const { topic, schema } of catalog.topics) walk(schema.root, topic);
  expect(silent).toEqual([]);
});

test("the samples work on one broker", () => {
  expect(catalog.topics.map(({ partitions, replication }) => [partitions, replication])).toEqual(Array(3).fill([6, 1]));
});

describe("schemas/types.ts", () => {
  test("is what the schemas make it: `sluice types` writes it anew", async () => {
    expect(await Bun.file("schemas/types.ts").text()).toBe(typesOf(catalog, "../src/catalog/event-types.ts"));
  });

  test("gives each topic the type of its events", () => {
    // The compiler checks these: `bun run check` fails where they do not hold.
    const names: TopicName[] = ["orders.order.created.v1", "orders.order.shipped.v1", "orders.payment.captured.v1"];
    const describeOrder = (event: EventOf<"orders.order.created.v1">): string =>
      `${event.occurred_at.toISOString()} ${event.items.map((item) => item.sku.toLowerCase()).join()} ${event.note?.length}`;
    const input: InputOf<"orders.order.created.v1"> = { ...order, currency: "EUR", note: undefined };
    const { note: _, ...least }: InputOf<"orders.order.created.v1"> = { ...input, occurred_at: new Date() };
    // @ts-expect-error: it has no default
    const short: InputOf<"orders.payment.captured.v1"> = { payment_id: "pay-1" };
    // @ts-expect-error: no such topic
    const none: TopicName = "orders.order.lost.v1";
    // @ts-expect-error: no such field
    const field = (event: EventOf<"orders.payment.captured.v1">): unknown => event.note;
    // @ts-expect-error: no such currency
    const currency: EventOf<"orders.order.created.v1">["currency"] = "XXX";

    expect([none, typeof field, currency, short].length).toBe(4);
    expect(names).toEqual(catalog.topics.map((topic) => topic.topic) as TopicName[]);
    const codec = createCodec(topicOf("orders.order.created.v1").schema);
    for (const one of [input, least]) expect(codec.encode(one)).toBeInstanceOf(Buffer);
    const decoded = codec.decode(codec.encode(order)) as EventOf<"orders.order.created.v1">;
    expect(describeOrder(decoded)).toBe("2026-11-21T01:42:09.719Z sku-1001,sku-2002 undefined");
  });
});
