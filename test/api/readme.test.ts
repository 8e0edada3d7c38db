import { expect, test } from "bun:test";
import { PROBLEMS, problemTable, problemUrn } from "../../src/api/index.ts";
import { metricsTable, resultsTable } from "../../src/api/metrics/metrics.ts";
import { expectPrinted } from "../support/page.ts";

const README = "src/api/README.md";

test("the README lists every problem", async () => {
  await expectPrinted(README, "problems", problemTable());
});

test("the README lists every metric, and what becomes of events", async () => {
  await expectPrinted(README, "metrics", metricsTable());
  await expectPrinted(README, "results", resultsTable());
});

test("a problem's URN is its name", () => {
  expect(problemUrn("UNKNOWN_TOPIC")).toBe("urn:sluice:problem:unknown-topic");
  expect(PROBLEMS.UNKNOWN_TOPIC.status).toBe(404);
});
