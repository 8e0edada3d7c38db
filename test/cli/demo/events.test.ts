import { expect, test } from "bun:test";
import { join } from "node:path";
import { createCodec, InvalidValue } from "../../../src/avro/index.ts";
import { loadCatalog } from "../../../src/catalog/index.ts";
import { demoEvents } from "../../../src/cli/demo/events.ts";
import { ROOT } from "../../support/sluice.ts";

const catalog = await loadCatalog(join(ROOT, "schemas"));
const now = Date.UTC(2026, 10, 21);
const events = [...demoEvents({ orders: 1_500, seed: 7, now })];

test("one seed gives the same events, another gives others", () => {
  expect([...demoEvents({ orders: 1_500, seed: 7, now })]).toEqual(events);
  expect([...demoEvents({ orders: 1_500, seed: 8, now })]).not.toEqual(events);
});

test("an order is right or wrong as it says, by the schemas that are there", () => {
  for (const { topic, body, wrong } of events) {
    const declared = catalog.topic(topic);
    const accepted = declared !== undefined && accepts(createCodec(declared.schema), body);
    expect({ body, accepted }).toEqual({ body, accepted: wrong === undefined });
  }
});

test("every kind of mistake occurs", () => {
  expect(new Set(events.flatMap(({ wrong }) => wrong ?? [])).size).toBe(8);
});

function accepts(codec: ReturnType<typeof createCodec>, body: string): boolean {
  try {
    codec.encode(JSON.parse(body));
    return true;
  } catch (error) {
    if (error instanceof InvalidValue || error instanceof SyntaxError) return false;
    throw error;
  }
}
