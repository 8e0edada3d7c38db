import { expect, test } from "bun:test";
import fc from "fast-check";
import { Rejected } from "../../../src/worker/errors.ts";
import type { Handle } from "../../../src/worker/handle.ts";
import { type RetryOptions, retry } from "../../../src/worker/middleware/retry.ts";
import { backoffMs, wait } from "../../../src/worker/wait.ts";
import { noWait, underway } from "../../support/worker.ts";

const POLICY = { attempts: 4, delayMs: 100, maxDelayMs: 250, isOutage: () => false, random: () => 1 };

/** Fails this often, then succeeds; counts its runs and the attempts that it was told. */
function failing(times: number, error: unknown = new Error("no"), sync = false) {
  const attempts: number[] = [];
  const handle: Handle = (_event, context) => {
    attempts.push(context.attempt);
    if (attempts.length > times) return undefined;
    if (sync) throw error;
    return Promise.reject(error);
  };
  return { handle, attempts };
}

function run(handle: Handle, options: Partial<RetryOptions> = {}, given = underway()) {
  const { wait: waiting, waited } = noWait();
  const pending = retry({ ...POLICY, wait: waiting, ...options })(handle)(given.event, given.context);
  return { pending, waited, ...given };
}

test("a handler that succeeds without a promise costs none", () => {
  const { handle, attempts } = failing(0);
  expect(run(handle).pending).toBeUndefined();
  expect(attempts).toEqual([1]);
});

test.each([true, false])(
  "a handler that fails runs again, told which attempt it is (throws at once: %p)",
  async (sync) => {
    const { handle, attempts } = failing(2, new Error("no"), sync);
    const { pending, told, progress } = run(handle);
    await pending;
    expect(attempts).toEqual([1, 2, 3]);
    expect(told.map(({ name }) => name)).toEqual(["worker.event.failed", "worker.event.failed"]);
    expect(progress()).toBe(2);
  },
);

test("the wait doubles with each failure up to its bound", async () => {
  const { handle } = failing(3);
  const { pending, waited } = run(handle);
  await pending;
  expect(waited).toEqual([100, 200, 250]);
});

test("after the last attempt the error comes through, and nothing waits for nothing", async () => {
  const error = new Error("still no");
  const { handle, attempts } = failing(9, error);
  const { pending, waited } = run(handle);
  await expect(pending).rejects.toBe(error);
  expect(attempts).toEqual([1, 2, 3, 4]);
  expect(waited).toHaveLength(3);
});

test("a rejected event is not tried again", async () => {
  const error = new Rejected("the order is older than the shop");
  const { handle, attempts } = failing(9, error);
  await expect(run(handle).pending).rejects.toBe(error);
  expect(attempts).toEqual([1]);
});

test("an outage costs no attempts: the event waits for as long as it takes", async () => {
  const { handle, attempts } = failing(50);
  const { pending, waited } = run(handle, { isOutage: () => true });
  await pending;
  expect(attempts).toHaveLength(51);
  expect(waited.at(-1)).toBe(250);
});

test("the attempts that an outage interrupts are all still there after it", async () => {
  const errors = [
    new Error("away"),
    new Error("no"),
    new Error("away"),
    new Error("no"),
    new Error("no"),
    new Error("no"),
  ];
  let runs = 0;
  const handle: Handle = () => Promise.reject(errors[runs++]);
  const isOutage = (error: unknown) => error instanceof Error && error.message === "away";
  await expect(run(handle, { isOutage }).pending).rejects.toThrow("no");
  expect(runs).toBe(6);
});

test("a stop while waiting leaves the event undone", async () => {
  const { handle, attempts } = failing(9);
  const given = underway();
  const { pending } = run(handle, { wait, delayMs: 60_000, maxDelayMs: 60_000 }, given);
  given.closing.abort();
  await expect(pending).rejects.toMatchObject({ name: "Abandoned" });
  expect(attempts).toEqual([1]);
});

test("each attempt has a signal of its own", async () => {
  const signals: AbortSignal[] = [];
  const handle: Handle = (_event, context) => {
    signals.push(context.signal);
    if (signals.length > 1) return undefined;
    context.abort(new Error("took too long"));
    throw new Error("no");
  };
  await run(handle).pending;
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
});

test("the wait is anything from nothing to a bound that doubles and is never passed", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
      const ms = backoffMs(failures, { delayMs: 100, maxDelayMs: 30_000 }, () => random);
      expect(ms).toBeGreaterThanOrEqual(0);
      expect(ms).toBeLessThanOrEqual(Math.min(30_000, 100 * 2 ** (failures - 1)));
    }),
  );
});
