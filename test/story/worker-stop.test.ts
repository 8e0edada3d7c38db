import { describe, expect, test } from "bun:test";
import type { Registry } from "../../src/registry/index.ts";
import { cluster } from "../support/cluster.ts";
import { until } from "../support/until.ts";
import { openPipeline } from "../support/worker-pipeline.ts";

/**
 * What goes wrong in production without this: each deploy ends handlers in the middle, handles their events again, and
 * leaves the group waiting for members that are gone.
 */
describe.skipIf(cluster === undefined)("a worker that is asked to stop", () => {
  const open = () => openPipeline(cluster ?? { kafka: "", registry: "", postgres: "" });

  test("finishes the event at hand and no other, commits it, and leaves the group", async () => {
    await using pipeline = await open();
    const begun = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const handled: number[] = [];
    await pipeline.sendNotes(Array.from({ length: 5 }, (_, n) => ({ id: "a", n })));
    const worker = await pipeline.run({
      async handle({ value }, { signal }) {
        if (value.n === 2) {
          begun.resolve();
          await finish.promise;
          expect(signal.aborted).toBe(false);
        }
        handled.push(value.n);
      },
    });
    await begun.promise;
    const stopped = worker.stop({ timeoutMs: 20_000 });
    finish.resolve();
    expect(await stopped).toEqual({ forced: false, running: [] });
    await worker.closed;
    expect(handled).toEqual([0, 1, 2]);
    expect(await pipeline.behind()).toBe(2n);
    expect((await pipeline.admin.describeGroup(pipeline.group)).members).toEqual([]);
    await expect(fetch(`${worker.opsUrl}/health/live`)).rejects.toThrow();
  });

  test("does not wait for the next attempt of an event that fails; the next worker begins with that event", async () => {
    await using pipeline = await open();
    await pipeline.sendNotes([{ id: "a", n: 1 }]);
    const worker = await pipeline.run({
      declared: { retry: { attempts: 5, delayMs: 600_000, maxDelayMs: 600_000 } },
      handle() {
        throw new Error("no");
      },
    });
    await until("it has failed once", () => worker.names().includes("worker.event.failed"));
    expect(await worker.stop({ timeoutMs: 20_000 })).toEqual({ forced: false, running: [] });
    const handled: unknown[] = [];
    await pipeline.run({
      handle({ value }) {
        handled.push(value);
      },
    });
    await until("the next worker handles it", () => handled.length === 1);
    expect(await pipeline.dead()).toEqual([]);
  });

  test("that cannot finish in time says what was running, aborts it, and leaves the rest committed", async () => {
    await using pipeline = await open();
    const begun = Promise.withResolvers<void>();
    const aborted = Promise.withResolvers<unknown>();
    await pipeline.sendNotes(Array.from({ length: 3 }, (_, n) => ({ id: "a", n })));
    const worker = await pipeline.run({
      async handle({ value }, { signal }) {
        if (value.n < 2) return;
        begun.resolve();
        signal.addEventListener("abort", () => aborted.resolve(signal.reason));
        await new Promise(() => {});
      },
    });
    await begun.promise;
    const { forced, running } = await worker.stop({ timeoutMs: 3_000 });
    expect(forced).toBe(true);
    expect(running).toEqual([expect.stringMatching(new RegExp(`^${pipeline.topic.topic}/0/2 for \\d+ ms$`))]);
    expect(await aborted.promise).toBeInstanceOf(Error);
    expect(await pipeline.behind()).toBe(1n);
    expect((await pipeline.admin.describeGroup(pipeline.group)).members).toEqual([]);
  });

  test("twice stops once", async () => {
    await using pipeline = await open();
    const worker = await pipeline.run({ handle() {} });
    const [one, two] = await Promise.all([worker.stop({ timeoutMs: 9_000 }), worker.stop({ timeoutMs: 9_000 })]);
    expect(one).toBe(two);
    expect(worker.names().filter((name) => name === "worker.stopped")).toHaveLength(1);
  });

  test("an event that shows no sign of life for too long ends the worker, which says where", async () => {
    await using pipeline = await open();
    await pipeline.sendNotes([{ id: "a", n: 1 }]);
    const registry: Registry = { ...pipeline.registry, schemaById: () => new Promise(() => {}) };
    const worker = await pipeline.run({ progressTimeoutMs: 500, registry, declared: { timeoutMs: 100 }, handle() {} });
    await expect(worker.closed).rejects.toThrow(pipeline.topic.topic);
  });
});
