import { expect, test } from "bun:test";
import { inboxRetentionMs } from "../../src/worker/inbox-retention.ts";
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
