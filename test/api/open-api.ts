import { join } from "node:path";
import { createApi, type Limits, limitsOf, serveTopics } from "../../src/api/index.ts";
import { type Catalog, loadCatalog } from "../../src/catalog/index.ts";
import { readConfig } from "../../src/config.ts";
import type { Emit, Events } from "../../src/events.ts";
import type { Producer } from "../../src/kafka/index.ts";
import type { Registry } from "../../src/registry/index.ts";
import { MemoryProducer } from "../support/memory-producer.ts";

export const ORDERS = "orders.order.created.v1";
export const PAYMENTS = "orders.payment.captured.v1";
/** The registry's id of each topic's schema in these tests, by the topics' order. */
export const FIRST_SCHEMA_ID = 7;

export const ORDER = {
  event_id: "0194f7c2-1a2b-7c3d-8e4f-000000000001",
  occurred_at: "2026-01-31T13:45:30.123Z",
  order_id: "ord-1",
  customer_id: "cus-1",
  currency: "EUR",
  total_cents: 4990,
  note: null,
  items: [{ sku: "SKU-1", quantity: 2, price_cents: 2495 }],
};

export interface OpenOptions {
  readonly catalog?: Pick<Catalog, "topics"> & Partial<Pick<Catalog, "shared">>;
  readonly producer?: Producer;
  readonly registry?: Pick<Registry, "versions" | "version"> & Partial<Pick<Registry, "level">>;
  readonly pings?: Partial<Record<"kafka" | "registry", () => Promise<void>>>;
  readonly limits?: Partial<Limits>;
  readonly schemasDir?: string;
}

/** The API over the repository's own schemas, with a producer that keeps what it is sent. */
export async function openApi(options: OpenOptions = {}) {
  const catalog = options.catalog ?? (await loadCatalog(join(import.meta.dir, "../../schemas")));
  const memory = new MemoryProducer();
  const told: { name: keyof Events; detail: unknown }[] = [];
  // What is refused is the client's to mend, and no news for the operator.
  const emit: Emit = (name, detail) => void (name === "api.refused" || told.push({ name, detail }));
  const limits = { ...limitsOf(readConfig({})), ...options.limits };
  const ids = new Map(catalog.topics.map(({ topic }, index) => [topic, FIRST_SCHEMA_ID + index]));
  const topics = serveTopics(catalog, ids, { source: "/sluice", futureMsMax: limits.futureMsMax });
  const { app, door } = createApi({
    topics,
    producer: options.producer ?? memory,
    registry: {
      level: async () => undefined,
      ...(options.registry ?? { versions: async () => [1], version: async () => undefined }),
    },
    pings: { kafka: async () => {}, registry: async () => {}, ...options.pings },
    limits,
    emit,
    ...(options.schemasDir !== undefined && { schemasDir: options.schemasDir }),
  });
  return {
    app,
    door,
    topics,
    told,
    producer: memory,
    /** Asks the app itself, without a socket. */
    ask: (path: string, init?: RequestInit) => app.handle(new Request(`http://localhost${path}`, init)),
    post: (
      body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>,
      headers: Record<string, string> = {},
      topic = ORDERS,
    ) =>
      app.handle(
        new Request(`http://localhost/topics/${topic}/events`, {
          method: "POST",
          headers: { "content-type": "application/json", ...headers },
          body,
        }),
      ),
    /** Listens as `startApi` does, for what only shows on a socket. */
    listen() {
      app.listen({ hostname: "127.0.0.1", port: 0, maxRequestBodySize: Number.MAX_SAFE_INTEGER, idleTimeout: 255 });
      const url = `http://127.0.0.1:${app.server?.port}`;
      return {
        url,
        port: Number(app.server?.port),
        [Symbol.asyncDispose]: async () => void (await app.server?.stop(true)),
      };
    },
  };
}

/** Parses an answer, and holds it to RFC 9457 where it is a problem. */
export async function bodyOf(response: Response): Promise<Record<string, unknown>> {
  const text = await response.text();
  // What an API answers is an object, or the test fails at the first member it looks for.
  return JSON.parse(text) as Record<string, unknown>;
}
