import { tmpdir } from "node:os";
import { join } from "node:path";
import { openAdmin } from "../../src/kafka/index.ts";
import type { Cluster } from "../support/cluster.ts";
import { freePort, run, type Service, startService } from "./service.ts";

export const ROOT = join(import.meta.dir, "../..");
export const MAIN = join(ROOT, "src/main.ts");

/** The topic that the load is posted to; its schema is the peer's, field by field. */
export const TOPIC = "orders.order.created.v1";
/** Where the peer writes: it registers no schema, so its records must not stand among ours. */
export const PEER_TOPIC = "bench.peer.orders.v1";

export const environment = (cluster: Cluster): Record<string, string> => ({
  KAFKA_BOOTSTRAP_SERVERS: cluster.kafka,
  SCHEMA_REGISTRY_URL: cluster.registry,
  DATABASE_URL: `sqlite://${join(tmpdir(), `sluice-bench-${process.pid}.sqlite`)}`,
  LOG_LEVEL: "warn",
});

/** Registers the schemas and makes the topics, as a user would, and the peer's topic with as many partitions. */
export async function prepare(cluster: Cluster): Promise<void> {
  await run([process.execPath, MAIN, "apply"], { env: environment(cluster), cwd: ROOT });
  await run([process.execPath, MAIN, "topics", "apply"], { env: environment(cluster), cwd: ROOT });
  const admin = await openAdmin({ bootstrapServers: [cluster.kafka], ssl: false, clientId: "bench" });
  try {
    const plan = await admin.planTopics([{ topic: PEER_TOPIC, partitions: 6, replication: 1, config: {} }]);
    await admin.applyTopics(plan);
  } finally {
    await admin.close();
  }
}

/** `sluice api` as its users start it. */
export function startApi(cluster: Cluster): Promise<Service> {
  const port = freePort();
  return startService([process.execPath, MAIN, "api"], {
    url: `http://127.0.0.1:${port}`,
    env: { ...environment(cluster), HTTP_PORT: String(port), HTTP_HOST: "127.0.0.1" },
    cwd: ROOT,
  });
}

const BATCH = 100;
const IN_FLIGHT = 8;

/** Posts that many orders through an API of its own, in batches. */
export async function fill(cluster: Cluster, events: number): Promise<void> {
  await using api = await startApi(cluster);
  await post(api.url, events);
}

/** Posts orders in batches, a few at a time. Throws unless each is stored. */
export async function post(url: string, events: number, onBatch: () => void = () => {}): Promise<void> {
  let left = Math.ceil(events / BATCH);
  const sender = async () => {
    while (left-- > 0) {
      const orders = Array.from({ length: BATCH }, (_, item) => order(left * BATCH + item));
      const answer = await fetch(`${url}/topics/${TOPIC}/events`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(orders),
      });
      const body = await answer.text();
      if (answer.status !== 200) throw new Error(`answered ${answer.status}: ${body.slice(0, 500)}`);
      onBatch();
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, sender));
}

function order(number: number) {
  return {
    event_id: `0194f7c2-1a2b-7c3d-8e4f-${String(number).padStart(12, "0")}`,
    occurred_at: 1_795_225_329_719,
    order_id: `ord-${number}`,
    customer_id: `cus-${number % 997}`,
    currency: "EUR",
    total_cents: 4_990,
    note: null,
    items: [
      { sku: "SKU-1001", quantity: 2, price_cents: 1_995 },
      { sku: "SKU-2002", quantity: 1, price_cents: 1_000 },
    ],
  };
}
