import { expect, test } from "bun:test";
import type { Events } from "../../src/events.ts";
import { inboxRetentionMs, keepInboxSmall } from "../../src/worker/inbox-retention.ts";
import { until as waitUntil } from "../support/until.ts";
import { catalogTopic, NOTE } from "../support/worker.ts";

const DAY = 86_400_000;
const topic = (config: Record<string, string>) => catalogTopic("notes.note.taken.v1", NOTE, { config });

test.each([
  ["a week, and the segments' week, and a day", [{ "retention.ms": String(7 * DAY) }], 15 * DAY],
  ["the longest of several topics", [{ "retention.ms": String(DAY) }, { "retention.ms": String(30 * DAY) }], 38 * DAY],
  ["shorter with shorter segments", [{ "retention.ms": String(7 * DAY), "segment.ms": String(DAY) }], 9 * DAY],
  [
    "for ever where a topic keeps events for ever",
    [{ "retention.ms": String(DAY) }, { "retention.ms": "-1" }],
    undefined,
  ],
  ["for ever where a topic is compacted", [{ "retention.ms": String(DAY), "cleanup.policy": "compact" }], undefined],
  ["for ever where a topic does not say how long", [{}], undefined],
])("the inbox remembers %s", (_how, configs, expected) => {
  expect(inboxRetentionMs(configs.map((config) => topic(config as Record<string, string>)))).toBe(expected);
});

/** Runs until the store was asked this often; answers what it was asked and what was told. */
async function pruning(
  store: { used: () => boolean; prune: (group: string, before: number) => Promise<number> },
  until: () => boolean,
) {
  const told: (keyof Events)[] = [];
  const stop = keepInboxSmall({
    worker: { group: "g", inboxRetentionMs: 1_000 },
    topics: [],
    store,
    emit: (name) => told.push(name),
    everyMs: 1,
    now: () => 5_000,
  });
  await waitUntil("it was pruned", until);
  stop();
  return told;
}

test("the inbox is pruned of what is older than the retention, and a failure ends nothing", async () => {
  const asked: [string, number][] = [];
  const prune = async (group: string, before: number): Promise<number> => {
    asked.push([group, before]);
    if (asked.length === 1) throw new Error("away");
    return 3;
  };
  const told = await pruning({ used: () => true, prune }, () => asked.length >= 2);
  expect(asked[1]).toEqual(["g", 4_000]);
  expect(told.slice(0, 1)).toEqual(["worker.inbox.failed"]);
});

test("a store that nobody has used is left alone", async () => {
  let looked = 0;
  const prune = async (): Promise<number> => {
    throw new Error("it must not connect");
  };
  const used = () => {
    looked++;
    return false;
  };
  expect(await pruning({ used, prune }, () => looked >= 3)).toEqual([]);
});
