import { expect, test } from "bun:test";
import { readConfigs } from "../../src/broker/configs/index.ts";
import { holdsRecords, type MemoryFiles, memoryFiles, openLog, openTable } from "../../src/broker/log/index.ts";
import { openTopics, type Topics } from "../../src/broker/topics.ts";
import { batchOf } from "../support/broker/batch.ts";

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
    holdsRecords: (folder) => holdsRecords(files, `topics/${folder}`),
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

test("logs of a topic that the table does not name are kept, and the start refused", () => {
  const files = memoryFiles();
  const [first] = topicsOn(files).create({ name: "orders", partitions: 2 }).partitions;
  first?.log.append(batchOf({ records: [{ value: "a" }] }), { leaderEpoch: 0, now: Date.now() });
  files.remove("cluster.table");
  expect(() => topicsOn(files)).toThrow("holds records, and the table of topics does not name it");
  expect(files.list("topics").length).toBe(1);
});

test("logs are removed of a topic that was not made to the end, or not deleted to the end", () => {
  const made = memoryFiles();
  topicsOn(made).create({ name: "orders" });
  made.remove("cluster.table");
  expect([topicsOn(made).all.size, made.list("topics")]).toEqual([0, []]);

  const files = memoryFiles();
  const topics = topicsOn(files);
  const { partitions } = topics.create({ name: "orders" });
  partitions[0]?.log.append(batchOf({ records: [{ value: "a" }] }), { leaderEpoch: 0, now: Date.now() });
  let killed = files;
  const { remove } = files;
  files.remove = (path) => {
    killed = files.copy();
    remove.call(files, path);
  };
  topics.delete("orders");
  expect(killed.list("topics").length).toBe(1);
  expect([topicsOn(killed).all.size, killed.list("topics")]).toEqual([0, []]);
  expect(openTable(files, "cluster.table").entries.size).toBe(0);
});
