import { describe, expect, test } from "bun:test";
import { createCodec, unframe } from "../../../src/avro/index.ts";
import type { OutgoingRecord } from "../../../src/kafka/index.ts";
import { catalogOf, catalogTopic } from "../../support/worker.ts";
import { bodyOf, FIRST_SCHEMA_ID, ORDER, ORDERS, openApi } from "../open-api.ts";

const BARE = "notes.note.taken.v1";
/** A topic whose events carry neither id nor time. */
const bareCatalog = () => catalogOf(withoutId(catalogTopic(BARE)));

describe("a single event", () => {
  test("is answered with a receipt, its 64-bit numbers as strings", async () => {
    const api = await openApi();
    const response = await api.post(JSON.stringify(ORDER));
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await bodyOf(response)).toEqual({
      id: ORDER.event_id,
      topic: ORDERS,
      partition: 0,
      offset: "0",
      schemaId: FIRST_SCHEMA_ID,
      timestamp: ORDER.occurred_at,
    });
  });

  test("of a topic that keeps the broker's time has that time in its receipt", async () => {
    const api = await openApi();
    const timestamp = Date.parse("2026-02-01T00:00:00Z");
    api.producer.fate = () => ({ status: "stored", partition: 4, offset: 2n ** 60n, timestamp });
    expect(await bodyOf(await api.post(JSON.stringify(ORDER)))).toMatchObject({
      offset: "1152921504606846976",
      timestamp: "2026-02-01T00:00:00.000Z",
    });
  });

  test("is stored with its key, its own time, and in Confluent's frame", async () => {
    const api = await openApi();
    await api.post(JSON.stringify(ORDER));
    const [record] = api.producer.records;
    const { schemaId, payload } = unframe(record?.value ?? new Uint8Array());
    expect(record).toMatchObject({ topic: ORDERS, key: "ord-1", timestamp: Date.parse(ORDER.occurred_at) });
    expect(schemaId).toBe(FIRST_SCHEMA_ID);
    const codec = createCodec(api.topics.get(ORDERS).declared.schema);
    expect(codec.decode(payload)).toEqual({ ...ORDER, occurred_at: new Date(ORDER.occurred_at) });
  });

  test("carries the CloudEvents headers of the Kafka binding", async () => {
    const api = await openApi();
    await api.post(JSON.stringify(ORDER));
    expect(headersOf(api.producer.records[0])).toEqual({
      ce_specversion: "1.0",
      ce_type: "orders.order.created",
      ce_source: "/sluice",
      "content-type": "application/avro",
      ce_id: ORDER.event_id,
      ce_time: ORDER.occurred_at,
      traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/),
    });
  });

  test("keeps the source and the trace that its producer names", async () => {
    const api = await openApi();
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    await api.post(JSON.stringify(ORDER), { "ce-source": "/shop/caf%C3%A9", traceparent });
    expect(headersOf(api.producer.records[0])).toMatchObject({ ce_source: "/shop/café", traceparent });
  });

  test.each([
    ["of another version", "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"],
    ["of zeros", "00-00000000000000000000000000000000-b7ad6b7169203331-01"],
    ["of something else", "hello"],
  ])("a traceparent %s begins a new trace", async (_what, traceparent) => {
    const api = await openApi();
    await api.post(JSON.stringify(ORDER), { traceparent });
    const made = headersOf(api.producer.records[0]).traceparent;
    expect(made).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    expect(made).not.toBe(traceparent);
  });

  test("begins a trace of its own, which the events of a batch share", async () => {
    const api = await openApi();
    for (let request = 0; request < 1_500; request++) await api.post(JSON.stringify([ORDER, ORDER]));
    const traces = api.producer.records.map((record) => headersOf(record).traceparent);
    expect(new Set(traces).size).toBe(1_500);
  });
});

describe("an event whose topic has no id and no time", () => {
  test("gets a UUIDv7 and the time of its arrival", async () => {
    const api = await openApi({ catalog: bareCatalog() });
    const before = Date.now();
    const receipt = await bodyOf(await api.post('{"id":"k","n":1}', {}, BARE));
    expect(receipt.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(Date.parse(String(receipt.timestamp))).toBeWithin(before, Date.now() + 1);
  });

  test("takes the id of the ce-id header", async () => {
    const api = await openApi({ catalog: bareCatalog() });
    const receipt = await bodyOf(await api.post('{"id":"k","n":1}', { "ce-id": "a%20b" }, BARE));
    expect(receipt.id).toBe("a b");
  });

  test.each([["%ff"], ["%20%"], ["x".repeat(1_025)]])("refuses the ce-id %p", async (id) => {
    const api = await openApi({ catalog: bareCatalog() });
    const response = await api.post('{"id":"k","n":1}', { "ce-id": id }, BARE);
    expect(response.status).toBe(400);
    expect((await bodyOf(response)).type).toBe("urn:sluice:problem:invalid-header");
  });

  test("a batch must not name one id for all", async () => {
    const api = await openApi({ catalog: bareCatalog() });
    const response = await api.post('[{"id":"k","n":1}]', { "ce-id": "1" }, BARE);
    expect(response.status).toBe(400);
    expect(api.producer.records).toBeEmpty();
  });
});

describe("an id or a time that cannot be", () => {
  test("an empty id is refused at its place", async () => {
    const api = await openApi({ catalog: catalogOf(catalogTopic(BARE)) });
    const response = await api.post('{"id":"","n":1}', {}, BARE);
    expect(response.status).toBe(422);
    expect(await bodyOf(response)).toMatchObject({ errors: [{ pointer: "/id", found: '""' }] });
  });

  // Kafka refuses a whole batch of records for one timestamp, and with it the events of other requests.
  test.each([["2099-01-01T00:00:00Z"], ["1969-12-31T23:59:59Z"]])(
    "%s is refused, before Kafka would refuse it with its company",
    async (occurred_at) => {
      const api = await openApi();
      const response = await api.post(JSON.stringify({ ...ORDER, occurred_at }));
      expect(response.status).toBe(422);
      const body = await bodyOf(response);
      expect(body).toMatchObject({ errors: [{ pointer: "/occurred_at" }] });
      expect(body.detail).toMatch(/can have happened: from 1970-01-01T00:00:00Z to \d{4}-\S+Z$/);
    },
  );

  test("a time a little ahead of our clock is taken", async () => {
    const api = await openApi();
    expect((await api.post(JSON.stringify({ ...ORDER, occurred_at: Date.now() + 1_000_000 }))).status).toBe(200);
  });
});

function withoutId({ idPath: _, ...topic }: ReturnType<typeof catalogTopic>) {
  return topic;
}

function headersOf(record: OutgoingRecord | undefined): Record<string, unknown> {
  const own = (record?.headers ?? []).map(([name, value]) => [name, value]);
  return { ...Object.fromEntries(own), ...preparedOf(record) };
}

/** Prepared headers are in the form of the wire: pairs of a varint length and a text. */
function preparedOf(record: OutgoingRecord | undefined): Record<string, string> {
  const bytes = Buffer.from(record?.prepared?.bytes ?? []);
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    // Zigzag in one byte: every text here is shorter than 64 bytes.
    const length = bytes.readUInt8(at) / 2;
    texts.push(bytes.toString("utf8", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return Object.fromEntries(texts.flatMap((text, index) => (index % 2 === 0 ? [[text, texts[index + 1] ?? ""]] : [])));
}
