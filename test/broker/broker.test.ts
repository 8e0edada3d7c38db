import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrokerOptions, diskFiles, memoryFiles, openBroker } from "../../src/broker/index.ts";
import { ERROR_CODES, MESSAGES, NIL_UUID } from "../../src/broker/protocol/index.ts";
import { batchOf, recordsOf } from "../support/broker/batch.ts";
import { connectWire } from "../support/broker/client.ts";
import { append, fetchFrom, LATEST, offsetOf, only } from "../support/broker/requests.ts";

const batch = (value = "x") => batchOf({ records: [{ value }] });

/** A folder that is gone with the test. */
function folder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "sluice-broker-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

async function metadataOf(address: string) {
  await using client = await connectWire(address);
  return await client.call(MESSAGES.metadata, 12, { topics: null });
}

test("a broker is up within milliseconds, and its topics with it", async () => {
  const tookMs = [];
  for (let times = 0; times < 10; times++) {
    const began = performance.now();
    const broker = await openBroker({ topics: [{ name: "orders", partitions: 12 }] });
    const { topics } = await metadataOf(broker.address);
    tookMs.push(performance.now() - began);
    expect(only(topics).partitions.length).toBe(12);
    await broker.close();
  }
  const [, , , , , median = 0] = tookMs.toSorted((one, other) => one - other);
  process.stdout.write(`broker: ${median.toFixed(1)} ms from nothing to an answer\n`);
  expect(median).toBeLessThan(100);
});

test("topics, their ids and settings, records and the cluster's id are there after a restart", async () => {
  using data = folder();
  const options = (): BrokerOptions => ({ files: diskFiles(data.path), topics: [{ name: "orders", partitions: 2 }] });
  const first = await openBroker(options());
  first.topics.create({ name: "mails", configs: { "retention.ms": "5000" } });
  first.topics.create({ name: "gone" });
  await using client = await connectWire(first.address);
  await append(client, "orders", batch("kept"), { partition: 1 });
  await client.call(MESSAGES.deleteTopics, 5, { topicNames: ["gone"], timeoutMs: 1_000 });
  const before = await metadataOf(first.address);
  await first.close();

  await using second = await openBroker(options());
  const after = await metadataOf(second.address);
  expect(after.clusterId).toBe(before.clusterId);
  expect(after.topics).toEqual(before.topics);
  expect(second.topics.get("mails")?.configs.get("retention.ms")).toBe("5000");
  await using again = await connectWire(second.address);
  const { records } = await fetchFrom(again, "orders", 0n, { partition: 1 });
  expect(only(recordsOf(records)).value?.toString()).toBe("kept");
});

test("what a crash leaves behind of a deleted topic is cleared away", async () => {
  const files = memoryFiles();
  await using broker = await openBroker({ files, topics: [{ name: "orders" }] });
  await using client = await connectWire(broker.address);
  await append(client, "orders", batch());
  const { remove } = files;
  let crashed = files;
  files.remove = (path) => {
    crashed = files.copy();
    remove.call(files, path);
  };
  await client.call(MESSAGES.deleteTopics, 5, { topicNames: ["orders"], timeoutMs: 1_000 });
  expect(crashed.list("topics").length).toBe(1);
  await using again = await openBroker({ files: crashed });
  expect([again.topics.names, crashed.list("topics")]).toEqual([[], []]);
});

test("an operator is told that the storage is full, and a broker on it ends as any other", async () => {
  const told: string[] = [];
  const emit: BrokerOptions["emit"] = (name, detail) => {
    if (name === "broker.storage.failed" && "api" in detail) told.push(detail.api);
  };
  const files = memoryFiles({ bytesMax: 2_000 });
  const broker = await openBroker({ files, topics: [{ name: "orders" }], emit });
  await using client = await connectWire(broker.address);
  expect((await append(client, "orders", batch("x".repeat(3_000)))).errorCode).toBe(ERROR_CODES.KAFKA_STORAGE_ERROR);
  for (let errorCode = 0; errorCode === 0; ) ({ errorCode } = await append(client, "orders", batch()));
  expect(told).toEqual(["Produce", "Produce"]);
  await broker.close();
});

test("a failed start leaves neither its port nor its files taken", async () => {
  using data = folder();
  const failing = openBroker({ files: diskFiles(data.path), topics: [{ name: "a b" }] });
  expect(failing).rejects.toThrow("Topic name is invalid");
  await failing.catch(() => {});
  await (await openBroker({ files: diskFiles(data.path) })).close();
});

test("two brokers cannot have one port", async () => {
  await using broker = await openBroker();
  const [{ port } = { port: 0 }] = broker.nodes;
  expect(openBroker({ port })).rejects.toThrow(`127.0.0.1:${port}: the port is taken`);
});

test("closing twice is a no-op", async () => {
  const broker = await openBroker();
  await broker.close();
  await broker.close();
});

test("one broker poses as three nodes, each of which leads some of the partitions", async () => {
  await using broker = await openBroker({ nodes: 3, topics: [{ name: "orders", partitions: 6, replicas: 3 }] });
  for (const address of broker.address.split(",")) {
    const { brokers, topics, controllerId } = await metadataOf(address);
    expect(brokers.map(({ nodeId, host, port }) => [nodeId, `${host}:${port}`])).toEqual(
      broker.address.split(",").map((one, at) => [at + 1, one]),
    );
    expect(controllerId).toBe(1);
    expect(
      only(topics)
        .partitions.map(({ leaderId }) => leaderId)
        .toSorted(),
    ).toEqual([1, 1, 2, 2, 3, 3]);
    expect(only(topics).partitions.every(({ replicaNodes }) => replicaNodes.length === 3)).toBe(true);
  }
});

test("a node that does not lead a partition says who does, and takes nothing", async () => {
  await using broker = await openBroker({ nodes: 2, topics: [{ name: "orders" }] });
  const partition = broker.topics.get("orders")?.partitions[0];
  partition?.moveTo(1);
  await using leader = await connectWire(broker.address.split(",")[0] ?? "");
  await using other = await connectWire(broker.address.split(",")[1] ?? "");
  const { leaderEpoch = -1 } = partition ?? {};

  const { responses, nodeEndpoints } = await other.call(MESSAGES.produce, 12, {
    acks: -1,
    timeoutMs: 1_000,
    topicData: [{ name: "orders", partitionData: [{ index: 0, records: batch() }] }],
  });
  const [{ host, port } = { host: "", port: 0 }] = broker.nodes;
  expect(only(only(responses).partitionResponses)).toMatchObject({
    errorCode: ERROR_CODES.NOT_LEADER_OR_FOLLOWER,
    currentLeader: { leaderId: 1, leaderEpoch },
  });
  expect(nodeEndpoints).toEqual([{ nodeId: 1, host, port, rack: null }]);

  const topicId = broker.topics.get("orders")?.id ?? NIL_UUID;
  const fetched = await other.call(MESSAGES.fetch, 16, {
    maxWaitMs: 20_000,
    minBytes: 1,
    topics: [{ topicId, partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1_000 }] }],
  });
  expect(only(only(fetched.responses).partitions)).toMatchObject({
    errorCode: ERROR_CODES.NOT_LEADER_OR_FOLLOWER,
    currentLeader: { leaderId: 1, leaderEpoch },
  });
  expect(fetched.nodeEndpoints.map(({ nodeId }) => nodeId)).toEqual([1]);
  expect((await offsetOf(other, "orders", LATEST)).errorCode).toBe(ERROR_CODES.NOT_LEADER_OR_FOLLOWER);
  expect((await offsetOf(leader, "orders", LATEST)).offset).toBe(0n);
});

test("a leader that moves fences those who have not heard of it, and ends their waits", async () => {
  await using broker = await openBroker({ nodes: 2, topics: [{ name: "orders" }] });
  const partition = broker.topics.get("orders")?.partitions[0];
  partition?.moveTo(1);
  const { leaderEpoch: epoch = 0 } = partition ?? {};
  const [first = "", second = ""] = broker.address.split(",");
  await using one = await connectWire(first);
  await using two = await connectWire(second);
  await append(one, "orders", batch("before"));

  const waiting = fetchFrom(one, "orders", 1n, { maxWaitMs: 20_000 });
  await using bystander = await connectWire(first);
  await offsetOf(bystander, "orders", LATEST); // The wait has begun before this is answered.
  partition?.moveTo(2);
  expect((await waiting).errorCode).toBe(ERROR_CODES.NOT_LEADER_OR_FOLLOWER);

  const fenced = await fetchFrom(two, "orders", 0n, { currentLeaderEpoch: epoch });
  expect(fenced).toMatchObject({
    errorCode: ERROR_CODES.FENCED_LEADER_EPOCH,
    currentLeader: { leaderId: 2, leaderEpoch: epoch + 1 },
  });
  await append(two, "orders", batch("after"));
  const current = { currentLeaderEpoch: epoch + 1 };
  const { records } = await fetchFrom(two, "orders", 0n, current);
  expect(recordsOf(records).map(({ value }) => value?.toString())).toEqual(["before", "after"]);
  // The epoch before ended where the new leader began.
  const { topics } = await two.call(MESSAGES.offsetForLeaderEpoch, 4, {
    topics: [{ topic: "orders", partitions: [{ partition: 0, currentLeaderEpoch: epoch + 1, leaderEpoch: epoch }] }],
  });
  expect(only(only(topics).partitions)).toMatchObject({ leaderEpoch: epoch, endOffset: 1n });
  const diverged = await fetchFrom(two, "orders", 2n, { ...current, lastFetchedEpoch: epoch });
  expect(diverged.divergingEpoch).toEqual({ epoch, endOffset: 1n });
});

test("topics that come and go elsewhere do not end the wait of who reads", async () => {
  await using broker = await openBroker({ topics: [{ name: "orders" }] });
  await using client = await connectWire(broker.address);
  const began = performance.now();
  const waiting = fetchFrom(client, "orders", 0n, { maxWaitMs: 300 });
  await using other = await connectWire(broker.address);
  await offsetOf(other, "orders", LATEST); // The wait has begun before this is answered.
  broker.topics.create({ name: "mails" });
  await waiting;
  expect(performance.now() - began).toBeGreaterThan(290);
});

test("fewer nodes than last time lead everything, under new epochs", async () => {
  const files = memoryFiles();
  const three = await openBroker({ files, nodes: 3, topics: [{ name: "orders", partitions: 3 }] });
  const copy = files.copy();
  const epochs = three.topics.get("orders")?.partitions.map(({ leaderId }) => (leaderId === 1 ? 0 : 1));
  await three.close();
  await using one = await openBroker({ files: copy });
  const partitions = one.topics.get("orders")?.partitions ?? [];
  expect(partitions.map(({ leaderId, leaderEpoch }) => [leaderId, leaderEpoch])).toEqual(
    (epochs ?? []).map((epoch) => [1, epoch]),
  );
});

test("a topic is made by asking for it only where that is wanted", async () => {
  for (const autoCreateTopics of [false, true]) {
    await using broker = await openBroker({ autoCreateTopics });
    await using client = await connectWire(broker.address);
    const asked = async (allowAutoTopicCreation: boolean) => {
      const request = { topics: [{ name: "orders", topicId: NIL_UUID }], allowAutoTopicCreation };
      return only((await client.call(MESSAGES.metadata, 12, request)).topics).errorCode;
    };
    expect(await asked(false)).toBe(ERROR_CODES.UNKNOWN_TOPIC_OR_PARTITION);
    expect(await asked(true)).toBe(autoCreateTopics ? 0 : ERROR_CODES.UNKNOWN_TOPIC_OR_PARTITION);
    expect(broker.topics.names).toEqual(autoCreateTopics ? ["orders"] : []);
  }
});

test("topics and partitions have a limit, which is an answer", async () => {
  await using broker = await openBroker({ limits: { topics: 2, partitions: 10 } });
  broker.topics.create({ name: "a", partitions: 6 });
  expect(() => broker.topics.create({ name: "b", partitions: 5 })).toThrow("over the limit of 10");
  broker.topics.create({ name: "b", partitions: 4 });
  expect(() => broker.topics.create({ name: "c" })).toThrow("There are 2 topics, which is the limit.");
});

test("memory that is full refuses records, and the broker goes on", async () => {
  await using broker = await openBroker({ topics: [{ name: "orders" }], limits: { memoryBytes: 4 * 1024 * 1024 } });
  await using client = await connectWire(broker.address);
  const codes = [];
  for (let times = 0; times < 12; times++)
    codes.push((await append(client, "orders", batch("x".repeat(500_000)))).errorCode);
  expect(codes[0]).toBe(0);
  expect(codes.at(-1)).toBe(ERROR_CODES.KAFKA_STORAGE_ERROR);
  expect((await fetchFrom(client, "orders", 0n)).errorCode).toBe(0);
});

test("what the broker tells of are its start, its end and what went wrong", async () => {
  const told: string[] = [];
  const broker = await openBroker({ emit: (name) => told.push(name), topics: [{ name: "orders" }] });
  const client = await connectWire(broker.address);
  await append(client, "orders", batch());
  client.raw(Buffer.from("ffffffff", "hex"));
  await client.closed;
  await broker.close();
  expect(told).toEqual(["broker.listening", "broker.connection.failed", "broker.stopped"]);
});

test("retention is obeyed when the broker cleans, and it tells what is gone", async () => {
  let now = Date.now();
  const told: unknown[] = [];
  await using broker = await openBroker({
    now: () => now,
    emit: (name, detail) => void (name === "broker.records.dropped" && told.push(detail)),
    topics: [{ name: "orders", configs: { "retention.ms": "1000", "segment.ms": "500" } }],
  });
  await using client = await connectWire(broker.address);
  await append(client, "orders", batch("old"));
  now += 10_000;
  await append(client, "orders", batchOf({ records: [{ value: "new", timestamp: now }] }));
  broker.clean();
  broker.clean();
  expect((await offsetOf(client, "orders", -2n)).offset).toBe(1n);
  expect(told).toEqual([{ topic: "orders", partition: 0, records: 1n }]);
});
