import { expect, test } from "bun:test";
import { delayAfter, RETRY, wait } from "../../src/client/retry.ts";

const policy = { attempts: 4, delayMs: 100, maxDelayMs: 1_000 };
const delays = (attempt: number, failure = {}) =>
  Array.from({ length: 200 }, () => delayAfter(attempt, failure, policy) ?? Number.NaN);

test("the delay is random, up to twice as long each time, and never more than the most", () => {
  for (const [attempt, most] of [
    [1, 100],
    [2, 200],
    [3, 400],
  ] as const) {
    expect(Math.max(...delays(attempt))).toBeLessThanOrEqual(most);
    expect(Math.max(...delays(attempt))).toBeGreaterThan(most * 0.8);
    expect(Math.min(...delays(attempt))).toBeLessThan(most * 0.2);
  }
  expect(delayAfter(9, {}, { ...RETRY, attempts: 10 })).toBeLessThanOrEqual(RETRY.maxDelayMs);
});

test("it is never shorter than the door says", () => {
  expect(Math.min(...delays(1, { retryAfterMs: 700 }))).toBeGreaterThanOrEqual(700);
});

test("there is none after the last attempt, nor where the door asks for more than the most", () => {
  expect(delayAfter(4, {}, policy)).toBeUndefined();
  expect(delayAfter(1, { retryAfterMs: 1_001 }, policy)).toBeUndefined();
});

test("a wait ends with the signal", async () => {
  const aborting = new AbortController();
  const waiting = wait(60_000, aborting.signal);
  aborting.abort("stop");
  expect(await waiting.catch((reason: unknown) => reason)).toBe("stop");
});
