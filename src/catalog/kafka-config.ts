import { nearest } from "../avro/index.ts";

type Kind = "whole number" | "true or false" | "fraction" | "text" | readonly string[];

/** Topic configurations of Apache Kafka 4, and what their values look like. */
const TOPIC_CONFIGS: Readonly<Record<string, Kind>> = {
  "cleanup.policy": ["delete", "compact", "compact,delete", "delete,compact"],
  "compression.gzip.level": "whole number",
  "compression.lz4.level": "whole number",
  "compression.type": ["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"],
  "compression.zstd.level": "whole number",
  "delete.retention.ms": "whole number",
  "file.delete.delay.ms": "whole number",
  "flush.messages": "whole number",
  "flush.ms": "whole number",
  "follower.replication.throttled.replicas": "text",
  "index.interval.bytes": "whole number",
  "leader.replication.throttled.replicas": "text",
  "local.retention.bytes": "whole number",
  "local.retention.ms": "whole number",
  "max.compaction.lag.ms": "whole number",
  "max.message.bytes": "whole number",
  "message.timestamp.after.max.ms": "whole number",
  "message.timestamp.before.max.ms": "whole number",
  "message.timestamp.type": ["CreateTime", "LogAppendTime"],
  "min.cleanable.dirty.ratio": "fraction",
  "min.compaction.lag.ms": "whole number",
  "min.insync.replicas": "whole number",
  preallocate: "true or false",
  "remote.copy.disable": "true or false",
  "remote.log.delete.on.disable": "true or false",
  "remote.storage.enable": "true or false",
  "retention.bytes": "whole number",
  "retention.ms": "whole number",
  "segment.bytes": "whole number",
  "segment.index.bytes": "whole number",
  "segment.jitter.ms": "whole number",
  "segment.ms": "whole number",
  "unclean.leader.election.enable": "true or false",
};

/** Names that only one maker's brokers know; those brokers check the values. */
const MAKERS = /^(confluent|redpanda|warpstream)\./;

/** The value as Kafka takes it, or what is wrong with it. */
export function topicConfig(name: string, value: unknown): { value: string } | { problem: string } {
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") {
    return { problem: `${name} must be a number, true, false or text` };
  }
  const text = String(value);
  if (MAKERS.test(name)) return { value: text };
  // `Object.hasOwn`, since `constructor` is no configuration.
  const kind = Object.hasOwn(TOPIC_CONFIGS, name) ? TOPIC_CONFIGS[name] : undefined;
  if (kind === undefined) {
    const near = nearest(name, Object.keys(TOPIC_CONFIGS));
    return {
      problem: `Kafka has no topic configuration ${name}${near === undefined ? "" : `; did you mean ${near}?`}`,
    };
  }
  return fits(kind, text) ? { value: text } : { problem: `${name}: ${text} is not ${described(kind)}` };
}

function fits(kind: Kind, text: string): boolean {
  switch (kind) {
    case "whole number": // -1 is Kafka's "no limit". Past 2^53 YAML's number is no longer what was written.
      return /^(-1|\d+)$/.test(text) && Number.isSafeInteger(Number(text));
    case "fraction":
      return /^(0(\.\d+)?|1(\.0+)?)$/.test(text);
    case "true or false":
      return text === "true" || text === "false";
    case "text":
      return true;
    default:
      return kind.includes(text);
  }
}

function described(kind: Kind): string {
  if (typeof kind !== "string") return `one of ${kind.join(" | ")}`;
  return kind === "true or false" ? kind : `a ${kind}`;
}
