import { expect, test } from "bun:test";
import { readConfigs } from "../../src/broker/configs/index.ts";
import { type MemoryFiles, memoryFiles, openLog, openTable } from "../../src/broker/log/index.ts";
import { openTopics, type Topics } from "../../src/broker/topics.ts";

function topicsOn(files: MemoryFiles, nodeIds: readonly number[] = [1]): Topics {
  return openTopics({
    table: openTable(files, "cluster.table"),
    nodeIds,
    topicsMax: 100,
    partitionsMax: 10,
    settingsOf: readConfigs,
    openLog: (folder, settings) => openLog(files, `topics/${folder}`, settings),
    remove: (folder) => files.remove(`topics/${folder}`),
    folders: () => files.list("topics"),
  });
}

test("a topic that cannot be stored is not there, and takes no room", () => {
  const files = memoryFiles();
  const topics = topicsOn(files);
  files.failNextWrite();
  expect(() => topics.create({ name: "orders", partitions: 10 })).toThrow();
  expect([topics.all.size, files.list("topics")]).toEqual([0, []]);
  expect(topics.create({ name: "orders", partitions: 10 }).partitions.length).toBe(10);
});

test("partitions that cannot be stored are not there", () => {
  const files = memoryFiles();
  const topics = topicsOn(files);
  const { id, partitions } = topics.create({ name: "orders", partitions: 2 });
  files.failNextWrite();
  expect(() => topics.addPartitions("orders", 10)).toThrow();
  expect([partitions.length, files.list(`topics/${id}`).length]).toEqual([2, 2]);
  topics.addPartitions("orders", 10);
  expect(partitions.length).toBe(10);
});

test("settings and leaders that cannot be stored stay as they were", () => {
  const files = memoryFiles();
  const topics = topicsOn(files, [1, 2]);
  const [partition] = topics.create({ name: "orders", assignments: [[1]] }).partitions;
  files.failNextWrite();
  expect(() => topics.configure("orders", new Map([["retention.ms", "1"]]))).toThrow();
  expect(topics.get("orders")?.configs.size).toBe(0);
  files.failNextWrite();
  expect(() => partition?.moveTo(2)).toThrow();
  expect([partition?.leaderId, partition?.leaderEpoch]).toEqual([1, 0]);
  partition?.moveTo(2);
  expect([partition?.leaderId, partition?.leaderEpoch, partition?.replicas]).toEqual([2, 1, [2]]);
});

test("listeners hear of topics that come and go and of leaders that move, until they stop", () => {
  const topics = topicsOn(memoryFiles(), [1, 2]);
  let heard = 0;
  const stop = topics.onChange(() => {
    heard += 1;
  });
  const [partition] = topics.create({ name: "orders", assignments: [[1]] }).partitions;
  topics.addPartitions("orders", 2);
  partition?.moveTo(2);
  partition?.moveTo(2); // It leads already.
  topics.delete("orders");
  expect(heard).toBe(4);
  stop();
  topics.create({ name: "orders" });
  expect(heard).toBe(4);
});

test("a name is free again, dots and all, when its topic is deleted", () => {
  const topics = topicsOn(memoryFiles());
  topics.create({ name: "orders.placed" });
  expect(() => topics.assertCreatable({ name: "orders_placed" })).toThrow(
    "collides with existing topic: orders.placed",
  );
  topics.delete("orders.placed");
  topics.assertCreatable({ name: "orders_placed" });
});
