import { describe, expect, test } from "bun:test";
import { type connect, createServer } from "node:net";
import { startApi } from "../../src/api/index.ts";
import { loadCatalog } from "../../src/catalog/index.ts";
import {
  type ClientOptions,
  createClient,
  DoorUnavailable,
  EventRefused,
  OutcomeUnknown,
  SendError,
} from "../../src/client/index.ts";
import { readConfig } from "../../src/config.ts";
import { silent } from "../../src/events.ts";
import { type Delivery, KafkaError, type KafkaErrorKind, kafkaSettings } from "../../src/kafka/index.ts";
import { createRegistry } from "../../src/registry/index.ts";
import { testCluster } from "../../src/testing/index.ts";
import { ORDER, ORDERS, openApi, PAYMENTS } from "../api/open-api.ts";
import { freePort } from "../support/free-port.ts";

const failed = (kind: KafkaErrorKind, retryable = true): Delivery => ({
  status: "failed",
  retryable,
  error: new KafkaError(kind, "told by Kafka"),
});
const unknown: Delivery = { status: "unknown", error: new KafkaError("OUTCOME_UNKNOWN", "told by Kafka") };
const SOON = { delayMs: 1 } as const;
const EVENT = { ...ORDER, currency: "EUR" } as const;

/** A client of a real door, whose producer keeps what it is sent. */
async function opened(options: Partial<ClientOptions> = {}) {
  const api = await openApi();
  const requests: Request[] = [];
  const client = createClient({
    url: "http://localhost",
    retry: SOON,
    fetch: (request) => {
      requests.push(request);
      return api.app.handle(request);
    },
    ...options,
  });
  return { api, client, requests };
}

/** What a promise was rejected with. */
async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => new Error(`it was resolved with ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
}

describe("an event", () => {
  test("is answered with its receipt", async () => {
    const { client } = await opened();
    expect(await client.send(ORDERS, EVENT)).toEqual({
      id: ORDER.event_id,
      topic: ORDERS,
      partition: 0,
      offset: "0",
      schemaId: 7,
      timestamp: ORDER.occurred_at,
    });
  });

  test("is sent with what its type takes: dates, fields left out", async () => {
    const { api, client } = await opened();
    const { note: _, ...rest } = EVENT;
    await client.send(ORDERS, { ...rest, occurred_at: new Date(ORDER.occurred_at) });
    await client.send(ORDERS, { ...rest, note: undefined });
    const [first, second] = api.producer.records;
    expect(second?.value).toEqual(first?.value ?? Buffer.alloc(0));
  });

  test("has an id, a source and a trace of its own where they are given", async () => {
    const { client, requests } = await opened();
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    await client.send(ORDERS, EVENT, { id: "ord 1/ä", source: "/shop ö", traceparent });
    await client.send(ORDERS, EVENT);
    const [given, own] = requests.map(({ headers }) => headers);
    expect(decodeURIComponent(given?.get("ce-id") ?? "")).toBe("ord 1/ä");
    expect(decodeURIComponent(given?.get("ce-source") ?? "")).toBe("/shop ö");
    expect(given?.get("traceparent")).toBe(traceparent);
    expect(own?.get("ce-id")).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(own?.has("ce-source")).toBe(false);
  });

  test("goes below the path of the url, with the token and headers that were given", async () => {
    const seen: Request[] = [];
    const fetch = async (request: Request) => {
      seen.push(request);
      return Response.json({ id: "1", topic: ORDERS, partition: 0, offset: "0", schemaId: 1, timestamp: "" });
    };
    let asked = 0;
    const url = "https://gate.example/events/";
    await createClient({ url, token: "t0", headers: { "x-tenant": "a" }, fetch }).send(ORDERS, EVENT);
    const renewed = createClient({ url: new URL(url), token: async () => `t${++asked}`, fetch });
    await renewed.send(ORDERS, EVENT);
    await renewed.send(ORDERS, EVENT);
    expect(seen.map((one) => one.url)).toEqual(Array(3).fill(`https://gate.example/events/topics/${ORDERS}/events`));
    expect(seen.map(({ headers }) => headers.get("authorization"))).toEqual(["Bearer t0", "Bearer t1", "Bearer t2"]);
    expect(seen[0]?.headers.get("x-tenant")).toBe("a");
    // Led elsewhere, a POST would arrive as a GET.
    expect(seen[0]?.redirect).toBe("manual");
  });
});

describe("an event that the door refuses", () => {
  test("is an EventRefused with everything that is wrong, and is not sent again", async () => {
    const { client, requests } = await opened();
    // @ts-expect-error: what a program without types would send
    const error = await rejection(client.send(ORDERS, { ...EVENT, total_cents: "1", currency: "XXX" }));
    expect(error).toBeInstanceOf(EventRefused);
    expect(error).toMatchObject({
      name: "EventRefused",
      stored: "no",
      topic: ORDERS,
      attempts: 1,
      status: 422,
      problem: {
        type: "urn:sluice:problem:invalid-event",
        errors: [{ pointer: "/currency" }, { pointer: "/total_cents" }],
      },
    });
    expect(requests).toHaveLength(1);
  });

  test("since its topic is not there says which there are", async () => {
    const { client } = await opened();
    // @ts-expect-error: no such topic
    const error = await rejection(client.send("orders.order.creatd.v1", EVENT));
    expect(error).toMatchObject({
      name: "EventRefused",
      status: 404,
      problem: { type: "urn:sluice:problem:unknown-topic" },
    });
  });

  test("by Kafka is refused for good", async () => {
    const { api, client } = await opened();
    api.producer.fate = () => failed("TOPIC_AUTHORIZATION_FAILED", false);
    expect(await rejection(client.send(ORDERS, EVENT))).toMatchObject({
      name: "EventRefused",
      status: 502,
      attempts: 1,
    });
  });
});

describe("an event that cannot be stored now", () => {
  test("is sent again, with the same id", async () => {
    const { api, client, requests } = await opened();
    let times = 0;
    api.producer.fate = () => (++times < 3 ? failed("CLOSED") : undefined);
    await client.send(PAYMENTS, payment());
    expect(times).toBe(3);
    expect(api.producer.records).toHaveLength(1);
    const ids = requests.map(({ headers }) => headers.get("ce-id"));
    expect([ids.length, new Set(ids).size]).toEqual([3, 1]);
  });

  test("is a DoorUnavailable after the last attempt: certainly not stored", async () => {
    const { api, client, requests } = await opened({ retry: { ...SOON, attempts: 3 } });
    api.producer.fate = () => failed("CLOSED");
    const error = await rejection(client.send(ORDERS, EVENT, { id: "a" }));
    expect(error).toBeInstanceOf(DoorUnavailable);
    expect(error).toMatchObject({ stored: "no", attempts: 3, id: "a", status: 503 });
    expect(new Set(requests.map(({ headers: own }) => own.get("ce-id")))).toEqual(new Set(["a"]));
  });

  test("is not tried before the door says, and not at all where that is too long", async () => {
    const { api, client, requests } = await opened({ retry: { ...SOON, maxDelayMs: 500 } });
    api.producer.reachable = false;
    const error = await rejection(client.send(ORDERS, EVENT));
    expect(error).toMatchObject({ name: "DoorUnavailable", attempts: 1, problem: { retryAfter: 1 } });
    expect(requests).toHaveLength(1);
  });

  test("is not there to be reached: nothing was stored", async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const error = await rejection(createClient({ url, retry: { ...SOON, attempts: 2 } }).send(ORDERS, EVENT));
    expect(error).toMatchObject({ name: "DoorUnavailable", stored: "no", attempts: 2, problem: undefined });
    expect(String(error)).toContain(`the door at ${url} cannot be reached`);
  });

  test("has no token for now: nothing was sent", async () => {
    let asked = 0;
    const token = () => {
      if (++asked < 2) throw new Error("the vault is sealed");
      return "t";
    };
    expect(await (await opened({ token })).client.send(ORDERS, EVENT)).toMatchObject({ topic: ORDERS });
    asked = -9;
    const { client, requests } = await opened({ token });
    const error = await rejection(client.send(ORDERS, EVENT));
    expect(error).toMatchObject({ name: "DoorUnavailable", stored: "no", attempts: 5 });
    expect(String(error)).toContain("there is no token: the vault is sealed");
    expect(requests).toEqual([]);
  });

  test.each([{ url: "no-url" }, { token: "two\nlines" }])(
    "cannot be sent as %p has it, and is not tried",
    async (options) => {
      const { client } = await opened(options);
      expect(await rejection(client.send(ORDERS, EVENT))).toMatchObject({
        name: "EventRefused",
        stored: "no",
        attempts: 1,
        message: expect.stringContaining("there is no such request"),
      });
    },
  );
});

describe("an event of which nobody knows", () => {
  test("is sent again with its id, and then it has a receipt", async () => {
    const { api, client } = await opened();
    let times = 0;
    api.producer.fate = () => (++times < 2 ? unknown : undefined);
    await client.send(PAYMENTS, payment());
    expect(times).toBe(2);
  });

  test("stays an OutcomeUnknown although a later attempt is refused: the first may have stored it", async () => {
    const { api, client } = await opened({ retry: { ...SOON, attempts: 3 } });
    let times = 0;
    api.producer.fate = () => (++times === 1 ? unknown : failed("CLOSED"));
    const error = await rejection(client.send(ORDERS, EVENT));
    expect(error).toBeInstanceOf(OutcomeUnknown);
    expect(error).toBeInstanceOf(SendError);
    expect(error).toMatchObject({ stored: "unknown", attempts: 3, status: 503 });
    expect(String(error)).toEndWith("; an attempt before may have stored it");
  });

  test("is sent once where nothing may be sent twice", async () => {
    const { api, client, requests } = await opened({ retry: { attempts: 1 } });
    api.producer.fate = () => unknown;
    expect(await rejection(client.send(ORDERS, EVENT))).toMatchObject({ name: "OutcomeUnknown", status: 504 });
    expect(requests).toHaveLength(1);
  });

  test("has met a door that broke, hung up, or took too long", async () => {
    const { api, client } = await opened({ retry: { ...SOON, attempts: 1 } });
    api.producer.fate = () => {
      throw new Error("broken");
    };
    expect(await rejection(client.send(ORDERS, EVENT))).toMatchObject({ name: "OutcomeUnknown", status: 500 });

    await using hangsUp = await tcp((socket) => socket.once("data", () => socket.destroy()));
    const cut = createClient({ url: hangsUp.url, retry: { attempts: 1 } });
    expect(await rejection(cut.send(ORDERS, EVENT))).toMatchObject({ name: "OutcomeUnknown", problem: undefined });

    await using silentServer = await tcp(() => {});
    const slow = createClient({ url: silentServer.url, timeoutMs: 30, retry: { attempts: 1 } });
    const error = await rejection(slow.send(ORDERS, EVENT));
    expect(error).toMatchObject({
      name: "OutcomeUnknown",
      message: expect.stringMatching(/^the door at \S+ did not answer in 30 ms$/),
    });
  });
});

describe("an answer that is not the door's", () => {
  const answered = (response: () => Response) =>
    createClient({ url: "http://localhost", retry: { ...SOON, attempts: 2 }, fetch: async () => response() });

  test.each([
    [502, "OutcomeUnknown", 2],
    [503, "OutcomeUnknown", 2],
    [429, "OutcomeUnknown", 2],
    [401, "EventRefused", 1],
    [404, "EventRefused", 1],
    [301, "EventRefused", 1],
    [200, "OutcomeUnknown", 1],
  ])("%i is %s", async (status, name, attempts) => {
    const client = answered(() => new Response("<h1>nginx</h1>", { status, headers: { location: "/elsewhere" } }));
    const error = await rejection(client.send(ORDERS, EVENT));
    expect(error).toMatchObject({ name, attempts, status, problem: undefined });
    expect(String(error)).toContain(`${status} came back`);
  });

  test("may say when to come again", async () => {
    const client = answered(() => new Response("", { status: 503, headers: { "retry-after": "3600" } }));
    expect(await rejection(client.send(ORDERS, EVENT))).toMatchObject({ name: "OutcomeUnknown", attempts: 1 });
  });
});

describe("a signal", () => {
  test("ends a request, and what waits for the next", async () => {
    const reason = new Error("no time");
    await using silentServer = await tcp(() => {});
    const aborting = new AbortController();
    const sending = createClient({ url: silentServer.url }).send(ORDERS, EVENT, { signal: aborting.signal });
    aborting.abort(reason);
    expect(await rejection(sending)).toBe(reason);

    const waiting = new AbortController();
    const { client } = await opened({
      retry: { delayMs: 60_000, maxDelayMs: 60_000 },
      fetch: async () => {
        queueMicrotask(() => setTimeout(() => waiting.abort(reason)));
        return new Response("", { status: 503 });
      },
    });
    expect(await rejection(client.send(ORDERS, EVENT, { signal: waiting.signal }))).toBe(reason);
    expect(await rejection(client.send(ORDERS, EVENT, { signal: AbortSignal.abort(reason) }))).toBe(reason);
  });
});

test("through a door over a broker and a registry, events arrive", async () => {
  await using cluster = await testCluster({ schemas: "schemas" });
  const config = readConfig({
    KAFKA_BOOTSTRAP_SERVERS: cluster.kafka,
    SCHEMA_REGISTRY_URL: cluster.registry,
    HTTP_PORT: "0",
  });
  const registry = createRegistry({ url: cluster.registry });
  const catalog = await loadCatalog("schemas");
  const api = await startApi({ config, catalog, kafka: kafkaSettings(config, "test"), registry, emit: silent });
  try {
    const client = createClient({ url: api.url });
    const receipt = await client.send(ORDERS, { ...EVENT, occurred_at: new Date(ORDER.occurred_at) });
    const receipts = await client.sendAll(ORDERS, [EVENT, EVENT]);
    expect([receipt, ...receipts].map(({ offset }) => offset)).toEqual(["0", "1", "2"]);
    const stored = await cluster.read(ORDERS);
    expect(stored.map(({ value }) => value)).toEqual(
      Array(3).fill({ ...ORDER, occurred_at: new Date(ORDER.occurred_at) }),
    );
  } finally {
    await api.stop({ reason: "the test is over" });
    await registry.close();
  }
});

/** An event of a topic; the door takes the id from it. */
function payment() {
  return {
    event_id: "0194f7c2-1a2b-7c3d-8e4f-000000000002",
    occurred_at: "2026-01-31T13:45:30.123Z",
    payment_id: "pay-1",
    order_id: "ord-1",
    amount: { amount_cents: 4990, currency: "EUR" },
    method: "CARD",
  } as const;
}

/** A server that does with connections whatever a test wants. */
async function tcp(onConnection: (socket: ReturnType<typeof connect>) => void) {
  const sockets = new Set<ReturnType<typeof connect>>();
  const server = createServer((socket) => {
    sockets.add(socket);
    onConnection(socket);
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
