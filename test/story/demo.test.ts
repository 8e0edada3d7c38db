import { describe, expect, test } from "bun:test";
import { ROOT, SELF } from "../support/sluice.ts";

/** The first thing that anybody does with the repository, on a machine that has nothing but Bun. */
describe("the demo", () => {
  test("posts, and tells what was stored, refused, dead-lettered and written, to the last event", async () => {
    const demo = Bun.spawn([...SELF, "demo", "--orders", "400", "--seed", "7", "--json"], {
      cwd: ROOT,
      // Nothing of the caller's: no Docker is found there, and no settings name a cluster.
      env: { PATH: "/nowhere" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [out, err, code] = await Promise.all([demo.stdout.text(), demo.stderr.text(), demo.exited]);
    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining("run in this process") });

    const { posted, stored, refused, deadLettered, database } = JSON.parse(out);
    const counts = {
      orders: 384,
      payments: stored["orders.payment.captured.v1"],
      parcels: stored["orders.order.shipped.v1"],
    };
    expect(stored["orders.order.created.v1"]).toBe(counts.orders);
    expect(posted).toBe(16 + counts.orders + counts.payments + counts.parcels);
    expect(sum(refused)).toBe(16);
    expect(refused.map(({ status }: { status: number }) => status).toSorted()).toEqual([
      400, 404, 422, 422, 422, 422, 422, 422,
    ]);
    // Two records that are no Avro, each found out by the two groups that read the topic.
    expect(sum(deadLettered)).toBe(4);
    expect(sum(database.orders)).toBe(counts.orders);
    expect(database).toMatchObject({
      emails: counts.orders + counts.parcels,
      ledgerEntries: 2 * counts.payments,
      ledgerSum: "0",
    });
  }, 60_000);
});

const sum = (rows: readonly { count: number }[]): number => rows.reduce((total, { count }) => total + count, 0);
