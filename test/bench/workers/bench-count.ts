import { defineWorker } from "../../../src/index.ts";

const wanted = Number(process.env.BENCH_COUNT ?? Number.POSITIVE_INFINITY);
let handled = 0;
let began = 0;

/** Handles as little as a handler can, and prints its rate once it has handled `BENCH_COUNT` events. */
export const benchCount = defineWorker({
  group: `bench-count-${process.env.BENCH_RUN ?? "0"}`,
  topics: ["orders.order.created.v1"],
  handle({ value }) {
    if (handled === 0) began = performance.now();
    if (value.items.length > 0) handled++;
    if (handled === wanted)
      console.log(`handled ${Math.round((handled / (performance.now() - began)) * 1_000)} events/s`);
  },
});
