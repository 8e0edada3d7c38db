import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Broker, diskFiles, openBroker } from "../../src/broker/index.ts";
import { ERROR_CODES, MESSAGES } from "../../src/broker/protocol/index.ts";
import { batchOf } from "../support/broker/batch.ts";
import { connectWire, type WireClient } from "../support/broker/client.ts";
import { append } from "../support/broker/requests.ts";

/*
 * What an administrator is told by a broker that poses as three. Apache Kafka's own answers, of one node, are in the
 * contract suites.
 */
let broker: Broker;
let clients: readonly WireClient[];

beforeAll(async () => {
  broker = await openBroker({ nodes: 3, topics: [{ name: "orders", assignments: [[1], [2], [3]] }] });
  clients = await Promise.all(broker.address.split(",").map((address) => connectWire(address)));
});

afterAll(async () => {
  for (const client of clients) client.close();
  await broker.close();
});

const nodeClient = (nodeId: number): WireClient => {
  const client = clients[nodeId - 1];
  if (!client) throw new Error(`there is no node ${nodeId}`);
  return client;
};

test("added partitions are on the nodes that were named, the leader first", async () => {
  broker.topics.create({ name: "placed", assignments: [[1, 2]] });
  const { results } = await nodeClient(1).call(MESSAGES.createPartitions, 3, {
    topics: [{ name: "placed", count: 3, assignments: [{ brokerIds: [3, 1] }, { brokerIds: [2, 3] }] }],
    timeoutMs: 1_000,
    validateOnly: false,
  });
  expect(results).toMatchObject([{ errorCode: 0 }]);
  const placed = broker.topics.get("placed")?.partitions ?? [];
  expect(placed.map(({ replicas }) => replicas)).toEqual([
    [1, 2],
    [3, 1],
    [2, 3],
  ]);
});

test("records are deleted by the node that leads the partition, and by no other", async () => {
  await append(nodeClient(2), "orders", batchOf({ records: [{ value: "a" }] }), { partition: 1 });
  const cut = async (nodeId: number) => {
    const topics = [{ name: "orders", partitions: [{ partitionIndex: 1, offset: -1n }] }];
    const answer = await nodeClient(nodeId).call(MESSAGES.deleteRecords, 2, { topics, timeoutMs: 1_000 });
    return answer.topics[0]?.partitions[0];
  };
  expect(await cut(1)).toMatchObject({ errorCode: ERROR_CODES.NOT_LEADER_OR_FOLLOWER, lowWatermark: -1n });
  expect(await cut(2)).toMatchObject({ errorCode: 0, lowWatermark: 1n });
});

test("each node tells the logs that it leads", async () => {
  for (const nodeId of [1, 2, 3]) {
    const { results } = await nodeClient(nodeId).call(MESSAGES.describeLogDirs, 4, {
      topics: [{ topic: "orders", partitions: [0, 1, 2] }],
    });
    expect(results).toMatchObject([
      { logDir: "memory", topics: [{ name: "orders", partitions: [{ partitionIndex: nodeId - 1 }] }] },
    ]);
  }
});

test("each node tells its own settings, and none can be changed", async () => {
  const resource = { resourceType: 4, resourceName: "2" };
  const ask = async (nodeId: number) => {
    const asked = { ...resource, configurationKeys: ["node.id", "advertised.listeners"] };
    const { results } = await nodeClient(nodeId).call(MESSAGES.describeConfigs, 4, { resources: [asked] });
    return results[0];
  };
  const { host, port } = broker.nodes[1] ?? {};
  expect((await ask(2))?.configs.map(({ value }) => value)).toEqual(["2", `PLAINTEXT://${host}:${port}`]);
  expect((await ask(1))?.errorMessage).toBe("Unexpected broker id, expected 1 or empty string, but received 2");
  const { responses } = await nodeClient(2).call(MESSAGES.incrementalAlterConfigs, 1, {
    resources: [{ ...resource, configs: [{ name: "log.retention.ms", configOperation: 0, value: "5" }] }],
    validateOnly: false,
  });
  expect(responses[0]?.errorMessage).toBe("Cannot update these configs dynamically: [log.retention.ms]");
});

test("partitions of all topics are told by pages of at most two thousand", async () => {
  await using large = await openBroker({
    topics: [
      { name: "a", partitions: 1_500 },
      { name: "b", partitions: 1_500 },
    ],
  });
  await using client = await connectWire(large.address);
  const ask = (cursor: { topicName: string; partitionIndex: number } | null) =>
    client.call(MESSAGES.describeTopicPartitions, 0, { topics: [], responsePartitionLimit: 1_000_000, cursor });
  const first = await ask(null);
  expect(first.topics.map(({ partitions }) => partitions.length)).toEqual([1_500, 500]);
  expect(first.nextCursor).toEqual({ topicName: "b", partitionIndex: 500 });
  const second = await ask(first.nextCursor);
  expect(second.topics.map(({ partitions }) => partitions.length)).toEqual([1_000]);
  expect(second.nextCursor).toBeNull();
});

test("a broker on disk tells where its logs are and how much room the disk has", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-admin-"));
  try {
    await using kept = await openBroker({ files: diskFiles(folder), topics: [{ name: "orders" }] });
    await using client = await connectWire(kept.address);
    const [directory] = (await client.call(MESSAGES.describeLogDirs, 4, { topics: null })).results;
    expect(directory).toMatchObject({ logDir: folder, topics: [{ name: "orders" }] });
    expect(Number(directory?.totalBytes)).toBeGreaterThan(Number(directory?.usableBytes));
    expect(Number(directory?.usableBytes)).toBeGreaterThan(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
