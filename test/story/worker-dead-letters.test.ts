import { describe, expect, test } from "bun:test";
import type { IncomingRecord } from "../../src/kafka/index.ts";
import { cluster } from "../support/cluster.ts";
import { until } from "../support/until.ts";
import { openPipeline } from "../support/worker-pipeline.ts";

/** Headers as text, in the order in which they are stored. */
const headersOf = (record: IncomingRecord | undefined) =>
  record?.headers().map(([name, value]) => [name, value?.toString() ?? null]);

/**
 * What goes wrong in production without this: one event that cannot be handled stops its partition for ever, or is
 * skipped and nobody ever learns of it, or arrives among the dead without its bytes, so that it cannot be sent again.
 */
describe.skipIf(cluster === undefined)("dead letters", () => {
  const open = (given?: { partitions: number; config?: Record<string, string> }) =>
    openPipeline(cluster ?? { kafka: "", registry: "", postgres: "" }, given);

  test("an event that fails is tried as often as declared, then stored with its bytes and the reason", async () => {
    await using pipeline = await open();
    const attempts: number[] = [];
    await pipeline.sendNotes([{ id: "a", n: 1 }], 0, [
      ["ce_id", "e1"],
      ["none", null],
      ["binary", Buffer.from([255, 0])],
    ]);
    await pipeline.run({
      handle(_event, { attempt }) {
        attempts.push(attempt);
        throw new RangeError("n is too small");
      },
    });
    const [dead] = await until("the event is dead", async () => {
      const found = await pipeline.dead();
      return found.length > 0 && found;
    });
    const [sent] = await pipeline.read(pipeline.topic.topic);
    expect(attempts).toEqual([1, 2, 3]);
    expect(dead?.key).toEqual(Buffer.from("a"));
    expect(dead?.value).toEqual(pipeline.encode({ id: "a", n: 1 }));
    expect(dead?.header("binary")).toEqual(Buffer.from([255, 0]));
    expect(headersOf(dead)?.filter(([name]) => name !== "binary")).toEqual([
      ["ce_id", "e1"],
      ["none", null],
      ["x-original-topic", pipeline.topic.topic],
      ["x-original-partition", "0"],
      ["x-original-offset", "0"],
      ["x-original-timestamp", String(sent?.timestamp)],
      ["x-group", pipeline.group],
      ["x-error", "RangeError: n is too small"],
      ["x-attempts", "3"],
    ]);
    await until("the event is committed", async () => (await pipeline.behind()) === 0n);
  });

  test("undecodable events are dead at once, each with its reason, and the events around them are handled", async () => {
    await using pipeline = await open();
    const handled: unknown[] = [];
    const note = (n: number) => ({ key: String(n), value: pipeline.encode({ id: String(n), n }), partition: 0 });
    await pipeline.send([
      note(1),
      { value: Buffer.from("no Avro"), partition: 0 },
      { value: Buffer.alloc(0), partition: 0 },
      { value: pipeline.frame(2_000_000_000, Buffer.from([2, 97, 2])), partition: 0 },
      { value: pipeline.frame(pipeline.schemaId, Buffer.from([2, 97, 2, 99])), partition: 0 },
      { value: pipeline.frame(pipeline.schemaId, Buffer.from([0xfe, 0xff, 0xff, 0xff, 0x0f])), partition: 0 },
      { key: "gone", value: null, partition: 0 },
      note(2),
    ]);
    await pipeline.run({
      handle({ value }) {
        handled.push(value);
      },
    });
    await until("all is committed", async () => (await pipeline.behind()) === 0n);
    expect(handled).toEqual([
      { id: "1", n: 1 },
      { id: "2", n: 2 },
    ]);
    const dead = await pipeline.dead();
    expect(dead.map((record) => record.header("x-original-offset")?.toString())).toEqual([
      "1",
      "2",
      "3",
      "4",
      "5",
      "6",
    ]);
    expect(dead.map((record) => record.header("x-attempts")?.toString())).toEqual(Array(6).fill("0"));
    expect(dead.map((record) => record.header("x-error")?.toString().slice(0, 40))).toEqual([
      expect.stringContaining("no Confluent frame"),
      expect.stringContaining("no Confluent frame"),
      expect.stringContaining("schema 2000000000"),
      expect.stringContaining("the bytes are not"),
      expect.stringContaining("the bytes are not"),
      expect.stringContaining("a tombstone"),
    ]);
    expect(dead.at(-1)?.value).toBeNull();
  });

  test("a tombstone is an event to a worker that says so", async () => {
    await using pipeline = await open();
    const handled: unknown[] = [];
    await pipeline.send([{ key: "gone", value: null }]);
    await pipeline.run({
      declared: { tombstones: true },
      handle({ key, value, id }) {
        handled.push([key, value, id]);
      },
    });
    await until("it is handled", () => handled.length > 0);
    expect(handled).toEqual([["gone", null, `${pipeline.topic.topic}/0/0`]]);
  });

  test("an event as large as its topic takes has room among the dead", async () => {
    await using pipeline = await open({ partitions: 1, config: { "max.message.bytes": "12000000" } });
    // Random, so that no compression makes it small.
    const value = Buffer.concat(Array.from({ length: 150 }, () => crypto.getRandomValues(new Uint8Array(64_000))));
    value[0] = 1;
    await pipeline.send([{ key: "large", value }]);
    await pipeline.run({ handle() {} });
    const [dead] = await until("the event is dead", async () => {
      const found = await pipeline.dead();
      return found.length > 0 && found;
    });
    expect(dead?.value?.equals(value)).toBe(true);
  });

  test("while an event of one partition is tried again, the other partitions go on", async () => {
    await using pipeline = await open({ partitions: 3 });
    const handled = new Map<number, number[]>([
      [0, []],
      [1, []],
      [2, []],
    ]);
    let poisoned = 0;
    for (const partition of [0, 1, 2]) {
      await pipeline.sendNotes(
        Array.from({ length: 50 }, (_, n) => ({ id: `${partition}`, n })),
        partition,
      );
    }
    const release = Promise.withResolvers<void>();
    await pipeline.run({
      declared: { retry: { attempts: 2, delayMs: 1, maxDelayMs: 1 } },
      async handle({ partition, value }) {
        const { n } = value;
        if (partition === 1 && n === 10) {
          poisoned++;
          await release.promise;
          throw new Error("poison");
        }
        handled.get(partition)?.push(n);
      },
    });
    const all = Array.from({ length: 50 }, (_, n) => n);
    await until(
      "the other partitions are through",
      () => handled.get(0)?.length === 50 && handled.get(2)?.length === 50,
    );
    expect(handled.get(1)).toEqual(all.slice(0, 10));
    release.resolve();
    await until("all is committed", async () => (await pipeline.behind()) === 0n);
    expect(poisoned).toBe(2);
    expect(handled.get(0)).toEqual(all);
    expect(handled.get(1)).toEqual(all.filter((n) => n !== 10));
    expect(await pipeline.dead()).toHaveLength(1);
  });

  test("retries keep the order of a partition", async () => {
    await using pipeline = await open();
    const handled: number[] = [];
    await pipeline.sendNotes(
      Array.from({ length: 200 }, (_, n) => ({ id: "a", n })),
      0,
    );
    await pipeline.run({
      async handle({ value }, { attempt }) {
        const { n } = value;
        if (n % 7 === 0 && attempt < 3) throw new Error("not yet");
        handled.push(n);
      },
    });
    await until("all is handled", () => handled.length >= 200);
    expect(handled).toEqual(Array.from({ length: 200 }, (_, n) => n));
    expect(await pipeline.dead()).toEqual([]);
  });
});
