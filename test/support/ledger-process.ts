import { loadCatalog } from "../../src/catalog/index.ts";
import { createLog } from "../../src/log.ts";
import { createRegistry } from "../../src/registry/index.ts";
import { openStore } from "../../src/store/index.ts";
import { runWorker } from "../../src/worker/index.ts";
import { paymentLedger } from "../../workers/payment-ledger.ts";
import { renamed } from "./worker-pipeline.ts";

/**
 * The worker `payment-ledger` in a process of its own that a test may kill, on a topic and in a group of that test:
 * `bun ledger-process.ts '{"kafka","registry","database","topic","group"}'`.
 */
const { kafka, registry, database, topic, group }: Record<string, string> = JSON.parse(process.argv[2] ?? "{}");
if (!kafka || !registry || !database || !topic || !group) throw new Error("all five are needed");

const catalog = await loadCatalog("schemas");
const running = await runWorker(
  { ...paymentLedger, group, topics: [topic] },
  {
    kafka: { bootstrapServers: [kafka], ssl: false, clientId: "ledger-process" },
    registry: createRegistry({ url: registry }),
    catalog: renamed(catalog, "orders.payment.captured.v1", topic),
    store: await openStore(database),
    opsPort: 0,
    // The least that Kafka allows: a killed process keeps its partitions for this long.
    sessionTimeoutMs: 6_000,
    opsHost: "127.0.0.1",
    emit: createLog("info"),
  },
);
process.on("SIGTERM", async () => {
  const { forced } = await running.stop({ timeoutMs: 10_000 });
  process.exit(forced ? 3 : 0);
});
