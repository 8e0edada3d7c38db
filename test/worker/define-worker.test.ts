import { expect, expectTypeOf, test } from "bun:test";
import type { EventOf } from "../../src/index.ts";
import { defineWorker } from "../../src/index.ts";

const CREATED = "orders.order.created.v1";
const SHIPPED = "orders.order.shipped.v1";

test("a declaration has defaults for all that it does not say", () => {
  const { handle: _, ...worker } = defineWorker({ group: "g", topics: [CREATED], handle() {} });
  expect(worker).toMatchObject({
    group: "g",
    topics: [CREATED],
    retry: { attempts: 5, delayMs: 200, maxDelayMs: 30_000 },
    timeoutMs: 60_000,
    concurrency: 1,
    tombstones: false,
    inboxRetentionMs: undefined,
    setup: undefined,
  });
});

test("what it says counts, each part for itself", () => {
  const worker = defineWorker({ group: "g", topics: [CREATED], retry: { attempts: 2 }, timeoutMs: 9, handle() {} });
  expect(worker.retry).toEqual({ attempts: 2, delayMs: 200, maxDelayMs: 30_000 });
  expect(worker.timeoutMs).toBe(9);
});

test("the value has the type of its schema, and the topic narrows it", () => {
  defineWorker({
    group: "g",
    topics: [CREATED, SHIPPED],
    handle(event) {
      expectTypeOf(event.topic).toEqualTypeOf<typeof CREATED | typeof SHIPPED>();
      if (event.topic === CREATED) expectTypeOf(event.value).toEqualTypeOf<EventOf<typeof CREATED>>();
      else expectTypeOf(event.value).toEqualTypeOf<EventOf<typeof SHIPPED>>();
    },
  });
});

test("a value may be null to those alone that take tombstones", () => {
  defineWorker({
    group: "g",
    topics: [CREATED],
    tombstones: true,
    handle({ value }) {
      expectTypeOf(value).toEqualTypeOf<EventOf<typeof CREATED> | null>();
    },
  });
});

test("a topic that is not under schemas/ does not compile", () => {
  // @ts-expect-error: no such topic
  expect(defineWorker({ group: "g", topics: ["orders.order.creatd.v1"], handle() {} }).topics).toHaveLength(1);
});
