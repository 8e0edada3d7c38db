import { describe, expect, test } from "bun:test";
import {
  assertConfigs,
  BROKER_CONFIGS,
  logSettingsOf,
  readConfigs,
  TOPIC_CONFIGS,
} from "../../src/broker/configs/index.ts";
import { openBroker } from "../../src/broker/index.ts";

describe("settings", () => {
  test("each has a name of its own, a default that it takes, and a sentence", () => {
    for (const definitions of [TOPIC_CONFIGS, BROKER_CONFIGS]) {
      expect(new Set(definitions.map(({ name }) => name)).size).toBe(definitions.length);
      for (const { name, kind, default: value, documentation } of definitions) {
        if (value !== null) expect(() => kind.assert(name, value)).not.toThrow();
        expect(documentation).toMatch(/^[A-Z].*[.]$/s);
      }
    }
  });

  test("a log without settings obeys Kafka's defaults", () => {
    expect(logSettingsOf(new Map())).toEqual({
      segmentBytes: 1_073_741_824,
      segmentMs: 604_800_000,
      retentionBytes: -1,
      retentionMs: 604_800_000,
      indexIntervalBytes: 4096,
      maxMessageBytes: 1_048_588,
      compact: false,
      delete: true,
      minCleanableDirtyRatio: 0.5,
      deleteRetentionMs: 86_400_000,
      timestampType: "CreateTime",
      timestampBeforeMaxMs: 2 ** 63,
      timestampAfterMaxMs: 3_600_000,
    });
  });

  test.each([
    ["compact", { compact: true, delete: false }],
    ["delete , compact", { compact: true, delete: true }],
    ["", { compact: false, delete: false }],
  ])("cleanup.policy=%p is read as what a log does", (policy, expected) => {
    expect(readConfigs(new Map([["cleanup.policy", policy]]))).toMatchObject(expected);
  });

  test("a null is no value, and of several unknown names the first is told", () => {
    expect(() =>
      assertConfigs([
        ["retention.ms", null],
        ["flush.ms", null],
      ]),
    ).toThrow("Null value not supported for topic configs: retention.ms,flush.ms");
    expect(() =>
      assertConfigs([
        ["foo", "1"],
        ["bar", "2"],
      ]),
    ).toThrow("Unknown topic config name: foo");
  });

  test("of several wrong values the first in Kafka's order is told", () => {
    expect(() =>
      assertConfigs([
        ["retention.ms", "x"],
        ["segment.bytes", "y"],
      ]),
    ).toThrow("segment.bytes");
  });

  test("a topic keeps its settings, and its log obeys a new one at once", async () => {
    await using broker = await openBroker({ topics: [{ name: "small", configs: { "max.message.bytes": "100" } }] });
    expect(broker.topics.get("small")?.configs).toEqual(new Map([["max.message.bytes", "100"]]));
    expect(() => broker.topics.create({ name: "wrong", configs: { "retention.ms": "soon" } })).toThrow(
      "Not a number of type LONG",
    );
  });
});
