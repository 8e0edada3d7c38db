import { expect, test } from "bun:test";
import type { Store } from "../../src/store/index.ts";
import { orderProjection } from "../../workers/order-projection.ts";
import { describeStores } from "../support/each-store.ts";
import { captured, created, openHandler, shipped } from "../support/handle-event.ts";

const CREATED = "orders.order.created.v1";
const CAPTURED = "orders.payment.captured.v1";
const SHIPPED = "orders.order.shipped.v1";

interface Row {
  readonly order_id: string;
  readonly status: string;
  readonly paid_cents: number | string;
  readonly total_cents: number | string | null;
  readonly [column: string]: unknown;
}

async function orders(store: Store): Promise<Row[]> {
  const rows: Row[] = await store.sql`SELECT * FROM orders ORDER BY order_id`;
  // PostgreSQL's BIGINT comes as text.
  return rows.map((row) => ({
    ...row,
    paid_cents: Number(row.paid_cents),
    total_cents: row.total_cents === null ? null : Number(row.total_cents),
  }));
}

describeStores("order-projection", (open) => {
  test("an order is a row, and says so in one line", async () => {
    await using store = await open();
    const { handle, said } = await openHandler(orderProjection, store);
    await handle(CREATED, created({ note: "ring twice" }));
    expect(await orders(store)).toEqual([
      {
        order_id: "o-1",
        customer_id: "c-1",
        currency: "EUR",
        total_cents: 12_990,
        items: 2,
        note: "ring twice",
        placed_at: "2026-05-01T10:00:00.000Z",
        paid_cents: 0,
        parcels: 0,
        shipped_at: null,
        status: "placed",
      },
    ]);
    expect(said).toEqual(["order o-1: placed, 2 items, 12990 cents"]);
  });

  test("an order is paid when all of it is, and shipped with its first parcel", async () => {
    await using store = await open();
    const { handle } = await openHandler(orderProjection, store);
    const status = async () => (await orders(store))[0]?.status;
    await handle(CREATED, created());
    await handle(CAPTURED, captured({ amount: { amount_cents: 10_000, currency: "EUR" } }));
    expect(await status()).toBe("placed");
    await handle(CAPTURED, captured({ amount: { amount_cents: 2_990, currency: "EUR" } }));
    expect(await status()).toBe("paid");
    await handle(SHIPPED, shipped());
    await handle(SHIPPED, shipped({ occurred_at: new Date("2026-05-03T08:00:00Z") }));
    expect(await orders(store)).toMatchObject([
      { status: "shipped", parcels: 2, shipped_at: "2026-05-02T08:00:00.000Z" },
    ]);
  });

  test("the events of an order lead to the same row in whatever order their topics are read", async () => {
    const events: [string, Record<string, unknown>][] = [
      [CREATED, created()],
      [CAPTURED, captured()],
      [SHIPPED, shipped()],
    ];
    const rows: Row[][] = [];
    for (const order of [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ]) {
      await using store = await open();
      const { handle } = await openHandler(orderProjection, store);
      for (const [topic, value] of order.flatMap((index) => [events[index] ?? (["", {}] as const)]))
        await handle(topic, value);
      rows.push(await orders(store));
    }
    expect(rows[0]).toMatchObject([{ order_id: "o-1", status: "shipped", paid_cents: 12_990, customer_id: "c-1" }]);
    for (const row of rows) expect(row).toEqual(rows[0] ?? []);
  });

  test("a payment that arrives twice pays once", async () => {
    await using store = await open();
    const { handle } = await openHandler(orderProjection, store);
    const payment = captured({ amount: { amount_cents: 5_000, currency: "EUR" } });
    await handle(CAPTURED, payment);
    await handle(CAPTURED, payment);
    expect(await orders(store)).toMatchObject([{ status: "expected", paid_cents: 5_000 }]);
  });
});
