import { expect, test } from "bun:test";
import type { Handle } from "../../../src/worker/handle.ts";
import { timeout } from "../../../src/worker/middleware/timeout.ts";
import { underway } from "../../support/worker.ts";

/** A clock that rings when the test says so. */
function clock() {
  const armed: { ms: number; call: () => void }[] = [];
  let calledOff = 0;
  const after = (ms: number, call: () => void) => {
    armed.push({ ms, call });
    return () => {
      calledOff++;
    };
  };
  return { after, armed, calledOff: () => calledOff };
}

test("a handler that returns without a promise gets no timer", () => {
  const { after, armed } = clock();
  const { event, context } = underway();
  expect(timeout({ ms: 500, after })(() => undefined)(event, context)).toBeUndefined();
  expect(armed).toEqual([]);
});

test("a handler that takes too long counts as failed, and its signal says why", async () => {
  const { after, armed } = clock();
  const { event, context } = underway();
  const pending = timeout({ ms: 500, after })(() => new Promise(() => {}))(event, context);
  const { signal } = context;
  armed[0]?.call();
  await expect(pending).rejects.toMatchObject({ name: "TimedOut", message: "not done after 500 ms" });
  expect(signal.aborted).toBe(true);
  expect(signal.reason).toMatchObject({ name: "TimedOut" });
});

test("a signal that is asked for after the time is up is aborted already", async () => {
  const { after, armed } = clock();
  const { event, context } = underway();
  const pending = timeout({ ms: 500, after })(() => new Promise(() => {}))(event, context);
  armed[0]?.call();
  await expect(pending).rejects.toThrow();
  expect(context.signal.aborted).toBe(true);
});

test.each<[string, Handle]>([
  ["succeeds", () => Promise.resolve()],
  ["fails", () => Promise.reject(new Error("no"))],
])("the timer is called off when the handler %s", async (_how, handle) => {
  const { after, calledOff } = clock();
  const { event, context } = underway();
  await Promise.allSettled([timeout({ ms: 500, after })(handle)(event, context)]);
  expect(calledOff()).toBe(1);
});
