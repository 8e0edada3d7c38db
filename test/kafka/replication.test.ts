import { expect, test } from "bun:test";
import { openBroker } from "../../src/broker/index.ts";
import { openAdmin } from "../../src/kafka/index.ts";

test.each([
  [1, 1, 3, "has 1 replica; declared 3, the cluster has 1 broker"],
  [2, 2, 3, "has 2 replicas; declared 3, the cluster has 2 brokers"],
  [3, 1, 2, "has 1 replica, 2 are declared; kafka-reassign-partitions moves them"],
  [2, 2, 1, "has 2 replicas, 1 is declared; kafka-reassign-partitions moves them"],
])("on %d brokers, a topic of %d replicas with %d declared: %s", async (nodes, actual, declared, message) => {
  await using broker = await openBroker({
    nodes,
    topics: [{ name: "orders", partitions: 1, replicas: actual }],
  });
  const admin = await openAdmin({ bootstrapServers: broker.address.split(","), ssl: false, clientId: "test" });
  try {
    const { differences, steps, problems } = await admin.planTopics([
      { topic: "orders", partitions: 1, replication: declared, config: {} },
    ]);
    expect({ told: differences.map((one) => one.message), steps, problems }).toEqual({
      told: [message],
      steps: [],
      problems: [],
    });
  } finally {
    await admin.close();
  }
});
