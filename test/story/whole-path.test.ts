import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { createCodec, unframe } from "../../src/avro/index.ts";
import { loadCatalog } from "../../src/catalog/index.ts";
import { createRegistry } from "../../src/registry/index.ts";
import { cluster } from "../support/cluster.ts";
import type { StartedProcess } from "../support/processes.ts";
import { answerOf, openStory, orderOf, postEvent, type Receipt } from "../support/story.ts";
import { until } from "../support/until.ts";
import { readAll } from "../support/worker-pipeline.ts";

/**
 * What somebody does who has just cloned the repository, as they do it: every command is a process, every event goes
 * through HTTP. The parts may each be right and the whole still useless, when two of them read a setting differently.
 */
describe.skipIf(cluster === undefined)("the whole path", () => {
  let story: Awaited<ReturnType<typeof openStory>>;
  let api: StartedProcess;
  let worker: StartedProcess;
  let url: string;
  let sql: Bun.SQL;
  const opened = new AsyncDisposableStack();

  beforeAll(async () => {
    if (cluster === undefined) return;
    story = opened.use(await openStory(cluster));
    sql = opened.adopt(new Bun.SQL(story.database, { max: 1 }), (one) => one.close());
    opened.defer(async () => void (await sql.unsafe(`DROP TABLE IF EXISTS ${story.table}`)));
    expect(await story.run("apply")).toMatchObject({ code: 0 });
    expect(await story.run("topics", "apply")).toMatchObject({ code: 0 });
    api = await story.start("api", ["api"]);
    worker = await story.start("worker", ["work", story.group]);
    url = String((await api.line("api.listening")).url);
    await worker.line("consumer.joined");
  }, 60_000);

  afterAll(() => opened.disposeAsync(), 30_000);

  const rows = (): Promise<{ order_id: string }[]> =>
    sql.unsafe(`SELECT order_id FROM ${story.table} ORDER BY order_id`);

  test("an order that is right lands as Avro where its receipt says, and a worker stores it", async () => {
    const order = orderOf(1);
    const response = await postEvent(url, story.topic, order);
    const receipt = await answerOf<Receipt>(response);
    expect({ status: response.status, receipt }).toMatchObject({
      status: 200,
      receipt: { id: order.event_id, topic: story.topic },
    });

    const records = await readAll(
      { bootstrapServers: [cluster?.kafka ?? ""], ssl: false, clientId: "story" },
      story.topic,
    );
    const record = records.find(
      ({ partition, offset }) => partition === receipt.partition && String(offset) === receipt.offset,
    );
    expect(record?.key?.toString()).toBe("ord-1");
    expect(record?.header("ce_id")?.toString()).toBe(order.event_id);
    const { schemaId, payload } = unframe(record?.value ?? Buffer.alloc(0));
    expect(schemaId).toBe(receipt.schemaId);
    const [declared] = (await loadCatalog(join(story.schema, "../.."))).topics;
    if (declared === undefined) throw new Error("the story has no topic");
    expect(createCodec(declared.schema).decode(payload)).toEqual({
      ...order,
      occurred_at: new Date(order.occurred_at),
      note: null,
    });
    await until("the worker has stored it", async () => (await rows()).some(({ order_id }) => order_id === "ord-1"));
  }, 20_000);

  test("an order that is wrong is refused with every reason, and stored nowhere", async () => {
    const { customer_id: _, ...order } = { ...orderOf(2), total_cents: "many", notte: "x" };
    const response = await postEvent(url, story.topic, order);
    expect(response.status).toBe(422);
    expect(response.headers.get("content-type")).toContain("application/problem+json");
    const problem = await answerOf<{ errors: { pointer: string; detail: string }[] }>(response);
    expect(problem.errors.map(({ pointer }) => pointer).sort((a, b) => a.localeCompare(b))).toEqual([
      "/customer_id",
      "/notte",
      "/total_cents",
    ]);
    expect(JSON.stringify(problem)).toContain("did you mean `note`?");

    // The next one goes the same way through the worker: when it is there, the wrong one would have been.
    await postEvent(url, story.topic, orderOf(3));
    await until("the worker has stored the next", async () =>
      (await rows()).some(({ order_id }) => order_id === "ord-3"),
    );
    expect((await rows()).map(({ order_id }) => order_id)).not.toContain("ord-2");
  }, 20_000);

  test("a schema that breaks readers cannot be registered, and the registry's reasons are told", async () => {
    const before = await Bun.file(story.schema).text();
    const broken = JSON.parse(before);
    broken.fields.push({ name: "channel", type: "string" });
    await Bun.write(story.schema, JSON.stringify(broken));
    try {
      for (const command of ["plan", "apply"]) {
        const { code, out } = await story.run(command);
        expect({ command, code }).toEqual({ command, code: 1 });
        expect(out).toContain(story.subject);
        expect(out).toMatch(/channel|READER_FIELD_MISSING_DEFAULT_VALUE/);
        expect(out).toContain("Refused");
      }
      const registry = createRegistry({ url: cluster?.registry ?? "" });
      expect(await registry.versions(story.subject)).toEqual([1]);
      registry.close();
    } finally {
      await Bun.write(story.schema, before);
    }
  }, 20_000);

  test("a schema that readers can live with is registered as the next version", async () => {
    const before = JSON.parse(await Bun.file(story.schema).text());
    before.fields.push({ name: "channel", type: "string", default: "web" });
    await Bun.write(story.schema, JSON.stringify(before));
    const { code, out } = await story.run("apply");
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining("new version") });
    expect((await story.run("apply")).out).toContain("Nothing to do");
  }, 20_000);

  test("the API and the worker say that they are well", async () => {
    const { opsUrl } = await worker.line("worker.started");
    for (const base of [url, String(opsUrl)]) {
      for (const path of ["/health/live", "/health/ready"]) {
        const { status } = await fetch(`${base}${path}`);
        expect({ base, path, status }).toEqual({ base, path, status: 200 });
      }
      expect(await (await fetch(`${base}/metrics`)).text()).toContain("# TYPE");
    }
  }, 20_000);

  test("`sluice groups` shows the worker and that nothing is left for it", async () => {
    await until("everything is committed", async () =>
      (await story.run("groups", story.group)).out.includes("lag 0\n"),
    );
    const { out } = await story.run("groups", story.group, "--json");
    const { state, members, partitions } = JSON.parse(out);
    expect({ state, members: members.length }).toEqual({ state: "Stable", members: 1 });
    expect(partitions.every(({ lag }: { lag: string }) => lag === "0")).toBe(true);
  }, 20_000);

  test("on SIGTERM both end with exit code 0, and the group has no member any more", async () => {
    expect(await Promise.all([api.stop(), worker.stop()])).toEqual([0, 0]);
    expect(JSON.parse((await story.run("groups", story.group, "--json")).out)).toMatchObject({
      state: "Empty",
      members: [],
    });
    await expect(fetch(`${url}/health/live`)).rejects.toThrow();
  }, 20_000);
});
