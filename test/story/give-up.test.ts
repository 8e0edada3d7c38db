import { describe, expect, test } from "bun:test";
import { cluster } from "../support/cluster.ts";
import { openStory, orderOf, postEvent, UNSPEAKABLE } from "../support/story.ts";

/**
 * A process that lives on without its consumer looks well to an orchestrator and handles nothing, for as long as nobody
 * looks. So a worker whose consumer has given up ends, and whoever runs it starts it again where it was.
 */
describe.skipIf(cluster === undefined)("a worker whose consumer gives up", () => {
  test("ends by itself with exit code 1, and has committed nothing of what it could not finish", async () => {
    if (cluster === undefined) return;
    await using story = await openStory(cluster);
    for (const command of [["apply"], ["topics", "apply"]])
      expect(await story.run(...command)).toMatchObject({ code: 0 });
    const api = await story.start("api", ["api"]);
    const url = String((await api.line("api.listening")).url);
    const order = { ...orderOf(1), order_id: UNSPEAKABLE };
    expect((await postEvent(url, story.topic, order)).status).toBe(200);

    for (const attempt of [1, 2]) {
      const worker = await story.start(`worker-${attempt}`, ["work", story.group]);
      await worker.line("consumer.failed");
      expect(await worker.exited).toBe(1);
    }
  }, 60_000);
});
