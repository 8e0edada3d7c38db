import { describe, expect, test } from "bun:test";
import { openStore } from "../../src/store/index.ts";
import { runWorker } from "../../src/worker/index.ts";
import { cluster, unique } from "../support/cluster.ts";
import { catalogOf, catalogTopic, NOTE, named, recorder } from "../support/worker.ts";
import { openPipeline } from "../support/worker-pipeline.ts";

/**
 * What goes wrong in production without this: a worker is deployed that cannot read what is stored, and finds out event
 * by event, each of them dead before anybody has seen the reason.
 */
describe.skipIf(cluster === undefined)("a worker that starts", () => {
  const open = () => openPipeline(cluster ?? { kafka: "", registry: "", postgres: "" });
  const parts = { opsPort: 0, opsHost: "127.0.0.1", emit: recorder().emit };

  test("is refused where its schema cannot read a version that is registered, with version and reason", async () => {
    await using pipeline = await open();
    const newer = { ...NOTE, fields: [...NOTE.fields, { name: "author", type: "string" }] };
    const catalog = catalogOf({ ...catalogTopic(pipeline.topic.topic, newer) });
    const starting = runWorker(pipeline.declare({ handle() {} }), {
      ...parts,
      kafka: pipeline.kafka,
      registry: pipeline.registry,
      catalog,
    });
    const error = await starting.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "WorkerRefused" });
    const { problems } = error as { problems: string[] }; // A WorkerRefused, as the line above says.
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`version 1 of ${pipeline.topic.subject}`);
    expect(problems[0]).toContain("author");
  });

  test("is refused with everything that is wrong, at once", async () => {
    await using pipeline = await open();
    const missing = catalogTopic(`test.note.missing-${unique()}.v1`);
    const worker = pipeline.declare({
      handle() {},
      declared: {
        group: "not a group!",
        topics: [missing.topic, `${pipeline.topic.topic.replace("taken", "takne")}`],
        retry: { attempts: 0, delayMs: 1, maxDelayMs: 1 },
      },
    });
    const catalog = catalogOf(pipeline.topic, missing);
    const error = await runWorker(worker, {
      ...parts,
      kafka: pipeline.kafka,
      registry: pipeline.registry,
      catalog,
    }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "WorkerRefused" });
    expect((error as Error).message).toContain(`did you mean ${pipeline.topic.topic}?`);
    expect((error as Error).message).toContain(`topic ${missing.topic} is not in Kafka`);
    expect((error as Error).message).toContain(`group "not a group!"`);
    expect((error as Error).message).toContain("retry.attempts=0");
  });

  test("is refused where its tables cannot be made", async () => {
    await using pipeline = await open();
    const store = await openStore("postgres://nobody@127.0.0.1:1/none");
    const starting = pipeline.run({
      store,
      handle() {},
      declared: { setup: async (sql) => void (await sql`SELECT 1`) },
    });
    await expect(starting).rejects.toMatchObject({
      name: "WorkerRefused",
      problems: [expect.stringContaining("DATABASE_URL")],
    });
    await store.close();
  });

  test("is refused where it needs a store and has none", async () => {
    await using pipeline = await open();
    await expect(pipeline.run({ handle() {}, declared: { setup: async () => {} } })).rejects.toThrow("DATABASE_URL");
  });

  test("is refused where its port is taken, and leaves nothing behind", async () => {
    await using pipeline = await open();
    const first = await pipeline.run({ handle() {} });
    const port = Number(new URL(first.opsUrl).port);
    const starting = runWorker(pipeline.declare({ handle() {} }), {
      ...parts,
      kafka: pipeline.kafka,
      registry: pipeline.registry,
      catalog: pipeline.catalog,
      opsPort: port,
    });
    await expect(starting).rejects.toThrow(`OPS_PORT=${port}`);
  });

  test("has dead-letter topics with its topic's partitions, kept for ever", async () => {
    await using pipeline = await openPipeline(cluster ?? { kafka: "", registry: "", postgres: "" }, { partitions: 3 });
    await pipeline.run({ handle() {} });
    const [dead] = await pipeline.admin.topics([`${pipeline.topic.topic}.${pipeline.group}.dlt`]);
    expect(dead).toMatchObject({ partitions: 3, replication: 1 });
  });

  test("twice at once makes each dead-letter topic once", async () => {
    await using pipeline = await open();
    await Promise.all([pipeline.run({ handle() {} }), pipeline.run({ handle() {} }), pipeline.run({ handle() {} })]);
    expect(await pipeline.admin.topics([`${pipeline.topic.topic}.${pipeline.group}.dlt`])).toHaveLength(1);
  });

  test("reads a group's topics from their beginning, and its metrics say what it did", async () => {
    await using pipeline = await open();
    await pipeline.sendNotes(Array.from({ length: 20 }, (_, n) => ({ id: "a", n })));
    const worker = await pipeline.run({
      handle({ value }, { attempt }) {
        if (value.n === 3 && attempt === 1) throw new Error("no");
        if (value.n === 7) throw new Error("never");
      },
      declared: { topics: [named(pipeline.topic.topic)] },
    });
    const metrics = async () => await (await fetch(`${worker.opsUrl}/metrics`)).text();
    const labels = `topic="${pipeline.topic.topic}",group="${pipeline.group}"`;
    let text = await metrics();
    for (let asked = 0; !text.includes(`sluice_worker_handled_total{${labels}} 20`); text = await metrics()) {
      if (++asked > 500) throw new Error(text);
    }
    expect(text).toContain(`sluice_worker_failed_total{${labels}} 4`);
    expect(text).toContain(`sluice_worker_retried_total{${labels}} 3`);
    expect(text).toContain(`sluice_worker_dead_lettered_total{${labels}} 1`);
    expect(text).toContain(`sluice_worker_duration_seconds_count{${labels}} 20`);
    expect(text).toMatch(/sluice_worker_lag\{topic="[^"]+",partition="0",group="[^"]+"\} 0/);
    const live = await fetch(`${worker.opsUrl}/health/live`);
    expect([live.status, await live.json()]).toEqual([200, { status: "up", why: "stable" }]);
  });
});
