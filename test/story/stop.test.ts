import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cluster } from "../support/cluster.ts";
import { openStory, orderOf, postEvent, STUCK } from "../support/story.ts";
import { until } from "../support/until.ts";

/** An orchestrator that stops a container looks at the exit code, and kills what does not end in time. */
describe.skipIf(cluster === undefined)("a worker that is asked to stop while a handler does not end", () => {
  const opened = new AsyncDisposableStack();
  let story: Awaited<ReturnType<typeof openStory>>;

  beforeAll(async () => {
    if (cluster === undefined) return;
    story = opened.use(await openStory(cluster));
    for (const command of [["apply"], ["topics", "apply"]])
      expect(await story.run(...command)).toMatchObject({ code: 0 });
    const api = await story.start("api", ["api"]);
    const url = String((await api.line("api.listening")).url);
    expect((await postEvent(url, story.topic, { ...orderOf(1), order_id: STUCK })).status).toBe(200);
    expect(await api.stop()).toBe(0);
  }, 60_000);

  afterAll(() => opened.disposeAsync(), 30_000);

  const stuckWorker = async (timeoutMs: string) => {
    const worker = await story.start("worker", ["work", story.group], { SLUICE_SHUTDOWN_TIMEOUT_MS: timeoutMs });
    await worker.line("worker.said");
    return worker;
  };

  test("gives up at its deadline, with an exit code of its own", async () => {
    const worker = await stuckWorker("500");
    expect(await worker.stop()).toBe(3);
    expect(await worker.line("worker.stopped")).toMatchObject({ forced: true });
  }, 60_000);

  test("reads the event again when it is started again, and ends at once when it is asked twice", async () => {
    const worker = await stuckWorker("600000");
    let code: number | undefined;
    const ended = worker.exited.then((given) => {
      code = given;
    });
    await until("the worker has ended", () => {
      worker.ask();
      return code !== undefined;
    });
    await ended;
    expect(code).toBe(143);
  }, 60_000);
});
