import { expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { AssignerProtocol, type Consumer, Kafka, logLevel, type Producer } from "kafkajs";
import { openBroker } from "../../src/broker/index.ts";
import { MESSAGES } from "../../src/broker/protocol/index.ts";
import { connectWire, type WireClient } from "../support/broker/client.ts";
import { Random } from "../support/random.ts";
import { until } from "../support/until.ts";

/*
 * Deployments, crashes and long pauses make members come and go all day. If two members ever own one partition, its
 * events are handled out of order and twice; if nobody owns it, they wait; and if a committed offset goes back, everything
 * since is handled again. Here consumers of kafkajs join, leave and are killed at random while events flow.
 */
const CHURN_MS = Number(process.env.CHURN_SECONDS ?? 10) * 1000;
const PARTITIONS = 6;
const TOPIC = "orders";
const GROUP = "readers";

test(
  "while members are killed and join, each partition has one owner, and commits never go back",
  async () => {
    await using broker = await openBroker({ topics: [{ name: TOPIC, partitions: PARTITIONS }] });
    await using wire = await connectWire(broker.address);
    const random = new Random(20_261_121);
    const handled = new Handled();
    const members: ChurningMember[] = [];
    const join = async () => {
      members.push(await openMember(broker.address, `member-${members.length}`, handled));
    };
    const traffic = await openTraffic(broker.address);
    const offsets = watchOffsets(wire);
    const owners = watchOwners(await connectWire(broker.address));
    try {
      await join();
      await join();
      const end = performance.now() + CHURN_MS;
      while (performance.now() < end) {
        const alive = members.filter(({ state }) => state === "alive");
        const dice = random.next();
        if (alive.length < 2 || (alive.length < 4 && dice < 0.4)) await join();
        else if (dice < 0.7) alive.at(Math.floor(random.between(0, alive.length)))?.kill();
        else await alive.at(Math.floor(random.between(0, alive.length)))?.leave();
        await Bun.sleep(random.between(300, 1_200));
      }
      const sent = await traffic.stop();
      await until("everything sent was handled", () => sent.every((value) => handled.values.has(value)), {
        timeoutMs: 30_000,
      });
      expect(sent.length).toBeGreaterThan(100);
      expect(members.filter(({ state }) => state === "killed").length).toBeGreaterThan(0);
    } finally {
      await Promise.all(members.map((member) => member.leave()));
    }

    const owned = await owners.stop();
    expect(owned.generations.size).toBeGreaterThan(3);
    expect(owned.wrong).toEqual([]);
    expect(handled.twice).toEqual([]);
    const committed = await offsets.stop();
    expect(committed.wentBack).toEqual([]);
    expect(committed.reads).toBeGreaterThan(20);
  },
  CHURN_MS + 60_000,
);

interface ChurningMember {
  readonly state: "alive" | "killed" | "left";
  /** As a crash would: its connections are cut, and it makes no other. */
  kill(): void;
  leave(): Promise<void>;
}

async function openMember(broker: string, clientId: string, handled: Handled): Promise<ChurningMember> {
  const sockets = new Set<Socket>();
  let joins = 0;
  let state: ChurningMember["state"] = "alive";
  const kafka = new Kafka({
    clientId,
    brokers: [broker],
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 20, maxRetryTime: 200, retries: 20 },
    socketFactory: ({ host, port, onConnect }) => {
      // Nobody answers a member that was killed; 9 is the port of the discard service, which does not run.
      const socket = connect({ host, port: state === "killed" ? 9 : port }, onConnect);
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      return socket;
    },
  });
  const consumer: Consumer = kafka.consumer({
    groupId: GROUP,
    sessionTimeout: 6_000,
    // Who has been killed is waited for only so long when the others join again.
    rebalanceTimeout: 1_000,
    heartbeatInterval: 200,
    maxWaitTimeInMs: 100,
    retry: { initialRetryTime: 20, maxRetryTime: 200, retries: 20, restartOnFailure: async () => state === "alive" },
  });
  consumer.on(consumer.events.GROUP_JOIN, () => {
    joins += 1;
  });
  await consumer.connect();
  await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
  await consumer.run({
    autoCommitThreshold: 1,
    eachMessage: async ({ partition, message }) => {
      if (state === "alive") handled.add(partition, `${clientId} after its join ${joins}`, String(message.value));
    },
  });
  return {
    get state() {
      return state;
    },
    kill() {
      state = "killed";
      for (const socket of sockets) socket.destroy();
    },
    async leave() {
      if (state === "alive") state = "left";
      // One that was killed cannot say that it leaves, and need not.
      await consumer.disconnect().catch(() => undefined);
    },
  };
}

/** Sends a numbered event every few milliseconds. */
async function openTraffic(broker: string) {
  const producer: Producer = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  const sent: string[] = [];
  let sending = true;
  const loop = (async () => {
    while (sending) {
      const values = Array.from({ length: PARTITIONS }, (_, partition) => ({
        partition,
        value: `${sent.length + partition}`,
      }));
      await producer.send({ topic: TOPIC, messages: values });
      sent.push(...values.map(({ value }) => value));
      await Bun.sleep(20);
    }
  })();
  return {
    async stop() {
      sending = false;
      await loop;
      await producer.disconnect();
      return sent;
    },
  };
}

/** Asks again and again how far the group has read. */
function watchOffsets(wire: WireClient) {
  const highest = new Map<number, bigint>();
  const wentBack: string[] = [];
  let reads = 0;
  const stop = repeat(async () => {
    const { topics } = await wire.call(MESSAGES.offsetFetch, 7, { groupId: GROUP, topics: null, requireStable: true });
    reads += 1;
    for (const { partitionIndex, committedOffset } of topics[0]?.partitions ?? []) {
      const before = highest.get(partitionIndex) ?? -1n;
      if (committedOffset < before) wentBack.push(`${partitionIndex}: ${before} to ${committedOffset}`);
      highest.set(partitionIndex, committedOffset);
    }
  });
  return {
    async stop() {
      await stop();
      return { wentBack, reads };
    },
  };
}

/** Asks again and again who owns what; in a stable group each partition has one owner. */
function watchOwners(wire: WireClient) {
  const generations = new Set<string>();
  const wrong: string[] = [];
  const stop = repeat(async () => {
    const { groups } = await wire.call(MESSAGES.describeGroups, 5, {
      groups: [GROUP],
      includeAuthorizedOperations: false,
    });
    const [group] = groups;
    if (group?.groupState !== "Stable") return;
    const owned = group.members.flatMap(
      ({ memberAssignment }) => AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment[TOPIC] ?? [],
    );
    generations.add(group.members.map(({ memberId }) => memberId).join());
    const all = Array.from({ length: PARTITIONS }, (_, index) => index).join();
    const told = owned.toSorted((one, other) => one - other).join();
    if (told !== all) wrong.push(told);
  });
  return {
    async stop() {
      await stop();
      wire.close();
      return { generations, wrong };
    },
  };
}

/** What was handled, and by whom: an owner of a partition that was followed by another must not handle it any more. */
class Handled {
  readonly values = new Set<string>();
  readonly twice: string[] = [];
  readonly #owners = new Map<number, { current: string; readonly former: Set<string> }>();

  add(partition: number, owner: string, value: string): void {
    this.values.add(value);
    const owners = this.#owners.get(partition) ?? { current: owner, former: new Set<string>() };
    this.#owners.set(partition, owners);
    if (owners.current === owner) return;
    if (owners.former.has(owner)) this.twice.push(`${partition}: ${owner}, and ${owners.current}`);
    owners.former.add(owners.current);
    owners.current = owner;
  }
}

/** Does something every few milliseconds until it is stopped. */
function repeat(work: () => Promise<void>): () => Promise<void> {
  let going = true;
  const loop = (async () => {
    while (going) {
      await work();
      await Bun.sleep(15);
    }
  })();
  return async () => {
    going = false;
    await loop;
  };
}
