import { expect, test } from "bun:test";
import { openBroker } from "../../src/broker/index.ts";
import { createLateProducer } from "../../src/worker/late-producer.ts";
import { freePort } from "../support/free-port.ts";
import { until } from "../support/until.ts";

const record = { topic: "t.dlt", key: null, value: Buffer.from("x"), timestamp: 1_700_000_000_000 };
const settings = (port: number) => ({ bootstrapServers: [`127.0.0.1:${port}`], ssl: false, clientId: "late" });

test("nothing is connected before the first record", async () => {
  await using broker = await openBroker({ topics: [{ name: "t.dlt" }] });
  const producer = createLateProducer(settings(Number(broker.address.split(":")[1])), {});
  expect(broker.connections).toBe(0);
  expect(await producer.send(record)).toMatchObject({ status: "stored", offset: 0n });
  expect(broker.connections).toBeGreaterThan(0);
  await producer.close({ timeoutMs: 1_000 });
  await until("it has gone", () => broker.connections === 0);
});

test("where Kafka is away a record is not stored, and is once it is back", async () => {
  const port = await freePort();
  const producer = createLateProducer(settings(port), { connectTimeoutMs: 200, deliveryTimeoutMs: 2_000 });
  expect(await producer.send(record)).toMatchObject({ status: "failed", retryable: true });
  await using _broker = await openBroker({ port, topics: [{ name: "t.dlt" }] });
  expect(await producer.send(record)).toMatchObject({ status: "stored" });
  await producer.close({ timeoutMs: 1_000 });
});

test("closing one that never sent is nothing to wait for", async () => {
  await createLateProducer(settings(1), {}).close({ timeoutMs: 0 });
});
