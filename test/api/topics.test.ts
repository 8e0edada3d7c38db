import { describe, expect, test } from "bun:test";
import { RegistryError } from "../../src/registry/index.ts";
import { bodyOf, FIRST_SCHEMA_ID, ORDERS, openApi } from "./open-api.ts";

describe("topics", () => {
  test("are listed with where to post to them", async () => {
    const api = await openApi();
    const { topics } = await bodyOf(await api.ask("/topics"));
    expect(topics).toMatchObject([
      { topic: ORDERS, schemaId: FIRST_SCHEMA_ID, links: { events: `/topics/${ORDERS}/events` } },
      { topic: "orders.order.shipped.v1" },
      { topic: "orders.payment.captured.v1" },
    ]);
  });

  test("tell their schema, versions, key, id and time", async () => {
    const api = await openApi({ registry: { versions: async () => [1, 2], version: async () => undefined } });
    expect(await bodyOf(await api.ask(`/topics/${ORDERS}`))).toMatchObject({
      topic: ORDERS,
      subject: `${ORDERS}-value`,
      versions: [1, 2],
      key: ["/order_id"],
      id: "/event_id",
      time: "/occurred_at",
      schema: { type: "record", name: "orders.OrderCreated" },
    });
  });

  test("tell all but their versions while the registry is away", async () => {
    const versions = async () => {
      throw new RegistryError("UNREACHABLE", "no connection");
    };
    const api = await openApi({ registry: { versions, version: async () => undefined } });
    const response = await api.ask(`/topics/${ORDERS}`);
    expect(response.status).toBe(200);
    expect(await bodyOf(response)).toMatchObject({ topic: ORDERS, versions: null });
  });
});

describe("an unknown topic", () => {
  test.each([
    ["orders.order.create.v1", [ORDERS]],
    ["orders.order.created.v7", [ORDERS]],
    ["orders.order.created", [ORDERS]],
    ["completely.different.thing.v1", []],
    ["x".repeat(2_000), []],
  ])("%.40s is answered 404 with the nearest names", async (name, near) => {
    const api = await openApi();
    for (const response of [await api.ask(`/topics/${name}`), await api.post("{}", {}, name)]) {
      expect(response.status).toBe(404);
      expect(await bodyOf(response)).toMatchObject({ type: "urn:sluice:problem:unknown-topic", nearest: near });
    }
  });

  test.each([["%ZZ"], ["__proto__"], ["%00"], ["..%2f..%2fetc"]])("%s is answered 404 too", async (name) => {
    const api = await openApi();
    expect((await api.post("{}", {}, name)).status).toBe(404);
  });
});
