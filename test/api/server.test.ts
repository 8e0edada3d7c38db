import { describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { join } from "node:path";
import { startApi } from "../../src/api/index.ts";
import { type Catalog, loadCatalog } from "../../src/catalog/index.ts";
import { readConfig } from "../../src/config.ts";
import { silent } from "../../src/events.ts";
import type { Delivery } from "../../src/kafka/index.ts";
import { kafkaSettings, openAdmin, openConsumer } from "../../src/kafka/index.ts";
import { createRegistry, type Registry } from "../../src/registry/index.ts";
import { cluster, unique } from "../support/cluster.ts";
import { until } from "../support/until.ts";
import { catalogOf, catalogTopic, NOTE } from "../support/worker.ts";
import { bodyOf, ORDER, ORDERS, openApi } from "./open-api.ts";

const post = (url: string, topic: string, body: string) =>
  fetch(`${url}/topics/${topic}/events`, { method: "POST", headers: { "content-type": "application/json" }, body });

describe("closing the door", () => {
  test("answers what is under way, and refuses what comes after", async () => {
    const api = await openApi();
    await using server = api.listen();
    const { promise, resolve } = Promise.withResolvers<void>();
    api.producer.fate = async (record): Promise<Delivery> => {
      await promise;
      return api.producer.store(record);
    };
    const underWay = post(server.url, ORDERS, JSON.stringify(ORDER));
    await until("the event is with the producer", () => api.producer.stats().queuedRecords === 1);
    const closed = api.door.close({ timeoutMs: 5_000 });
    const refused = await post(server.url, ORDERS, JSON.stringify(ORDER));
    expect(refused.status).toBe(503);
    expect(await bodyOf(refused)).toMatchObject({ type: "urn:sluice:problem:stopping" });
    resolve();
    expect((await underWay).status).toBe(200);
    expect(await closed).toBe(0);
  });

  test("ends in time although a request does not, and counts it", async () => {
    const api = await openApi();
    api.producer.fate = () => new Promise(() => {});
    void api.post(JSON.stringify(ORDER));
    expect(await api.door.close({ timeoutMs: 10 })).toBe(1);
  });
});

test("whoever starts it hears of everything that it cannot reach, in time", async () => {
  const config = readConfig({
    KAFKA_BOOTSTRAP_SERVERS: "127.0.0.1:1",
    SCHEMA_REGISTRY_URL: "http://127.0.0.1:1/registry",
    HTTP_PORT: "0",
  });
  const registry = createRegistry({ url: config.registryUrl, attempts: 1 });
  const starting = startApi({
    config,
    catalog: await loadCatalog(join(import.meta.dir, "../../schemas")),
    kafka: kafkaSettings(config, "test"),
    registry,
    emit: silent,
  });
  await expect(starting).rejects.toMatchObject({
    problems: [
      expect.stringContaining("Kafka at 127.0.0.1:1"),
      expect.stringContaining("registry at http://127.0.0.1:1/registry"),
    ],
  });
});

describe.skipIf(cluster === undefined)("on a real cluster", () => {
  const { kafka, registry: registryUrl } = cluster ?? { kafka: "localhost:1", registry: "http://localhost:1" };
  const config = readConfig({
    KAFKA_BOOTSTRAP_SERVERS: kafka,
    SCHEMA_REGISTRY_URL: registryUrl,
    HTTP_PORT: "0",
    HTTP_HOST: "127.0.0.1",
  });
  const settings = kafkaSettings(config, "api-test");

  /** A topic of its own for each test, in Kafka and in the registry. */
  async function prepare(registry: Registry): Promise<Catalog> {
    const name = `apitest${unique()}.note.taken.v1`;
    const topic = catalogTopic(name, NOTE, { partitions: 3 });
    await registry.register(topic.subject, { text: topic.text, references: [] });
    const admin = await openAdmin(settings);
    const plan = await admin.planTopics([{ topic: name, partitions: 3, replication: 1, config: {} }]);
    await admin.applyTopics(plan);
    await admin.close();
    return catalogOf(topic);
  }

  async function started() {
    const registry = createRegistry({ url: registryUrl });
    const catalog = await prepare(registry);
    const topic = catalog.topics[0]?.topic ?? "";
    const api = await startApi({ config, catalog, kafka: settings, registry, emit: silent });
    return {
      api,
      topic,
      [Symbol.asyncDispose]: async () => {
        await api.stop();
        registry.close();
      },
    };
  }

  test("every receipt's record is where it says, with its headers", async () => {
    await using running = await started();
    const { api, topic } = running;
    const notes = Array.from({ length: 50 }, (_, n) => ({ id: `note-${n}`, n }));
    const response = await post(api.url, topic, JSON.stringify(notes));
    expect(response.status).toBe(200);
    const { results } = await bodyOf(response);
    const found = new Map<string, string>();
    const headers = new Map<string, string | undefined>();
    const consumer = await openConsumer(settings, {
      group: `api-test-${unique()}`,
      topics: [topic],
      emit: silent,
      handle: async (batch) => {
        for (const record of batch.records) {
          found.set(`${batch.partition}/${record.offset}`, record.key?.toString() ?? "");
          headers.set("ce_type", record.header("ce_type")?.toString());
          headers.set("content-type", record.header("content-type")?.toString());
          batch.done(record.offset);
        }
      },
    });
    await until("all records were read", () => found.size === notes.length, { timeoutMs: 30_000 });
    await consumer.stop({ timeoutMs: 5_000 });
    // A list: the batch was answered 200.
    for (const { id, partition, offset } of results as { id: string; partition: number; offset: string }[]) {
      expect(found.get(`${partition}/${offset}`)).toBe(id);
    }
    expect(Object.fromEntries(headers)).toEqual({
      ce_type: topic.replace(".v1", ""),
      "content-type": "application/avro",
    });
  }, 60_000);

  test("an admin that it was given is left open", async () => {
    const registry = createRegistry({ url: registryUrl });
    const catalog = await prepare(registry);
    const admin = await openAdmin(settings);
    const api = await startApi({ config, catalog, kafka: settings, admin, registry, emit: silent });
    await api.stop();
    await admin.ping();
    await admin.close();
    registry.close();
  });

  test("a port that another one listens on is refused", async () => {
    await using running = await started();
    const port = new URL(running.api.url).port;
    const registry = createRegistry({ url: registryUrl });
    const catalog = await prepare(registry);
    const second = startApi({
      config: { ...config, httpPort: Number(port) },
      catalog,
      kafka: settings,
      registry,
      emit: silent,
    });
    await expect(second).rejects.toThrow(`HTTP_PORT=${port}: cannot listen there on 127.0.0.1; 0 picks a free port`);
    registry.close();
  }, 30_000);

  test("it is ready, and after it stopped nobody listens", async () => {
    const running = await started();
    const { url } = running.api;
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect((await post(url, running.topic, '{"id":"a","n":1}')).status).toBe(200);
    expect(await running.api.stop()).toEqual({ undelivered: 0, unanswered: 0 });
    await expect(fetch(`${url}/health/live`)).rejects.toThrow();
    await running[Symbol.asyncDispose]();
  }, 30_000);

  test("an idle connection does not hold up the stop", async () => {
    await using running = await started();
    const socket = connect(Number(new URL(running.api.url).port), "127.0.0.1");
    await until("connected", () => !socket.connecting);
    const from = performance.now();
    await running.api.stop();
    expect(performance.now() - from).toBeLessThan(5_000);
    socket.destroy();
  }, 30_000);

  test("it does not start without its schemas and topics, and says what to run", async () => {
    const registry = createRegistry({ url: registryUrl });
    const catalog = catalogOf(catalogTopic(`apitest${unique()}.note.taken.v1`));
    const starting = startApi({ config, catalog, kafka: settings, registry, emit: silent });
    await expect(starting).rejects.toMatchObject({
      problems: [expect.stringContaining("sluice topics apply"), expect.stringContaining("sluice apply")],
    });
    registry.close();
  }, 30_000);
});
