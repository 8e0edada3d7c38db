import { expect, test } from "bun:test";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testCluster } from "../../../src/testing/index.ts";
import { ROOT, sluice } from "../../support/sluice.ts";

/*
 * The check compares schemas. Whether a break matters today is a question to the topic: what do its events really hold?
 */

const ORDERS = "orders.order.created.v1";
const SCHEMAS = join(ROOT, "schemas");

const order = (currency: string) => ({
  event_id: crypto.randomUUID(),
  occurred_at: "2026-01-15T09:00:00Z",
  order_id: "ord-1",
  customer_id: "cus-7",
  currency,
  total_cents: 4990,
  items: [],
});

/** A copy of the schemas in which orders in PLN are no more, beside the folder as it was. */
async function withoutPln() {
  const dir = await mkdtemp(join(tmpdir(), "sluice-data-"));
  await cp(SCHEMAS, dir, { recursive: true });
  const file = join(dir, ORDERS.replace(".v1", ""), "v1.avsc");
  const text = await Bun.file(file).text();
  await Bun.write(file, text.replace(', "PLN"', ""));
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) };
}

async function checked(currencies: readonly string[], count: string) {
  await using cluster = await testCluster({ schemas: SCHEMAS });
  await using changed = await withoutPln();
  await cluster.produce(ORDERS, currencies.map(order));
  const env = {
    SLUICE_SCHEMAS: changed.dir,
    SLUICE_WORKERS: join(changed.dir, "none"),
    KAFKA_BOOTSTRAP_SERVERS: cluster.kafka,
    SCHEMA_REGISTRY_URL: cluster.registry,
  };
  const { code, out, err } = await sluice(["check", ORDERS, "--against", SCHEMAS, "--data", count, "--json"], env);
  const { findings } = JSON.parse(out);
  return { code, err, findings };
}

test("--data says how many stored events cannot be read, on which field, and why", async () => {
  const { code, err, findings } = await checked(["EUR", "PLN", "EUR", "PLN"], "100");
  expect(code).toBe(100);
  expect(err).toContain(`${ORDERS}: 4 stored events read back, 4 cannot be read`);
  expect(findings).toContainEqual(
    expect.objectContaining({
      rule: "DATA_UNREADABLE",
      severity: "error",
      field: "currency",
      message: expect.stringMatching(
        /^`currency` of orders\.order\.created\.v1: 2 of the last 4 events have what this schema cannot read \(`PLN` 2 times\), the first at partition \d, offset \d$/,
      ),
    }),
  );
});

test("a break that no stored event has is told as such", async () => {
  const { findings } = await checked(["EUR"], "100");
  expect(findings).toContainEqual(
    expect.objectContaining({
      rule: "DATA_UNREADABLE",
      severity: "info",
      message: expect.stringContaining("none of the last 1 event has what this schema cannot read"),
    }),
  );
});

test("--data takes a number that fits into memory", async () => {
  for (const count of ["0", "x", "1000000"]) {
    const { code, err } = await sluice(["check", "--data", count]);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("a number from 1 to 100000") });
  }
});
