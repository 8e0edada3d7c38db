import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { unique } from "../support/cluster.ts";
import { CLIENTS, kafkaTool } from "./run.ts";
import { TARGETS, type Target } from "./targets.ts";
import { abortAndCommit } from "./transaction.ts";

/** Kafka's own command-line tools, from its image: what every operator reaches for first. */
const TOOLS_MS_MAX = 120_000;

describe.skipIf(!CLIENTS).each(TARGETS)("Kafka's own tools, driven against %s", (_name, open) => {
  let broker: Target;
  const tool = (name: string, given: readonly string[], input?: string) =>
    kafkaTool(name, ["--bootstrap-server", broker.address, ...given], input);
  const topicOf = async (name: string, partitions = 1) => {
    const topic = `${name}-${unique()}`;
    await tool("topics", ["--create", "--topic", topic, "--partitions", String(partitions)]);
    return topic;
  };

  beforeAll(async () => {
    broker = await open();
  });
  afterAll(() => broker[Symbol.asyncDispose]());

  test(
    "kafka-topics creates, describes, alters, lists and deletes",
    async () => {
      const topic = await topicOf("tools", 2);
      await tool("topics", ["--alter", "--topic", topic, "--partitions", "3"]);
      expect(await tool("topics", ["--describe", "--topic", topic])).toMatch(
        /PartitionCount: 3\s+ReplicationFactor: 1/,
      );
      expect(await tool("topics", ["--list"])).toContain(topic);
      await tool("topics", ["--delete", "--topic", topic]);
      expect(await tool("topics", ["--list"])).not.toContain(topic);
    },
    TOOLS_MS_MAX,
  );

  test(
    "kafka-configs sets and removes a topic's settings",
    async () => {
      const topic = await topicOf("configs");
      await tool("configs", ["--alter", "--topic", topic, "--add-config", "retention.ms=1234,cleanup.policy=compact"]);
      const described = await tool("configs", ["--describe", "--topic", topic]);
      expect(described).toContain("retention.ms=1234 sensitive=false");
      expect(described).toContain("cleanup.policy=compact sensitive=false");
      await tool("configs", ["--alter", "--topic", topic, "--delete-config", "retention.ms"]);
      expect(await tool("configs", ["--describe", "--topic", topic])).not.toContain("retention.ms=1234");
      expect(await tool("configs", ["--describe", "--topic", topic, "--all"])).toContain("max.message.bytes=1048588");
    },
    TOOLS_MS_MAX,
  );

  test(
    "the console producer's lines come out of the console consumer, in a group of either protocol",
    async () => {
      const topic = await topicOf("console");
      await tool("console-producer", ["--topic", topic, "--compression-codec", "lz4"], "a\nb\nc\n");
      const read = (...more: string[]) =>
        tool("console-consumer", ["--topic", topic, "--from-beginning", "--max-messages", "3", ...more]);
      expect(await read("--group", `${topic}-classic`)).toBe("a\nb\nc\n");
      expect(await read("--group", `${topic}-newer`, "--command-property", "group.protocol=consumer")).toBe(
        "a\nb\nc\n",
      );
    },
    TOOLS_MS_MAX,
  );

  test(
    "kafka-consumer-groups describes, resets and deletes",
    async () => {
      const topic = await topicOf("groups");
      const group = `${topic}-group`;
      await tool("console-producer", ["--topic", topic], "a\nb\nc\n");
      await tool("console-consumer", ["--topic", topic, "--from-beginning", "--max-messages", "3", "--group", group]);
      expect(await tool("consumer-groups", ["--describe", "--group", group])).toMatch(
        new RegExp(`${group}\\s+${topic}\\s+0\\s+3\\s+3\\s+0`),
      );
      const reset = ["--reset-offsets", "--group", group, "--topic", topic, "--execute"];
      expect(await tool("consumer-groups", [...reset, "--to-offset", "1"])).toMatch(
        new RegExp(`${group}\\s+${topic}\\s+0\\s+1`),
      );
      expect(await tool("consumer-groups", ["--describe", "--group", group])).toMatch(
        new RegExp(`${group}\\s+${topic}\\s+0\\s+1\\s+3\\s+2`),
      );
      expect(await tool("consumer-groups", ["--list"])).toContain(group);
      await tool("consumer-groups", ["--delete", "--group", group]);
      expect(await tool("consumer-groups", ["--list"])).not.toContain(group);
    },
    TOOLS_MS_MAX,
  );

  test(
    "the performance tools write and read, and kafka-transactions tells of it",
    async () => {
      const topic = await topicOf("perf");
      const transaction = `${topic}-id`;
      const written = await kafkaTool("producer-perf-test", [
        ...["--topic", topic, "--num-records", "20000", "--record-size", "100", "--throughput", "-1"],
        ...["--command-property", `bootstrap.servers=${broker.address}`, "linger.ms=5"],
        ...["--transactional-id", transaction, "--transaction-duration-ms", "50"],
      ]);
      expect(written).toContain("20000 records sent");
      const read = await tool("consumer-perf-test", ["--topic", topic, "--messages", "20000", "--timeout", "20000"]);
      expect(Number(read.trim().split("\n").at(-1)?.split(", ")[4])).toBeGreaterThanOrEqual(20_000);
      expect(await tool("transactions", ["list"])).toMatch(
        new RegExp(`${transaction}\\s+\\d+\\s+\\d+\\s+CompleteCommit`),
      );
      expect(await tool("transactions", ["describe", "--transactional-id", transaction])).toContain("CompleteCommit");
      expect(await tool("transactions", ["describe-producers", "--topic", topic, "--partition", "0"])).toContain(
        "None",
      );
    },
    TOOLS_MS_MAX,
  );

  test(
    "the console consumer leaves out what was aborted, when asked for committed records",
    async () => {
      const topic = await topicOf("committed");
      await abortAndCommit(broker.address, topic);
      const read = (isolation: string, count: string) =>
        tool("console-consumer", [
          ...["--topic", topic, "--from-beginning", "--max-messages", count, "--isolation-level", isolation],
        ]);
      expect(await read("read_committed", "1")).toBe("kept\n");
      expect(await read("read_uncommitted", "2")).toBe("dropped\nkept\n");
    },
    TOOLS_MS_MAX,
  );
});
