import { describe, expect, test } from "bun:test";
import { cluster } from "../support/cluster.ts";
import { startMortal } from "../support/mortal.ts";
import { answerOf, openStory, orderOf, postEvent, type Receipt } from "../support/story.ts";
import { until } from "../support/until.ts";
import { readAll } from "../support/worker-pipeline.ts";

const CONNECTIONS = 16;

/**
 * A receipt is a promise that outlives the broker's process. Producers post on while Kafka is restarted under them:
 * some of what they post is refused, some has an unknown outcome, and that is fine as long as the door says so. What is
 * not fine is a receipt for an event that is not there afterwards, or a door that stays closed when Kafka is back.
 */
describe.skipIf(cluster === undefined)("a broker that is restarted while events are posted", () => {
  test("loses no event that has a receipt, and the door is open again afterwards", async () => {
    if (cluster === undefined) return;
    await using kafka = await startMortal();
    await using story = await openStory({ ...cluster, kafka: kafka.address });
    for (const command of [["apply"], ["topics", "apply"]])
      expect(await story.run(...command)).toMatchObject({ code: 0 });
    const api = await story.start("api", ["api"]);
    const url = String((await api.line("api.listening")).url);

    const receipts: Receipt[] = [];
    const statuses = new Map<number, number>();
    const posted = new AbortController();
    const producers = Array.from({ length: CONNECTIONS }, async (_, connection) => {
      for (let number = 0; !posted.signal.aborted; number++) {
        const response = await postEvent(url, story.topic, orderOf(connection * 1_000_000 + number));
        const answer = await answerOf<Receipt>(response);
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
        if (response.status === 200) receipts.push(answer);
      }
    });

    await until("events are stored", () => receipts.length > 500);
    await kafka.restart({ graceSeconds: 1 });
    const atRestart = receipts.length;
    await until("events are stored again", () => receipts.length > atRestart + 500, { timeoutMs: 60_000 });
    posted.abort();
    await Promise.all(producers);

    expect([...statuses.keys()].filter((status) => ![200, 503, 504].includes(status))).toEqual([]);
    const stored = await readAll({ bootstrapServers: [kafka.address], ssl: false, clientId: "story" }, story.topic);
    const ids = new Map(
      stored.map((record) => [`${record.partition}/${record.offset}`, record.header("ce_id")?.toString()]),
    );
    const missing = receipts.filter(({ partition, offset, id }) => ids.get(`${partition}/${offset}`) !== id);
    expect({ receipts: receipts.length > 1_000, missing }).toEqual({ receipts: true, missing: [] });
    expect(await api.stop()).toBe(0);
  }, 180_000);
});
