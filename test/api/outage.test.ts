import { expect, test } from "bun:test";
import { openProducer } from "../../src/kafka/index.ts";
import { StandIn } from "../support/kafka/stand-in.ts";
import { until } from "../support/until.ts";
import { bodyOf, ORDER, ORDERS, openApi } from "./open-api.ts";

// Proxies in front of Kafka wait for minutes when it goes away, or answer 200 all the same. What a client needs is an
// answer soon, that it can trust, and a 200 again as soon as Kafka is back.

const DELIVERY_TIMEOUT_MS = 1_000;
const ANSWER_MS_MAX = DELIVERY_TIMEOUT_MS + 1_000;

async function start() {
  const kafka = await StandIn.start({ topics: { [ORDERS]: [1, 1, 1] } });
  const producer = await openProducer(
    { bootstrapServers: kafka.bootstrapServers, ssl: false, clientId: "outage" },
    { deliveryTimeoutMs: DELIVERY_TIMEOUT_MS, requestTimeoutMs: 300, connectTimeoutMs: 300 },
  );
  const api = await openApi({ producer });
  return {
    kafka,
    async post(number: number) {
      const from = performance.now();
      const key = `ord-${number}`;
      const response = await api.post(JSON.stringify({ ...ORDER, order_id: key }));
      return { key, status: response.status, body: await bodyOf(response), tookMs: performance.now() - from };
    },
    [Symbol.asyncDispose]: async () => {
      await producer.close({ timeoutMs: 0 });
      await kafka[Symbol.asyncDispose]();
    },
  };
}

test("every receipt given while the broker comes and goes has its record, and no answer keeps anybody waiting", async () => {
  await using door = await start();
  const receipts = new Map<string, string>();
  const statuses = new Set<number>();
  let number = 0;
  const postSome = async (count: number) => {
    const answers = await Promise.all(Array.from({ length: count }, () => door.post(number++)));
    for (const { key, status, body, tookMs } of answers) {
      expect(tookMs).toBeLessThan(ANSWER_MS_MAX);
      expect([200, 503, 504]).toContain(status);
      statuses.add(status);
      if (status === 200) receipts.set(`${body.partition}/${body.offset}`, key);
    }
  };
  await postSome(20);
  await door.kafka.stop(1);
  await postSome(20);
  await postSome(20);
  await door.kafka.restart(1);
  await until("events are stored again", async () => (await door.post(number++)).status === 200);
  await postSome(20);
  expect([...statuses]).toEqual(expect.arrayContaining([200, 503]));
  const records = await door.kafka.records(ORDERS);
  const stored = new Map(records.map(({ partition, offset, key }) => [`${partition}/${offset}`, key]));
  expect(receipts.size).toBeGreaterThanOrEqual(40);
  for (const [place, key] of receipts) expect(stored.get(place)).toBe(key);
}, 20_000);

test("once Kafka is known to be away, events are refused at once, with when to come again", async () => {
  await using door = await start();
  await door.kafka.stop(1);
  await until("it is noticed", async () => (await door.post(1)).status === 503);
  const { status, body, tookMs } = await door.post(2);
  expect(status).toBe(503);
  expect(body).toMatchObject({ type: "urn:sluice:problem:kafka-unavailable", retryAfter: expect.any(Number) });
  expect(tookMs).toBeLessThan(200);
}, 20_000);

test("a broker that takes the event and never answers is told as unknown, not as failed", async () => {
  await using door = await start();
  door.kafka.onBatch = () => ({ stored: true, answer: "hang" });
  const { status, body, tookMs } = await door.post(1);
  expect(status).toBe(504);
  expect(body).toMatchObject({ type: "urn:sluice:problem:outcome-unknown", retryable: true });
  expect(tookMs).toBeLessThan(ANSWER_MS_MAX);
}, 20_000);
