import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { unique, without } from "../support/cluster.ts";
import { type Compose, openCompose } from "../support/compose.ts";
import { extraCertificates } from "../support/extra-ca.ts";
import { freePort } from "../support/free-port.ts";
import { ROOT } from "../support/sluice.ts";
import { answerOf, orderOf, postEvent } from "../support/story.ts";
import { until } from "../support/until.ts";

const ORDERS = 1_000;
const WORKERS = ["order-projection", "order-emails", "payment-ledger"];

/**
 * The containers as compose.yaml has them, and nothing of this repository outside them. What only breaks here: a file
 * that is not in the image, a start that comes before what it needs, a listener that Kafka advertises wrongly.
 */
describe.skipIf(without("compose"))("compose.yaml", () => {
  const opened = new AsyncDisposableStack();
  let compose: Compose;
  let api: string;

  beforeAll(async () => {
    if (without("compose")) return;
    const [apiPort, kafka, registry, postgres] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
    api = `http://127.0.0.1:${apiPort}`;
    const name = `sluice-story-${unique()}`;
    // A name that no image has, as on a machine that builds it for the first time.
    const image = `${name}:test`;
    const env = {
      ...process.env,
      SLUICE_IMAGE: image,
      EXTRA_CA: extraCertificates(),
      API_PORT: String(apiPort),
      KAFKA_PORT: String(kafka),
      REGISTRY_PORT: String(registry),
      POSTGRES_PORT: String(postgres),
    };
    compose = await openCompose({ name, dir: ROOT, env });
    opened.defer(async () => void (await Bun.$`docker rmi ${image}`.quiet().nothrow()));
    opened.defer(() => compose.down());
    await compose.up([], { build: true });
  }, 400_000);

  afterAll(() => opened.disposeAsync(), 60_000);

  const query = async (sql: string) =>
    (await compose.exec("postgres", ["psql", "-U", "sluice", "-d", "sluice", "-At", "-c", sql])).trim();

  test("comes up in an order in which everybody finds what they need", async () => {
    await until("the API is ready", async () => (await fetch(`${api}/health/ready`)).ok, {
      timeoutMs: 60_000,
      everyMs: 250,
    });
  }, 70_000);

  test(`stores ${ORDERS} orders that are posted, each as one row`, async () => {
    const orders = Array.from({ length: ORDERS }, (_, at) => orderOf(at));
    for (let at = 0; at < ORDERS; at += 100) {
      const response = await postEvent(api, "orders.order.created.v1", orders.slice(at, at + 100));
      expect({ status: response.status, ...(await answerOf<object>(response)) }).toMatchObject({
        status: 200,
        stored: 100,
        failed: 0,
      });
    }
    await until("every order is a row", async () => (await query("SELECT COUNT(*) FROM orders")) === String(ORDERS), {
      timeoutMs: 60_000,
      everyMs: 500,
    });
    expect(await query("SELECT SUM(total_cents) FROM orders")).toBe(String(ORDERS * 4_990));
    await until("every mail is written", async () => (await query("SELECT COUNT(*) FROM emails")) === String(ORDERS), {
      timeoutMs: 60_000,
      everyMs: 500,
    });
  }, 150_000);

  test("refuses a wrong order with its reasons", async () => {
    const response = await postEvent(api, "orders.order.created.v1", { ...orderOf(1), notte: "x" });
    expect(response.status).toBe(422);
    expect(await response.text()).toContain("did you mean `note`?");
  }, 20_000);

  test("every container of ours runs as a user that may write nothing of the program, and is well", async () => {
    for (const service of ["api", ...WORKERS]) {
      const probe = `process.exit(process.getuid() === 0 ? 1 : 0)`;
      expect(await compose.exec(service, ["bun", "-e", probe])).toBe("");
      expect(await compose.exec(service, ["bun", "src/main.ts", "health"])).toContain("answers 200");
      const writing = compose.exec(service, ["bun", "-e", "require('fs').appendFileSync('src/main.ts', ' ')"]);
      await expect(writing).rejects.toThrow(/EACCES|EROFS/);
    }
  }, 60_000);

  test("stops cleanly when it is asked to", async () => {
    await compose.stop(["api", ...WORKERS]);
    expect(await compose.logs(["api"])).toContain("everything was delivered");
    for (const worker of WORKERS) expect(await compose.logs([worker])).toContain('"forced":false');
  }, 60_000);
});
