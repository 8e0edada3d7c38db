import { describe, expect, spyOn, test } from "bun:test";
import { createServer } from "node:net";
import { Cluster, KafkaError } from "../../src/kafka/index.ts";
import { StandIn } from "../support/kafka/stand-in.ts";
import { until } from "../support/until.ts";

const open = (bootstrapServers: readonly string[], options: ConstructorParameters<typeof Cluster>[1] = {}) =>
  new Cluster({ bootstrapServers, ssl: false, clientId: "test" }, options);

const kindOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "nothing",
    (error: unknown) => (error instanceof KafkaError ? error.kind : String(error)),
  );

const FIELDS = { transactionalId: null, transactionTimeout: 1_000 };

describe("connecting", () => {
  test("one live bootstrap server among dead ones is enough, and shows all brokers", async () => {
    await using standIn = await StandIn.start({ brokers: 2, topics: {} });
    const cluster = open(["127.0.0.1:1", standIn.bootstrapServers[1] ?? ""]);
    await cluster.connect();
    expect(cluster.nodes().map(({ nodeId }) => nodeId)).toEqual([1, 2]);
    expect(cluster.reachable).toBe(true);
    cluster.close();
  });

  test("a broker that accepts and says nothing does not keep others from answering", async () => {
    await using standIn = await StandIn.start({ brokers: 2, topics: {} });
    standIn.pause(1);
    const cluster = open(standIn.bootstrapServers, { connectTimeoutMs: 5_000 });
    const begun = performance.now();
    await cluster.connect();
    expect(performance.now() - begun).toBeLessThan(2_000);
    cluster.close();
  });

  test("a broker that closes the connection before it has answered is an error, not a wait", async () => {
    const server = createServer((socket) => socket.on("data", () => socket.end()));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    const cluster = open([`127.0.0.1:${port}`], { connectTimeoutMs: 20_000 });
    expect(await kindOf(cluster.connect())).toBe("UNAVAILABLE");
    cluster.close();
    server.close();
  });

  test("no answer at all is UNAVAILABLE, in time", async () => {
    await using standIn = await StandIn.start({ topics: {} });
    standIn.pause(1);
    const cluster = open(standIn.bootstrapServers, { connectTimeoutMs: 100 });
    expect(await kindOf(cluster.connect())).toBe("UNAVAILABLE");
    expect(cluster.reachable).toBe(false);
    cluster.close();
  });

  test.each(["localhost", "localhost:70000", "a:b:c", ""])("%p is no address", (address) => {
    expect(() => open([address])).toThrow(expect.objectContaining({ kind: "INVALID_OPTION" }));
  });
});

describe("requests", () => {
  test("what was not sent is UNAVAILABLE; what was sent and not answered is TIMEOUT or DISCONNECTED", async () => {
    await using standIn = await StandIn.start({ topics: {} });
    const cluster = open(standIn.bootstrapServers, { connectTimeoutMs: 200 });
    await cluster.connect();
    const ask = (timeoutMs: number) => cluster.call(1, "InitProducerId", FIELDS, { timeoutMs });
    await ask(1_000);

    standIn.pause(1);
    expect(await kindOf(ask(100))).toBe("TIMEOUT");
    expect(await kindOf(ask(100))).toBe("UNAVAILABLE"); // The connection was dropped; no new one is answered.
    standIn.resume(1);
    await until("the broker answers again", async () => (await kindOf(ask(1_000))) === "nothing");

    standIn.pause(1);
    const asked = kindOf(ask(5_000));
    await standIn.stop(1);
    expect(await asked).toBe("DISCONNECTED");
    expect(await kindOf(ask(1_000))).toBe("UNAVAILABLE");
    cluster.close();
  });

  test("a broker that comes back on its address is used again", async () => {
    await using standIn = await StandIn.start({ topics: {} });
    const cluster = open(standIn.bootstrapServers);
    await cluster.connect();
    await standIn.stop(1);
    expect(await kindOf(cluster.refresh([]))).toBe("UNAVAILABLE");
    await standIn.restart(1);
    await until("the cluster is seen again", async () => (await kindOf(cluster.refresh([]))) === "nothing");
    expect(cluster.reachable).toBe(true);
    cluster.close();
  });

  test("many callers at once share one connection for each purpose", async () => {
    await using standIn = await StandIn.start({ topics: {} });
    const cluster = open(standIn.bootstrapServers);
    await cluster.connect();
    await Promise.all(Array.from({ length: 50 }, () => cluster.call(1, "InitProducerId", FIELDS)));
    await Promise.all(Array.from({ length: 50 }, () => cluster.open(1, "produce")));
    expect(standIn.broker(1).connections).toBe(2);
    cluster.close();
    await until("all are closed", () => standIn.broker(1).connections === 0);
  });

  test("a request that the broker does not speak is refused without being sent", async () => {
    await using standIn = await StandIn.start({ topics: {} });
    const cluster = open(standIn.bootstrapServers);
    await cluster.connect();
    expect(await kindOf(cluster.call(1, "ListGroups", {}))).toBe("UNSUPPORTED_VERSION");
    cluster.close();
  });

  test("no timer is set in the past: the runtime would warn of it", async () => {
    using timers = spyOn(globalThis, "setTimeout");
    await using standIn = await StandIn.start({ topics: {} });
    const cluster = open(standIn.bootstrapServers);
    await cluster.connect();
    await cluster.call(1, "InitProducerId", FIELDS);
    cluster.close();
    const delays = timers.mock.calls.map(([, ms]) => ms ?? 0);
    expect(delays).not.toBeEmpty();
    expect(delays.filter((ms) => ms < 0)).toEqual([]);
  });

  test("a closed client refuses", async () => {
    await using standIn = await StandIn.start({ topics: {} });
    const cluster = open(standIn.bootstrapServers);
    await cluster.connect();
    const asked = cluster.call(1, "InitProducerId", FIELDS);
    cluster.close();
    cluster.close();
    expect(await kindOf(asked)).not.toBe("nothing");
    expect(await kindOf(cluster.call(1, "InitProducerId", FIELDS))).toBe("CLOSED");
  });
});

describe("metadata", () => {
  test("callers at once share one request", async () => {
    await using standIn = await StandIn.start({ topics: { a: [1], b: [1] } });
    const cluster = open(standIn.bootstrapServers);
    await cluster.connect();
    let asked = 0;
    standIn.onMetadata = () => {
      asked++;
    };
    await Promise.all(Array.from({ length: 100 }, (_, index) => cluster.refresh([index % 2 ? "a" : "b"])));
    expect(asked).toBe(1);
    expect([cluster.leaderOf("a", 0), cluster.leaderOf("b", 0)]).toEqual([1, 1]);
    cluster.close();
  });

  test("a topic that is not there is no error of the request", async () => {
    await using standIn = await StandIn.start({ topics: { a: [1] } });
    const cluster = open(standIn.bootstrapServers);
    await cluster.refresh(["a", "nowhere"]);
    expect(cluster.topic("nowhere")).toMatchObject({ error: "UNKNOWN_TOPIC_OR_PARTITION", partitions: [] });
    expect(cluster.topic("a")).toMatchObject({ error: undefined });
    cluster.close();
  });

  test("a leader of yesterday does not replace the one of today", async () => {
    await using standIn = await StandIn.start({ brokers: 2, topics: { a: [1] } });
    standIn.moveLeader("a", 0, 2);
    const cluster = open(standIn.bootstrapServers);
    await cluster.refresh(["a"]);
    const log = standIn.log("a", 0);
    log.leader = 1;
    log.leaderEpoch = 0;
    await cluster.refresh(["a"]);
    expect(cluster.leaderOf("a", 0)).toBe(2);
    log.leaderEpoch = 2;
    await cluster.refresh(["a"]);
    expect(cluster.leaderOf("a", 0)).toBe(1);
    cluster.close();
  });

  test("a partition that an answer leaves out keeps its number, without a leader", async () => {
    await using standIn = await StandIn.start({ topics: { a: [1, -1, 1, -1] }, leaderless: "left out" });
    const cluster = open(standIn.bootstrapServers);
    await cluster.refresh(["a"]);
    expect([0, 1, 2].map((partition) => cluster.leaderOf("a", partition))).toEqual([1, -1, 1]);
    standIn.moveLeader("a", 3, 1);
    await cluster.refresh(["a"]);
    expect(cluster.topic("a")?.partitions.length).toBe(4);
    standIn.moveLeader("a", 3, -1);
    await cluster.refresh(["a"]);
    expect(cluster.topic("a")?.partitions.map(({ leader }) => leader)).toEqual([1, -1, 1, -1]);
    cluster.close();
  });
});
