import type { LogSettings } from "../log/index.ts";
import { entriesOf, refused } from "./kinds.ts";
import { TOPIC_CONFIGS } from "./topic.ts";

const DEFINITIONS = new Map(TOPIC_CONFIGS.map((definition) => [definition.name, definition]));

/**
 * Throws INVALID_CONFIG, in Kafka's words, for the first setting that a topic cannot have. A null is none: whoever
 * means the default leaves the setting out.
 */
export function assertConfigs(configs: Iterable<readonly [name: string, value: string | null]>): void {
  const given = new Map(configs);
  const nulls = [...given].filter(([, value]) => value === null).map(([name]) => name);
  if (nulls.length > 0) throw refused(`Null value not supported for topic configs: ${nulls.join(",")}`);
  for (const name of given.keys()) {
    if (!DEFINITIONS.has(name)) throw refused(`Unknown topic config name: ${name}`);
  }
  for (const { name, kind } of TOPIC_CONFIGS) {
    const value = given.get(name);
    if (typeof value === "string") kind.assert(name, value);
  }
  assertTogether((name) => given.get(name) ?? defaultOf(name));
}

/** Both at once: what a log obeys, or INVALID_CONFIG. */
export function readConfigs(configs: ReadonlyMap<string, string>): LogSettings {
  assertConfigs(configs);
  return logSettingsOf(configs);
}

/** What a log obeys, from the settings that were given for its topic. They must have passed `assertConfigs`. */
export function logSettingsOf(configs: ReadonlyMap<string, string>): LogSettings {
  const textOf: TextOf = (name) => (configs.get(name) ?? defaultOf(name)).trim();
  const number = (name: string): number => Number(textOf(name));
  const policies = entriesOf(textOf("cleanup.policy"));
  return {
    segmentBytes: number("segment.bytes"),
    segmentMs: number("segment.ms"),
    retentionBytes: number("retention.bytes"),
    retentionMs: number("retention.ms"),
    indexIntervalBytes: number("index.interval.bytes"),
    maxMessageBytes: number("max.message.bytes"),
    compact: policies.includes("compact"),
    delete: policies.includes("delete"),
    minCleanableDirtyRatio: number("min.cleanable.dirty.ratio"),
    deleteRetentionMs: number("delete.retention.ms"),
    timestampType: textOf("message.timestamp.type") === "LogAppendTime" ? "LogAppendTime" : "CreateTime",
    timestampBeforeMaxMs: number("message.timestamp.before.max.ms"),
    timestampAfterMaxMs: number("message.timestamp.after.max.ms"),
  };
}

type TextOf = (name: string) => string;

/** Settings that are right alone, and wrong together. */
function assertTogether(textOf: TextOf): void {
  if (textOf("remote.storage.enable").trim().toLowerCase() === "true") {
    const why = "Topic cannot be configured with remote log storage.";
    throw refused(`Tiered Storage functionality is disabled in the broker. ${why}`);
  }
  const [min, max] = ["min.compaction.lag.ms", "max.compaction.lag.ms"].map((name) => BigInt(textOf(name).trim()));
  if (min === undefined || max === undefined || min <= max) return;
  throw refused(`conflict topic config setting min.compaction.lag.ms (${min}) > max.compaction.lag.ms (${max})`);
}

const defaultOf: TextOf = (name) => DEFINITIONS.get(name)?.default ?? "";
