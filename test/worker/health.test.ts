import { expect, test } from "bun:test";
import type { ConsumerState, ConsumerStatus } from "../../src/kafka/index.ts";
import { type HealthInput, liveness, readiness } from "../../src/worker/health.ts";
import { underway } from "../support/worker.ts";

const TODAY = 1_000_000;

function input(
  state: ConsumerState,
  {
    since = TODAY,
    partitions = 1,
    blocked = 0,
    ...rest
  }: Partial<HealthInput> & { since?: number; partitions?: number; blocked?: number } = {},
): HealthInput {
  const all = Array.from({ length: partitions }, (_, partition) => ({ topic: "t", partition }));
  const status: ConsumerStatus = {
    state,
    since,
    why: "because",
    lastFetchAt: undefined,
    lastHeartbeatAt: undefined,
    blocked: all.slice(0, blocked).map((one) => ({ ...one, why: "no leader" })),
  };
  return {
    consumer: { state: () => status, assignment: () => all },
    running: [],
    now: 5_000,
    today: TODAY,
    progressTimeoutMs: 1_000,
    ...rest,
  };
}

/** A batch whose current event showed its last sign of life then. */
function batch(aliveAt: number) {
  const { batch: current } = underway();
  current.aliveAt = aliveAt;
  return current;
}

test.each<[ConsumerState, boolean]>([
  ["joining", true],
  ["stable", true],
  ["stopping", true],
  ["stopped", true],
  ["failed", false],
])("a worker whose consumer is %s is alive: %p", (state, ok) => {
  expect(liveness(input(state)).ok).toBe(ok);
});

test("a join that takes longer than any handler may is not alive", () => {
  expect(liveness(input("joining", { since: TODAY - 2_000 })).ok).toBe(true);
  expect(liveness(input("joining", { since: TODAY - 2_001 }))).toEqual({
    ok: false,
    why: "joining the group for 2001 ms: because",
  });
  expect(liveness(input("stable", { since: 0 })).ok).toBe(true);
});

test("an event without a sign of life for too long is stuck, and is named", () => {
  expect(liveness(input("stable", { running: [batch(4_000)] })).ok).toBe(true);
  expect(liveness(input("stable", { running: [batch(4_000), batch(3_999)] }))).toEqual({
    ok: false,
    why: "stuck for 1001 ms at notes.note.taken.v1/3/42",
  });
});

test.each<[ConsumerState, boolean]>([
  ["joining", false],
  ["stable", true],
  ["stopping", false],
  ["stopped", false],
  ["failed", false],
])("a worker whose consumer is %s is ready: %p", (state, ok) => {
  expect(readiness(input(state)).ok).toBe(ok);
});

test("a worker without partitions is ready: others have them", () => {
  expect(readiness(input("stable", { partitions: 0 }))).toEqual({
    ok: true,
    why: "idle: other members of the group have all partitions",
  });
});

test("a worker is not ready when none of its partitions can be read", () => {
  expect(readiness(input("stable", { partitions: 2, blocked: 1 })).ok).toBe(true);
  expect(readiness(input("stable", { partitions: 2, blocked: 2 }))).toEqual({
    ok: false,
    why: "no partition can be read; t/0: no leader",
  });
});

test("before it joins it is alive and not ready", () => {
  expect(liveness(input("stable", { consumer: undefined }))).toEqual({ ok: true, why: "starting" });
  expect(readiness(input("stable", { consumer: undefined }))).toEqual({ ok: false, why: "starting" });
});
