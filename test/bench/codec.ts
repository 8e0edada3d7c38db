import { SchemaRegistry, SchemaType } from "@kafkajs/confluent-schema-registry";
import avsc from "avsc";
import { createCodec, createDecoder, parseSchema } from "../../src/avro/index.ts";

/**
 * Avro alone, on an order of two items: how fast events are written and read, by avsc as it comes, by us, and by the
 * registry package. Every contender reads the same bytes; the best of several rounds counts. `bun test/bench/codec.ts`
 */
const ROUNDS = 10;
const ROUND_MS = 150;

const MILLIS = { type: "long", logicalType: "timestamp-millis" };
const ITEM = {
  type: "record",
  name: "OrderItem",
  fields: [
    { name: "sku", type: "string" },
    { name: "quantity", type: "int" },
    { name: "price_cents", type: "long" },
  ],
};
const ORDER = {
  type: "record",
  name: "OrderCreated",
  namespace: "orders",
  fields: [
    { name: "event_id", type: { type: "string", logicalType: "uuid" } },
    { name: "occurred_at", type: MILLIS },
    { name: "order_id", type: "string" },
    { name: "customer_id", type: "string" },
    { name: "currency", type: { type: "enum", name: "Currency", symbols: ["EUR", "USD", "GBP"] } },
    { name: "total_cents", type: "long" },
    { name: "note", type: ["null", "string"], default: null },
    { name: "items", type: { type: "array", items: ITEM } },
  ],
};
/** One field more, as a reader has that is a version ahead. */
const READER = { ...ORDER, fields: [...ORDER.fields, { name: "channel", type: "string", default: "web" }] };

const text =
  '{"event_id":"0194f7c2-1a2b-7c3d-8e4f-000000000001","occurred_at":1795225329719,"order_id":"ord-1-52901744","customer_id":"cus-1","currency":"EUR","total_cents":4990,"note":null,"items":[{"sku":"SKU-1001","quantity":2,"price_cents":1995},{"sku":"SKU-2002","quantity":1,"price_cents":1000}]}';
const order: unknown = JSON.parse(text);

const codec = createCodec(parseSchema(ORDER));
const resolve = createDecoder(parseSchema(ORDER), parseSchema(READER));
// avsc's types of schemas are narrower than Avro.
const plain = avsc.Type.forSchema(ORDER as never);
const reader = avsc.Type.forSchema(READER as never);
const resolver = reader.createResolver(plain);
const payload = codec.encode(order);
const framed = codec.encode(order, 1);
const registry = registryPackage();

const encoding = await perSecond({
  "avsc, from an object": () => plain.toBuffer(order),
  "ours, from an object": () => codec.encode(order),
  "ours, framed": () => codec.encode(order, 1),
  "ours, from JSON text, framed": () => codec.encode(JSON.parse(text), 1),
});
const decoding = await perSecond({
  "avsc, writer's schema": () => plain.fromBuffer(payload),
  "avsc, resolver kept": () => reader.fromBuffer(payload, resolver),
  "ours, writer's schema": () => codec.decode(payload),
  "ours, reader's schema": () => resolve(payload),
  "registry package, writer's schema": () => registry.decode(framed),
  "registry package, reader's schema": () =>
    registry.decode(framed, { [SchemaType.AVRO]: { readerSchema: READER as never } }),
});
console.log(
  `Avro, an order of ${text.length} bytes of JSON and ${payload.length} of Avro; × is against avsc's first line.`,
);
print("encode", encoding);
print("decode", decoding);

/** The package with its schema in place, so that no registry is asked. */
function registryPackage(): SchemaRegistry {
  const instance = new SchemaRegistry({ host: "http://127.0.0.1:1" });
  instance.cache.setSchema(1, SchemaType.AVRO, plain as never);
  return instance;
}

/** The best round of each; in turn, so that what else the machine does falls on all of them. */
async function perSecond(works: Record<string, () => unknown>): Promise<Record<string, number>> {
  const best: Record<string, number> = {};
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, work] of Object.entries(works)) {
      best[name] = Math.max(best[name] ?? 0, work() instanceof Promise ? await inTurns(work) : inTurn(work));
    }
  }
  return best;
}

function inTurn(work: () => unknown): number {
  const start = performance.now();
  let count = 0;
  for (; performance.now() - start < ROUND_MS; count += 1_000) for (let turn = 0; turn < 1_000; turn++) work();
  return (count / (performance.now() - start)) * 1_000;
}

async function inTurns(work: () => unknown): Promise<number> {
  const start = performance.now();
  let count = 0;
  for (; performance.now() - start < ROUND_MS; count += 100) for (let turn = 0; turn < 100; turn++) await work();
  return (count / (performance.now() - start)) * 1_000;
}

function print(title: string, rates: Record<string, number>): void {
  const [first = 1] = Object.values(rates);
  console.log(`\n${title.padEnd(38)}${"per second".padStart(12)}${"ns each".padStart(10)}${"×".padStart(8)}`);
  for (const [name, rate] of Object.entries(rates)) {
    const figures = [Math.round(rate).toLocaleString("en"), (1e9 / rate).toFixed(0), (rate / first).toFixed(2)];
    console.log(name.padEnd(38) + figures.map((figure, index) => figure.padStart([12, 10, 8][index] ?? 0)).join(""));
  }
}
