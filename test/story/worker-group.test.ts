import { describe, expect, test } from "bun:test";
import { cluster } from "../support/cluster.ts";
import { until } from "../support/until.ts";
import { openPipeline } from "../support/worker-pipeline.ts";

const PARTITIONS = 4;
const KEYS = 20;

/**
 * What goes wrong in production without this: a deploy starts and stops workers one by one, and each time partitions
 * change hands some of their events are lost, or handled by nobody until somebody looks.
 */
describe.skipIf(cluster === undefined)("two workers of a group", () => {
  test("share the partitions, and when one leaves the other goes on where it stopped", async () => {
    await using pipeline = await openPipeline(cluster ?? { kafka: "", registry: "", postgres: "" }, {
      partitions: PARTITIONS,
    });
    const seen = new Map<string, number[]>();
    const by = { first: new Set<number>(), second: new Set<number>() };
    const handle = (who: keyof typeof by) => (event: { partition: number; value: { id: string; n: number } }) => {
      by[who].add(event.partition);
      const { id, n } = event.value;
      seen.set(id, [...(seen.get(id) ?? []), n]);
    };
    let next = 0;
    const sendMore = async (): Promise<void> => {
      await pipeline.sendNotes(Array.from({ length: 200 }, () => ({ id: `key-${next % KEYS}`, n: next++ })));
    };

    const first = await pipeline.run({ handle: handle("first") });
    await sendMore();
    await until(
      "the first has all partitions",
      async () => (await ready(first.opsUrl)).why === `${PARTITIONS} partitions`,
    );
    const second = await pipeline.run({ handle: handle("second") });
    for (const worker of [first, second]) {
      await until("each has half", async () => (await ready(worker.opsUrl)).why === `${PARTITIONS / 2} partitions`, {
        timeoutMs: 20_000,
      });
    }
    by.first.clear();
    await until("both handle events", async () => {
      await sendMore();
      return by.first.size > 0 && by.second.size > 0;
    });
    expect([...by.first].filter((partition) => by.second.has(partition))).toEqual([]);

    expect(await first.stop({ timeoutMs: 10_000 })).toEqual({ forced: false, running: [] });
    await sendMore();
    await until("the second has all", async () => (await ready(second.opsUrl)).why === `${PARTITIONS} partitions`, {
      timeoutMs: 20_000,
    });
    await until("all is committed", async () => (await pipeline.behind()) === 0n, { timeoutMs: 20_000 });
    const all = Array.from({ length: next }, (_, n) => n);
    expect([...seen.values()].flat().sort((a, b) => a - b)).toEqual(all);
    for (const ns of seen.values()) expect(ns).toEqual(ns.toSorted((a, b) => a - b));
    expect(seen.size).toBe(KEYS);
  }, 60_000);

  test("one of more workers than partitions is idle, and says that this is fine", async () => {
    await using pipeline = await openPipeline(cluster ?? { kafka: "", registry: "", postgres: "" });
    const workers = [await pipeline.run({ handle() {} }), await pipeline.run({ handle() {} })];
    const answers = await until(
      "one is idle",
      async () => {
        const found = await Promise.all(workers.map(({ opsUrl }) => ready(opsUrl)));
        return (
          found.some(({ why }) => why.startsWith("idle")) && found.some(({ why }) => why === "1 partitions") && found
        );
      },
      { timeoutMs: 20_000 },
    );
    expect(answers.map(({ status }) => status)).toEqual(["up", "up"]);
  }, 30_000);
});

async function ready(url: string): Promise<{ status: string; why: string }> {
  const response = await fetch(`${url}/health/ready`);
  return (await response.json()) as { status: string; why: string }; // What health.ts answers.
}
