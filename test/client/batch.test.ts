import { describe, expect, test } from "bun:test";
import { BatchNotStored, createClient, DoorUnavailable, EventRefused, OutcomeUnknown } from "../../src/client/index.ts";
import { type Delivery, KafkaError, type KafkaErrorKind, type OutgoingRecord } from "../../src/kafka/index.ts";
import { type OpenOptions, ORDER, ORDERS, openApi } from "../api/open-api.ts";
import { catalogOf, catalogTopic, NOTE, named } from "../support/worker.ts";

const failed = (kind: KafkaErrorKind): Delivery => ({
  status: "failed",
  retryable: true,
  error: new KafkaError(kind, "told by Kafka"),
});
const unknown: Delivery = { status: "unknown", error: new KafkaError("OUTCOME_UNKNOWN", "told by Kafka") };

const orders = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ ...ORDER, currency: "EUR" as const, order_id: `ord-${index}` }));

async function opened(options: OpenOptions = {}) {
  const api = await openApi(options);
  const requests: { readonly method: string; readonly events: number }[] = [];
  const client = createClient({
    url: "http://localhost",
    retry: { delayMs: 1, attempts: 3 },
    fetch: async (request) => {
      const body = request.method === "POST" ? await request.clone().json() : [];
      requests.push({ method: request.method, events: Array.isArray(body) ? body.length : 1 });
      return api.app.handle(request);
    },
  });
  return { api, client, requests, keys: () => api.producer.records.map(({ key }) => key) };
}

/** What the sending of a batch was rejected with. */
async function notStored(promise: Promise<unknown>): Promise<BatchNotStored> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof BatchNotStored) return error;
  throw error ?? new Error("all of it was stored");
}

/** The fate of each order, by its number, the first time or the first times that it comes. */
function fates(by: Readonly<Record<string, readonly (Delivery | undefined)[]>>) {
  const times = new Map<string, number>();
  return ({ key }: OutgoingRecord) => {
    const name = String(key);
    const time = times.get(name) ?? 0;
    times.set(name, time + 1);
    return by[name]?.[time];
  };
}

describe("a batch", () => {
  test("is answered with the receipts, in the order of its events", async () => {
    const { client, keys } = await opened();
    const receipts = await client.sendAll(ORDERS, orders(3));
    expect(receipts.map(({ offset }) => offset)).toEqual(["0", "1", "2"]);
    expect(keys()).toEqual(["ord-0", "ord-1", "ord-2"]);
  });

  test("without events asks nobody", async () => {
    const { client, requests } = await opened();
    expect(await client.sendAll(ORDERS, [])).toEqual([]);
    expect(requests).toEqual([]);
  });

  test("goes in requests of a thousand, one after the other", async () => {
    const { client, requests, keys } = await opened();
    expect(await client.sendAll(ORDERS, orders(2_500))).toHaveLength(2_500);
    expect(requests.map(({ events }) => events)).toEqual([1_000, 1_000, 500]);
    expect(keys()).toEqual(orders(2_500).map(({ order_id }) => order_id));
  });

  test("of large events goes in smaller ones", async () => {
    const { client, requests } = await opened();
    const large = orders(5).map((order) => ({ ...order, note: "ä".repeat(400_000) }));
    expect(await client.sendAll(ORDERS, large)).toHaveLength(5);
    expect(requests.map(({ events }) => events)).toEqual([2, 2, 1]);
  });

  test("is halved where the door takes less", async () => {
    const { client, requests, keys } = await opened({ limits: { batchEventsMax: 3 } });
    expect(await client.sendAll(ORDERS, orders(10))).toHaveLength(10);
    expect(requests.map(({ events }) => events)).toEqual([10, 5, 3, 2, 5, 3, 2]);
    expect(keys()).toEqual(orders(10).map(({ order_id }) => order_id));
  });
});

describe("events of a batch that are not stored", () => {
  test("are told one by one, beside the receipts of the others", async () => {
    const { client, requests } = await opened();
    const [good, bad] = orders(2);
    // @ts-expect-error: what a program without types would send
    const error = await notStored(client.sendAll(ORDERS, [good, { ...bad, total_cents: "1" }, good]));
    expect(error).toMatchObject({ topic: ORDERS, stored: 2, failed: 1, unknown: 0 });
    expect(error.message).toBe(
      `${ORDERS}: 1 of 3 events are not stored; [1]: ${ORDERS}: /total_cents: expected a whole number within ±9007199254740991 (long), found the string "1"`,
    );
    const [first, second, third] = error.results;
    expect([first, third]).toMatchObject([{ offset: "0" }, { offset: "1" }]);
    expect(second).toBeInstanceOf(EventRefused);
    expect(second).toMatchObject({ attempts: 1, problem: { errors: [{ pointer: "/total_cents" }] } });
    expect(requests).toHaveLength(1);
  });

  test("are told so too where all of them were refused", async () => {
    const { client } = await opened();
    // @ts-expect-error: as above
    const error = await notStored(client.sendAll(ORDERS, [{}, 5]));
    expect(error.results.map((one) => one instanceof EventRefused)).toEqual([true, true]);
  });

  test("are sent again alone, where they may be stored later", async () => {
    const { api, client, requests, keys } = await opened();
    api.producer.fate = fates({ "ord-1": [failed("CLOSED")], "ord-3": [failed("CLOSED"), failed("CLOSED")] });
    const receipts = await client.sendAll(ORDERS, orders(4));
    expect(receipts.map(({ offset }) => offset)).toEqual(["0", "2", "1", "3"]);
    expect(requests.map(({ events }) => events)).toEqual([4, 2, 1]);
    expect(keys()).toEqual(["ord-0", "ord-2", "ord-1", "ord-3"]);
  });

  test("since the door is away are not followed by those after them", async () => {
    const { api, client, requests } = await opened();
    api.producer.fate = () => failed("CLOSED");
    const error = await notStored(client.sendAll(ORDERS, orders(2_001)));
    expect(requests.map(({ events }) => events)).toEqual([1_000, 1_000, 1_000]);
    expect(error).toMatchObject({ stored: 0, failed: 2_001, unknown: 0 });
    expect(error.results[0]).toMatchObject({ name: "DoorUnavailable", attempts: 3, status: 503 });
    expect(error.results[2_000]).toBeInstanceOf(DoorUnavailable);
    expect(error.results[2_000]).toMatchObject({ attempts: 0, message: expect.stringContaining("not sent") });
  });
});

describe("events of a batch of which nobody knows", () => {
  test("are sent again where they carry an id of their own, by which they count once", async () => {
    const { api, client, requests } = await opened();
    api.producer.fate = fates({ "ord-1": [unknown] });
    expect(await client.sendAll(ORDERS, orders(3))).toHaveLength(3);
    expect(requests).toEqual([
      { method: "POST", events: 3 },
      { method: "GET", events: 0 },
      { method: "POST", events: 1 },
    ]);
  });

  test("are those of an answer with one receipt for all of them", async () => {
    const { client: single } = await opened();
    const receipt = await single.send(ORDERS, { ...ORDER, currency: "EUR" });
    const client = createClient({
      url: "http://localhost",
      fetch: async () => Response.json(receipt, { status: 201 }),
    });
    const error = await notStored(client.sendAll(ORDERS, orders(2)));
    expect(error).toMatchObject({ stored: 0, failed: 0, unknown: 2 });
  });

  test("are not where they have none, and are told so", async () => {
    const { idPath: _, ...topic } = catalogTopic("notes.note.taken.v1", NOTE);
    const { api, client, requests } = await opened({ catalog: catalogOf(topic) });
    api.producer.fate = () => unknown;
    // @ts-expect-error: a topic of this test's own
    const error = await notStored(client.sendAll(named(topic.topic), [{ id: "a", n: 1 }]));
    expect(error).toMatchObject({ stored: 0, failed: 0, unknown: 1 });
    expect(error.message).toContain("1 of 1 events are not stored, 1 of them perhaps; [0]: ");
    expect(error.results[0]).toBeInstanceOf(OutcomeUnknown);
    expect(requests.filter(({ method }) => method === "POST")).toHaveLength(1);
  });
});
