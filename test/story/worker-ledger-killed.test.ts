import { describe, expect, test } from "bun:test";
import { createCodec } from "../../src/avro/index.ts";
import { type CatalogTopic, loadCatalog } from "../../src/catalog/index.ts";
import { openAdmin, openProducer } from "../../src/kafka/index.ts";
import { applySchemas, createRegistry } from "../../src/registry/index.ts";
import { openStore, type Store } from "../../src/store/index.ts";
import { type Cluster, cluster, unique, without } from "../support/cluster.ts";
import { createPostgres, sqliteUrl } from "../support/database.ts";
import { until } from "../support/until.ts";
import { renamed } from "../support/worker-pipeline.ts";

/** PostgreSQL where the run has one. */
const DATABASES = without("postgres") ? (["SQLite"] as const) : (["SQLite", "PostgreSQL"] as const);

const PAYMENTS = 2_000;
const KILLS = 2;

/**
 * What goes wrong in production without this: a container is killed between the database's commit and Kafka's. Without
 * the inbox in the same transaction its payments are booked again; with the offset committed first they are lost.
 */
describe.skipIf(cluster === undefined)("a ledger whose process is killed mid-batch", () => {
  test.each(DATABASES)(
    "has each payment booked once, in %s",
    async (name) => {
      if (cluster === undefined) return;
      const database = await createDatabase(name, cluster);
      const store = await openStore(database.url);
      const given = await payments(cluster);
      const { kafka, registry } = cluster;
      const spawn = () => ledger({ kafka, registry, database: database.url, ...given });
      let killed = spawn();
      try {
        for (let kill = 1; kill <= KILLS; kill++) {
          const enough = (PAYMENTS * kill) / (KILLS + 2);
          await until("the ledger is under way", async () => (await entries(store)).length > enough, {
            timeoutMs: 30_000,
          });
          killed.kill("SIGKILL");
          await killed.exited;
          killed = spawn();
        }
        await until("every payment is booked", async () => (await entries(store)).length >= 2 * PAYMENTS, {
          timeoutMs: 60_000,
          everyMs: 200,
        });
        killed.kill("SIGTERM");
        expect(await killed.exited).toBe(0);
      } finally {
        killed.kill("SIGKILL");
        await killed.exited;
      }

      const booked = await entries(store);
      expect(booked).toHaveLength(2 * PAYMENTS);
      expect(new Set(booked.map(({ event_id }) => event_id)).size).toBe(PAYMENTS);
      const bank = booked.filter(({ account }) => account === "bank");
      expect(sum(bank)).toBe((PAYMENTS * (PAYMENTS + 1)) / 2);
      expect(sum(booked)).toBe(0);
      // A second booking that only the table's primary key had refused would be here.
      expect(await stored(cluster, `${given.topic}.${given.group}.dlt`)).toBe(0n);
      await store.close();
      await database.drop();
    },
    150_000,
  );
});

const createDatabase = async (name: (typeof DATABASES)[number], { postgres = "" }: Cluster) =>
  name === "PostgreSQL" ? createPostgres(postgres) : { url: await sqliteUrl(), drop: async () => {} };

async function stored({ kafka }: Cluster, topic: string): Promise<bigint> {
  const admin = await openAdmin({ bootstrapServers: [kafka], ssl: false, clientId: "test" });
  const offsets = await admin.topicOffsets([topic]);
  await admin.close();
  return offsets.reduce((sum, { earliest = 0n, end = 0n }) => sum + end - earliest, 0n);
}

interface Entry {
  readonly event_id: string;
  readonly account: string;
  readonly amount_cents: number;
}

async function entries(store: Store): Promise<Entry[]> {
  const rows: Entry[] = await store.sql`SELECT event_id, account, amount_cents FROM ledger_entries`;
  // PostgreSQL's BIGINT comes as text.
  return rows.map((row) => ({ ...row, amount_cents: Number(row.amount_cents) }));
}

const sum = (booked: readonly Entry[]): number => booked.reduce((total, { amount_cents }) => total + amount_cents, 0);

/** A topic with payments of 1, 2, 3 … cents, each sent twice with the same id, as a producer that lost its answer does. */
async function payments({ kafka: address, registry: url }: Cluster): Promise<{ topic: string; group: string }> {
  const name = `test.payment.captured-${unique()}.v1`;
  const registry = createRegistry({ url });
  const full = await loadCatalog("schemas");
  const catalog = { ...renamed(full, "orders.payment.captured.v1", name), shared: full.shared };
  await applySchemas(registry, catalog);
  const [topic] = catalog.topics;
  if (topic === undefined) throw new Error("the catalog has one topic");
  const kafka = { bootstrapServers: [address], ssl: false, clientId: "test" };
  const admin = await openAdmin(kafka);
  for (const { error } of await admin.applyTopics(await admin.planTopics([topic]))) if (error) throw error;
  await admin.close();
  const producer = await openProducer(kafka);
  const found = await registry.version(topic.subject, "latest");
  const records = Array.from({ length: PAYMENTS }, (_, index) => payment(topic, index, found?.id ?? 0));
  for (const delivery of await producer.sendAll([...records, ...records.slice(0, 500)])) {
    expect(delivery.status).toBe("stored");
  }
  await producer.close({ timeoutMs: 1_000 });
  registry.close();
  return { topic: name, group: `ledger-${unique()}` };
}

function payment({ topic, schema }: CatalogTopic, index: number, schemaId: number) {
  const order = `order-${index % 100}`;
  const value = createCodec(schema).encode(
    {
      event_id: crypto.randomUUID(),
      occurred_at: Date.now(),
      payment_id: `payment-${index}`,
      order_id: order,
      amount: { amount_cents: index + 1, currency: "EUR" },
      method: "CARD",
    },
    schemaId,
  );
  return { topic, key: order, value, timestamp: Date.now() };
}

function ledger(given: Record<string, string>) {
  return Bun.spawn([process.execPath, "test/support/ledger-process.ts", JSON.stringify(given)], {
    stdout: "ignore",
    stderr: "inherit",
  });
}
