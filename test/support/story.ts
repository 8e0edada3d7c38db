import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Cluster, unique } from "./cluster.ts";
import { type StartedProcess, startSluice } from "./processes.ts";
import { ROOT, SELF } from "./sluice.ts";

/** A receipt as the door answers it. */
export interface Receipt {
  readonly id: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly schemaId: number;
}

/**
 * Schemas and a worker of a test's own, in a folder of its own, on the real cluster: the event type is that of the
 * repository's orders under another name. Commands run as processes, as people run them.
 */
export async function openStory({ kafka, registry, postgres }: Cluster) {
  const dir = await mkdtemp(join(tmpdir(), "sluice-story-"));
  const suffix = unique();
  const eventType = `story${suffix}.order.created`;
  const group = `story-${suffix}`;
  const table = `story_${suffix}`;
  const schema = join(dir, "schemas", eventType, "v1.avsc");
  await cp(join(ROOT, "schemas/orders.order.created"), join(dir, "schemas", eventType), { recursive: true });
  await mkdir(join(dir, "workers"));
  await Bun.write(join(dir, `workers/${group}.ts`), workerText({ group, table, topic: `${eventType}.v1` }));
  const database = postgres ?? `sqlite://${join(dir, "tables.sqlite")}`;
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: dir,
    KAFKA_BOOTSTRAP_SERVERS: kafka,
    SCHEMA_REGISTRY_URL: registry,
    DATABASE_URL: database,
    SLUICE_SCHEMAS: join(dir, "schemas"),
    SLUICE_WORKERS: join(dir, "workers"),
    HTTP_HOST: "127.0.0.1",
    HTTP_PORT: "0",
    OPS_PORT: "0",
  };
  const started: StartedProcess[] = [];

  return {
    topic: `${eventType}.v1`,
    subject: `${eventType}.v1-value`,
    group,
    table,
    database,
    /** The schema file, for tests that change it. */
    schema,
    /** Runs a command to its end. */
    run: async (...args: readonly string[]) => {
      const child = Bun.spawn([...SELF, ...args], { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
      const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
      return { code, out, err };
    },
    /** Starts a command that runs until the test is over, or stops it. */
    start: async (name: string, args: readonly string[], settings: Readonly<Record<string, string>> = {}) => {
      const self = { self: SELF, force: new AbortController().signal };
      const child = await startSluice(self, { name, args, env: { ...env, ...settings }, dir: ROOT, logs: dir });
      started.push(child);
      return child;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(started.map((one) => one.stop()));
      await rm(dir, { recursive: true });
    },
  };
}

/** The order that the story's worker never finishes. */
export const STUCK = "ord-stuck";

/** The order that the story's worker answers with an error that cannot even be looked at, which no runtime expects. */
export const UNSPEAKABLE = "ord-unspeakable";

/** An order that is as the schema says. */
export const orderOf = (number: number) => ({
  event_id: crypto.randomUUID(),
  occurred_at: new Date().toISOString(),
  order_id: `ord-${number}`,
  customer_id: "cus-7",
  currency: "EUR",
  total_cents: 4_990,
  items: [{ sku: "SKU-1001", quantity: 2, price_cents: 2_495 }],
});

/** Posts one event as JSON. */
export const postEvent = (api: string, topic: string, event: unknown): Promise<Response> =>
  fetch(`${api}/topics/${topic}/events`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(event),
    signal: AbortSignal.timeout(30_000),
  });

/** The body of an answer. What it has is for the test to check. */
export async function answerOf<T>(response: Response): Promise<T> {
  // The shape that the door documents; a test that relies on a field fails where it is not there.
  return (await response.json()) as T;
}

/** A worker file as somebody writes it who has read the README. */
const workerText = ({ group, table, topic }: { group: string; table: string; topic: string }): string => `
import { defineWorker } from ${JSON.stringify(join(ROOT, "src/index.ts"))};

export const story = defineWorker({
  group: "${group}",
  topics: ["${topic}"],
  async setup(sql) {
    await sql\`CREATE TABLE IF NOT EXISTS ${table} (order_id TEXT PRIMARY KEY, total_cents BIGINT NOT NULL)\`;
  },
  async handle({ value: order }, context) {
    if (order.order_id === "${STUCK}") {
      context.log("stuck");
      await Promise.withResolvers().promise;
    }
    if (order.order_id === "${UNSPEAKABLE}") throw unspeakable(2);
    await context.transaction((sql) => sql\`INSERT INTO ${table} VALUES (\${order.order_id}, \${order.total_cents})\`);
  },
});

/** Both the retry and the dead letter look for an error's cause. */
function unspeakable(times) {
  const error = new Error("unspeakable");
  if (times === 0) return error;
  return Object.defineProperty(error, "cause", {
    get() {
      throw unspeakable(times - 1);
    },
  });
}
`;
