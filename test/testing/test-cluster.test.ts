import { describe, expect, test } from "bun:test";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineWorker } from "../../src/index.ts";
import { testCluster } from "../../src/testing/index.ts";
import { orderEmails } from "../../workers/order-emails.ts";
import { ROOT } from "../support/sluice.ts";
import { named } from "../support/worker.ts";

const SCHEMAS = join(ROOT, "schemas");
const ORDERS = "orders.order.created.v1";

const ORDER = {
  event_id: "0194f7c2-1a2b-7c3d-8e4f-000000000001",
  occurred_at: "2026-01-15T09:00:00Z",
  order_id: "ord-1",
  customer_id: "cus-7",
  currency: "EUR",
  total_cents: 4990,
  items: [{ sku: "SKU-1001", quantity: 2, price_cents: 2495 }],
};

test("the example of the README is a test that runs", async () => {
  const readme = await Bun.file(join(ROOT, "src/testing/README.md")).text();
  const [, example] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  expect(example).toBe(await Bun.file(join(ROOT, "test/example.test.ts")).text());
});

test("a cluster is there in less time than anybody notices, and gone without a trace", async () => {
  const began = performance.now();
  const cluster = await testCluster({ topics: ["clicks:3"] });
  const tookMs = performance.now() - began;
  const { registry } = cluster;
  expect(await (await fetch(`${registry}/subjects`)).json()).toEqual([]);
  await cluster[Symbol.asyncDispose]();
  await expect(fetch(`${registry}/subjects`)).rejects.toThrow();
  // It takes about 10; the rest is for a machine that has other things to do.
  expect(tookMs).toBeLessThan(300);
});

test("schemas have the ids that the folder's lock has, and so do the events that are stored", async () => {
  const dir = mkdtempSync(join(tmpdir(), "sluice-locked-"));
  cpSync(SCHEMAS, dir, { recursive: true });
  const lock = join(dir, "schemas.lock.json");
  // As if production had given ids to others before.
  writeFileSync(
    lock,
    readFileSync(lock, "utf8").replaceAll(/"id": (\d+)/g, (_, id) => `"id": ${Number(id) + 40}`),
  );
  await using cluster = await testCluster({ schemas: dir });
  const latest = await (await fetch(`${cluster.registry}/subjects/${ORDERS}-value/versions/latest`)).json();
  expect(latest).toMatchObject({ version: 1, id: 42 });
  await cluster.produce(ORDERS, [ORDER]);
  expect(await cluster.read(ORDERS)).toMatchObject([{ value: { order_id: "ord-1" } }]);
  rmSync(dir, { recursive: true });
});

describe("events", () => {
  test("are stored as the topic's schema says, under their key, and read again as they were", async () => {
    await using cluster = await testCluster({ schemas: SCHEMAS });
    await cluster.produce(ORDERS, [ORDER, { ...ORDER, order_id: "ord-2" }]);
    const stored = await cluster.read(ORDERS);
    expect(new Set(stored.map(({ key }) => key))).toEqual(new Set(["ord-1", "ord-2"]));
    expect(stored.find(({ key }) => key === "ord-1")?.value).toMatchObject({
      order_id: "ord-1",
      occurred_at: new Date(ORDER.occurred_at),
      note: null,
    });
  });

  test("that are wrong are refused with their reasons", async () => {
    await using cluster = await testCluster({ schemas: SCHEMAS });
    await expect(cluster.produce(ORDERS, [{ ...ORDER, total_cents: "many" }])).rejects.toMatchObject({
      problems: [{ pointer: "/total_cents" }],
    });
    expect(await cluster.read(ORDERS)).toEqual([]);
  });

  test("of a topic without a schema are texts, bytes or tombstones", async () => {
    await using cluster = await testCluster({ topics: ["clicks"] });
    await cluster.produce("clicks", ["a text", Buffer.from([1, 2]), null, { x: 1 }]);
    expect((await cluster.read("clicks")).map(({ value }) => value)).toEqual([
      Buffer.from("a text"),
      Buffer.from([1, 2]),
      null,
      Buffer.from('{"x":1}'),
    ]);
  });
});

describe("a worker", () => {
  test("that gives an event up leaves it in its dead-letter topic", async () => {
    await using cluster = await testCluster({ schemas: SCHEMAS });
    const picky = defineWorker({
      group: "picky",
      topics: [named(ORDERS)],
      retry: { attempts: 1 },
      handle() {
        throw new Error("not today");
      },
    });
    await using worker = await cluster.run(picky);
    await cluster.produce(ORDERS, [ORDER]);
    await worker.caughtUp();
    expect(await cluster.read(`${ORDERS}.picky.dlt`)).toMatchObject([{ key: "ord-1" }]);
  });

  test("starts where it was when it runs a second time", async () => {
    await using cluster = await testCluster({ schemas: SCHEMAS });
    for (const order_id of ["ord-1", "ord-2"]) {
      await using worker = await cluster.run(orderEmails);
      await cluster.produce(ORDERS, [{ ...ORDER, order_id }]);
      await worker.caughtUp();
      expect(await worker.sql`SELECT order_id FROM emails`).toEqual([{ order_id }]);
    }
  });

  test("without schemas has nothing to read", async () => {
    await using cluster = await testCluster();
    await expect(cluster.run(orderEmails)).rejects.toThrow("testCluster({ schemas })");
  });
});

test("three brokers answer where three are asked for", async () => {
  await using cluster = await testCluster({ nodes: 3, topics: ["clicks:3"] });
  expect(cluster.kafka.split(",")).toHaveLength(3);
  await cluster.produce("clicks", ["a", "b", "c"]);
  expect(await cluster.read("clicks")).toHaveLength(3);
});
