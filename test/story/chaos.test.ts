import { describe, expect, test } from "bun:test";
import { Cluster, type Delivery, type OutgoingRecord, openProducer } from "../../src/kafka/index.ts";
import { unique, without } from "../support/cluster.ts";
import { readTopic } from "../support/kafka/read-topic.ts";
import { checkReceipts, outOfOrder } from "../support/kafka/receipts.ts";
import { type ChaosBroker, type ChaosCluster, startThreeBrokers } from "../support/kafka/three-brokers.ts";
import { Random } from "../support/random.ts";
import { until } from "../support/until.ts";

/*
 * Three real brokers, replication 3, min.insync.replicas 2, killed and frozen at random, two of them at once too, while
 * events are sent. Afterwards every receipt is looked up in the log. Under these faults plain kafkajs lost up to 41,557
 * of 58,113 events that it had acknowledged. `CHAOS_SECONDS` and `CHAOS_SEED` make it longer, or other.
 */

const SECONDS = Number(process.env.CHAOS_SECONDS ?? 60);
const SEED = Number(process.env.CHAOS_SEED ?? 1);
const EVENTS_PER_SECOND = 400;
const PARTITIONS = 6;
const DELIVERY_TIMEOUT_MS = 10_000;
/** What an answer may come after its deadline: the timer's grain, and a machine that is busy with three brokers. */
const LATE_MS_MAX = 3_000;

interface Fault {
  readonly nodeId: number;
  readonly kind: "kill" | "pause";
  readonly from: number;
  to: number;
}

interface Sent {
  readonly record: OutgoingRecord;
  readonly sentAt: number;
  readonly delivery: Delivery;
  readonly tookMs: number;
}

describe.skipIf(without("brokers"))("three brokers, killed and frozen at random", () => {
  test(
    "every receipt names a place where its own event is, and every event is answered by its deadline",
    async () => {
      await using kafka = await startThreeBrokers();
      const topic = `chaos-${unique()}`;
      const bootstrapServers = kafka.brokers.map(({ address }) => address);
      await createTopic(bootstrapServers, topic);
      await using producer = await openProducer(
        { bootstrapServers, ssl: false, clientId: "chaos" },
        { deliveryTimeoutMs: DELIVERY_TIMEOUT_MS },
      );

      const stopAt = performance.now() + SECONDS * 1_000;
      const faults: Fault[] = [];
      const [sent, writable] = await Promise.all([
        sendUntil(stopAt, topic, (records) => producer.sendAll(records)),
        watchCluster(bootstrapServers, topic, stopAt),
        breakBrokers(kafka, stopAt, faults),
      ]);
      await until("all brokers are up", () => bringBack(kafka), { timeoutMs: 120_000, everyMs: 500 });
      // What is sent once all brokers are back is stored: the producer has found its way again.
      await until(
        "the cluster takes events again",
        async () => (await sendOne(topic, (record) => producer.send(record))).status === "stored",
        {
          timeoutMs: 120_000,
          everyMs: 500,
        },
      );

      const found = await readTopic(bootstrapServers, topic);
      const check = checkReceipts(
        sent.map(({ record }) => record),
        sent.map(({ delivery }) => delivery),
        found,
      );
      const slowestMs = Math.max(...sent.map(({ tookMs }) => tookMs));
      console.log(
        `chaos: seed ${SEED}, ${SECONDS} s, ${faults.length} faults; ${sent.length} events: ${check.stored} stored, ` +
          `${check.failed} failed, ${check.unknown} unknown (${check.unknownButStored} of them stored); ` +
          `slowest answer ${Math.round(slowestMs)} ms`,
      );
      console.log(timeline(sent, faults, writable).join("\n"));
      expect(check.wrong).toEqual([]);
      expect(check.resurrected).toEqual([]);
      expect(check.duplicated).toEqual([]);
      expect(
        outOfOrder(
          sent.map(({ record }) => record),
          found.filter(({ value }) => !value.startsWith("probe")),
        ),
      ).toEqual([]);
      expect(check.stored).toBeGreaterThan(sent.length / 5);
      expect(slowestMs).toBeLessThan(DELIVERY_TIMEOUT_MS + LATE_MS_MAX);
    },
    SECONDS * 1_000 + 420_000,
  );
});

async function createTopic(bootstrapServers: string[], topic: string): Promise<void> {
  const admin = new Cluster({ bootstrapServers, ssl: false, clientId: "chaos-setup" });
  try {
    const topics = [{ topic, numPartitions: PARTITIONS, replicationFactor: 3 }];
    await until("the topic is made", async () => {
      const fields = { topics, validateOnly: false, timeout: 5_000 };
      const { topicErrors } = await admin.call("any", "CreateTopics", fields);
      return topicErrors.every(({ errorCode }) => errorCode === 0 || errorCode === 36);
    });
  } finally {
    admin.close();
  }
}

/** Each broker has troubles of its own; that two are away at once comes by itself, all three never are. */
async function breakBrokers(kafka: ChaosCluster, stopAt: number, faults: Fault[]): Promise<void> {
  await Promise.all(
    kafka.brokers.map(async (broker) => {
      const random = new Random(SEED * 1_000 + broker.nodeId);
      while (performance.now() < stopAt) {
        await Bun.sleep(random.between(2_000, 16_000));
        const away = kafka.brokers.filter(({ state }) => state !== "up").length;
        if (away < 2 && performance.now() < stopAt) await breakOne(broker, random, faults);
      }
    }),
  );
}

async function bringBack({ brokers }: ChaosCluster): Promise<boolean> {
  for (const broker of brokers) {
    await broker.start();
    await broker.unpause();
  }
  return brokers.every(({ state }) => state === "up");
}

async function breakOne(broker: ChaosBroker, random: Random, faults: Fault[]): Promise<void> {
  const kind = random.pick<Fault["kind"]>(["kill", "pause"]);
  const fault: Fault = { nodeId: broker.nodeId, kind, from: performance.now(), to: Number.POSITIVE_INFINITY };
  faults.push(fault);
  if (kind === "kill") await broker.kill();
  else await broker.pause();
  await Bun.sleep(random.between(500, 9_000));
  if (kind === "kill") await broker.start();
  else await broker.unpause();
  fault.to = performance.now();
}

interface Writable {
  readonly at: number;
  readonly count: number;
}

/** How many partitions could be written to, second by second, as another client sees it. */
async function watchCluster(bootstrapServers: string[], topic: string, stopAt: number): Promise<Writable[]> {
  const writable: Writable[] = [];
  while (performance.now() < stopAt) {
    const at = performance.now();
    const other = new Cluster(
      { bootstrapServers, ssl: false, clientId: "watch" },
      { connectTimeoutMs: 500, requestTimeoutMs: 900 },
    );
    await other.refresh([topic]).then(
      () => {
        const partitions = other.topic(topic)?.partitions ?? [];
        writable.push({ at, count: partitions.filter(({ leader, isr }) => leader !== -1 && isr.length >= 2).length });
      },
      () => {}, // No broker answers; the timeline shows it.
    );
    other.close();
    await Bun.sleep(Math.max(0, 1_000 - (performance.now() - at)));
  }
  return writable;
}

/** A character for each second: what became of the events sent in it, and what each broker suffered meanwhile. */
function timeline(sent: readonly Sent[], faults: readonly Fault[], writable: readonly Writable[]): string[] {
  const begun = Math.min(...sent.map(({ sentAt }) => sentAt));
  const bySecond = Map.groupBy(sent, ({ sentAt }) => Math.floor((sentAt - begun) / 1_000));
  const seconds = [...bySecond.keys()].toSorted((one, other) => one - other);
  const events = seconds.map((second) => {
    const statuses = new Set(bySecond.get(second)?.map(({ delivery }) => delivery.status));
    if (!statuses.has("stored")) return ".";
    return statuses.size === 1 ? "#" : "+";
  });
  const brokers = [1, 2, 3].map((nodeId) => {
    const suffered = seconds.map((second) => {
      const at = begun + second * 1_000;
      const fault = faults.find((each) => each.nodeId === nodeId && each.from < at + 1_000 && each.to > at);
      return fault === undefined ? " " : fault.kind.slice(0, 1);
    });
    return `broker ${nodeId}  ${suffered.join("")}`;
  });
  const partitions = seconds.map((second) => {
    const seen = writable.find(({ at }) => Math.floor((at - begun) / 1_000) === second);
    return seen === undefined ? "-" : String(seen.count);
  });
  return [
    "# all stored, + some, . none; k killed, p paused (a killed broker needs seconds more to start);",
    "writable: partitions with a leader and two replicas in sync by the metadata of another client, - for no answer",
    `events    ${events.join("")}`,
    `writable  ${partitions.join("")}`,
    ...brokers,
  ];
}

/** Sends a few events every few milliseconds, whatever became of those before, and waits for all answers. */
async function sendUntil(
  stopAt: number,
  topic: string,
  sendAll: (records: OutgoingRecord[]) => Promise<Delivery[]>,
): Promise<Sent[]> {
  const PAUSE_MS = 10;
  const answers: Promise<Sent[]>[] = [];
  const began = performance.now();
  let count = 0;
  while (performance.now() < stopAt) {
    const due = Math.floor(((performance.now() - began) / 1_000) * EVENTS_PER_SECOND);
    const records = Array.from({ length: due - count }, (_, index) => event(topic, `event ${count + index}`));
    count = due;
    const sentAt = performance.now();
    const answered = sendAll(records).then((deliveries) =>
      records.flatMap((record, index) => {
        const delivery = deliveries[index];
        return delivery === undefined ? [] : [{ record, delivery, sentAt, tookMs: performance.now() - sentAt }];
      }),
    );
    answers.push(answered);
    await Bun.sleep(PAUSE_MS);
  }
  const sent = (await Promise.all(answers)).flat();
  expect(sent.length).toBe(count);
  return sent;
}

let probes = 0;
const sendOne = (topic: string, send: (record: OutgoingRecord) => Promise<Delivery>) =>
  send(event(topic, `probe ${probes++}`));

const event = (topic: string, value: string): OutgoingRecord => ({
  topic,
  key: `key ${Bun.hash.crc32(value) % 500}`,
  value: Buffer.from(value),
  timestamp: Date.now(),
});
