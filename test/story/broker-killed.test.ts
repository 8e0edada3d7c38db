import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MESSAGES } from "../../src/broker/protocol/index.ts";
import { batchesOf, batchOf, type StoredBatch } from "../support/broker/batch.ts";
import { connectWire, type WireClient } from "../support/broker/client.ts";
import { append, EARLIEST, fetchFrom, LATEST, offsetOf, only } from "../support/broker/requests.ts";
import { spawnSluiceBroker, startSluiceBroker } from "../support/broker/sluice-broker.ts";
import { type Identity, tryInit } from "../support/broker/transactional.ts";
import { Random } from "../support/random.ts";
import { until } from "../support/until.ts";

/*
 * Who runs `sluice broker --data` believes that an answer means stored. The power goes, the machine is out of memory,
 * somebody types `kill -9`: nobody is asked whether now is a good moment. Producers write over TCP while the broker is
 * killed and started again, over and over, sometimes while it is still starting; an idempotent one sends again what had
 * no answer, a plain one does not, and a group commits how far it is. Then all that is stored is read, and held against
 * what was sent and what was answered.
 */
const ROUNDS = Number(process.env.KILL_ROUNDS ?? 5);
const SEED = Number(process.env.TEST_SEED ?? Date.now() % 100_000);
const IDEMPOTENT = "idempotent";
const PLAIN = "plain";
const PARTITIONS = 2;
const GROUP = "readers";
/** As many as Kafka allows an idempotent producer. */
const IN_FLIGHT = 5;

test(
  `what \`sluice broker --data\` acknowledged is there once after each of ${ROUNDS} kills (seed ${SEED})`,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "sluice-killed-"));
    const random = new Random(SEED);
    const producers = [
      ...Array.from({ length: PARTITIONS }, (_, partition) => new Producer(IDEMPOTENT, partition, random)),
      ...Array.from({ length: PARTITIONS }, (_, partition) => new Producer(PLAIN, partition, random)),
    ];
    const reader = new Reader();
    const ids = new Set<bigint>();
    try {
      for (let round = 0; round < ROUNDS; round++) {
        if (random.chance(0.2)) await killWhileStarting(folder, random.between(0, 300));
        const broker = await startSluiceBroker("--port", "0", "--data", folder);
        const [address = ""] = broker.addresses;
        await using client = await connectWire(address);
        if (round === 0) await createTopics(client);
        await verify(client, producers, reader, `seed ${SEED}, round ${round}`);
        ids.add(await newProducerId(client));
        expect(ids.size).toBe(round + 1);

        const answers = () => producers.reduce((sum, { acknowledged }) => sum + acknowledged.size, reader.acknowledged);
        const enough = answers() + random.between(1, 2_000);
        const work = [...producers, reader].map((one) => one.work(address));
        await until("some are acknowledged", () => answers() >= enough, { everyMs: 1 });
        // By itself the moment would always be the one at which answers have just come.
        setTimeout(() => broker.kill("SIGKILL"), random.between(0, 20));
        await Promise.all([...work, broker.ended]);
      }
      const last = await startSluiceBroker("--port", "0", "--data", folder);
      await using client = await connectWire(last.addresses[0] ?? "");
      await verify(client, producers, reader, `seed ${SEED}, at the end`);
      last.kill("SIGTERM");
      expect(await last.ended).toBe(0);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    for (const { acknowledged } of producers) expect(acknowledged.size).toBeGreaterThan(ROUNDS);
    expect(reader.acknowledged).toBeGreaterThan(ROUNDS);
  },
  60_000 + ROUNDS * 10_000,
);

async function killWhileStarting(folder: string, afterMs: number): Promise<void> {
  const child = spawnSluiceBroker("--port", "0", "--data", folder);
  const timer = setTimeout(() => child.kill("SIGKILL"), afterMs);
  // One that was up before is killed there and then.
  await child.stdout.getReader().read();
  clearTimeout(timer);
  child.kill("SIGKILL");
  await child.exited;
}

/** Segments and index entries are small, so that kills meet their ends too. */
async function createTopics(client: WireClient): Promise<void> {
  const configs = [
    { name: "segment.ms", value: "200" },
    { name: "segment.bytes", value: String(1024 * 1024) },
    { name: "index.interval.bytes", value: "700" },
  ];
  const { topics } = await client.call(MESSAGES.createTopics, 7, {
    topics: [IDEMPOTENT, PLAIN].map((name) => ({
      name,
      numPartitions: PARTITIONS,
      replicationFactor: 1,
      assignments: [],
      configs,
    })),
    timeoutMs: 10_000,
  });
  expect(topics.map(({ errorCode }) => errorCode)).toEqual([0, 0]);
}

async function newProducerId(client: WireClient): Promise<bigint> {
  const { error, producerId } = await tryInit(client, null);
  expect(error).toBe("NONE");
  return producerId;
}

/** Works until the connection ends, as it does when the broker is killed. */
async function untilCut(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Error) || !/the connection was closed|ECONNREFUSED|Failed to connect/.test(error.message)) {
      throw error;
    }
  }
}

interface Sent {
  readonly sequence: number;
  readonly values: readonly string[];
  readonly records: Buffer;
}

/** Writes numbered records to one partition, several requests at a time. */
class Producer {
  readonly topic: string;
  readonly partition: number;
  /** All that was ever sent. */
  readonly sent: string[] = [];
  /** What was answered: the record, and where it is. */
  readonly acknowledged = new Map<string, bigint>();
  readonly #random: Random;
  #identity: Identity | undefined;
  /** In the order in which they were sent. */
  #unanswered: Sent[] = [];
  #time = Date.now();

  constructor(topic: string, partition: number, random: Random) {
    this.topic = topic;
    this.partition = partition;
    this.#random = random;
  }

  get idempotent(): boolean {
    return this.topic === IDEMPOTENT;
  }

  work(address: string): Promise<void> {
    return untilCut(async () => {
      await using client = await connectWire(address);
      if (this.idempotent) this.#identity ??= await tryInit(client, null);
      // Only a producer that is known by its id may say the same twice.
      const again = this.idempotent ? this.#unanswered : [];
      this.#unanswered = again;
      const underWay = again.map((batch) => this.#send(client, batch));
      try {
        for (;;) {
          while (underWay.length < IN_FLIGHT) underWay.push(this.#send(client, this.#next()));
          await underWay.shift();
        }
      } finally {
        await Promise.allSettled(underWay);
      }
    });
  }

  #next(): Sent {
    const sequence = this.sent.length;
    const count = Math.ceil(this.#random.between(0, 5));
    const values = Array.from({ length: count }, (_, index) => `${this.topic} ${this.partition} ${sequence + index}`);
    // Clocks of producers do not agree, so times go back now and then.
    this.#time = Math.max(this.#time + Math.round(this.#random.between(-20, 25)), Date.now() - 5_000);
    const records = batchOf({
      records: values.map((value, index) => ({ value, key: "k".repeat(100), timestamp: this.#time + index })),
      ...(this.#identity && { ...this.#identity, baseSequence: sequence }),
    });
    const batch = { sequence, values, records };
    this.sent.push(...values);
    this.#unanswered.push(batch);
    return batch;
  }

  async #send(client: WireClient, batch: Sent): Promise<void> {
    const { errorCode, baseOffset } = await append(client, this.topic, batch.records, { partition: this.partition });
    expect({ first: batch.values[0], errorCode }).toEqual({ first: batch.values[0], errorCode: 0 });
    for (const [index, value] of batch.values.entries()) this.acknowledged.set(value, baseOffset + BigInt(index));
    this.#unanswered = this.#unanswered.filter((one) => one !== batch);
  }
}

/** A group that commits ever higher offsets. */
class Reader {
  acknowledged = -1;
  sent = -1;

  work(address: string): Promise<void> {
    return untilCut(async () => {
      await using client = await connectWire(address);
      for (;;) {
        this.sent += 1;
        const partition = { partitionIndex: 0, committedOffset: BigInt(this.sent), committedMetadata: "" };
        const { topics } = await client.call(MESSAGES.offsetCommit, 8, {
          groupId: GROUP,
          generationIdOrMemberEpoch: -1,
          memberId: "",
          topics: [{ name: PLAIN, partitions: [partition] }],
        });
        expect(topics[0]?.partitions[0]?.errorCode).toBe(0);
        this.acknowledged = this.sent;
      }
    });
  }
}

async function verify(client: WireClient, producers: readonly Producer[], reader: Reader, when: string): Promise<void> {
  for (const producer of producers) {
    const batches = await readAll(client, producer);
    const records = batches.flatMap((batch) => batch.records);
    assertOnce(producer, records, `${when}, ${producer.topic} ${producer.partition}`);
    await assertIndexed(client, producer, batches);
  }
  const { groups } = await client.call(MESSAGES.offsetFetch, 8, {
    groups: [{ groupId: GROUP, topics: [{ name: PLAIN, partitionIndexes: [0] }] }],
  });
  const committed = Number(only(only(only(groups).topics).partitions).committedOffset);
  expect([when, committed >= reader.acknowledged, committed <= reader.sent]).toEqual([when, true, true]);
}

/** Every batch from the first to the last offset, without a gap. */
async function readAll(client: WireClient, { topic, partition }: Producer): Promise<StoredBatch[]> {
  const batches: StoredBatch[] = [];
  const { offset: end } = await offsetOf(client, topic, LATEST, { partition });
  expect((await offsetOf(client, topic, EARLIEST, { partition })).offset).toBe(0n);
  for (let next = 0n; next < end; next = (batches.at(-1)?.lastOffset ?? end) + 1n) {
    const { errorCode, records } = await fetchFrom(client, topic, next, { partition, partitionMaxBytes: 1 << 24 });
    const read = batchesOf(records);
    expect({ next, errorCode, baseOffset: read[0]?.baseOffset }).toEqual({ next, errorCode: 0, baseOffset: next });
    batches.push(...read);
  }
  for (const [index, { baseOffset }] of batches.entries()) {
    expect(baseOffset).toBe((batches[index - 1]?.lastOffset ?? -1n) + 1n);
  }
  return batches;
}

function assertOnce(producer: Producer, records: StoredBatch["records"], when: string): void {
  const values = records.map(({ value }) => String(value));
  const places = new Map(values.map((value, index) => [value, records[index]?.offset]));
  expect([when, values.length - places.size]).toEqual([when, 0]);
  const sent = new Set(producer.sent);
  expect([when, values.filter((value) => !sent.has(value))]).toEqual([when, []]);
  const lost = [...producer.acknowledged].filter(([value, offset]) => places.get(value) !== offset);
  expect([when, lost]).toEqual([when, []]);
  // What is sent again until it is answered leaves no hole, and keeps its order.
  if (producer.idempotent) expect(values).toEqual(producer.sent.slice(0, values.length));
}

/** Finding an offset, and a time, gives what going through everything gives. */
async function assertIndexed(
  client: WireClient,
  { topic, partition }: Producer,
  batches: readonly StoredBatch[],
): Promise<void> {
  const records = batches.flatMap((batch) => batch.records);
  const some = Array.from({ length: Math.min(20, batches.length) }, (_, index) =>
    Math.floor((index * batches.length) / 20),
  );
  for (const index of [...some, batches.length - 1]) {
    const batch = batches[index];
    if (batch === undefined) continue;
    const found = await fetchFrom(client, topic, batch.lastOffset, { partition, partitionMaxBytes: 1 });
    expect(batchesOf(found.records)[0]).toEqual(batch);
    for (const time of [batch.baseTimestamp, batch.maxTimestamp + 1n]) {
      const first = records.find(({ timestamp }) => timestamp >= Number(time));
      const { offset, timestamp } = await offsetOf(client, topic, time, { partition });
      expect({ time, offset, timestamp }).toEqual({
        time,
        offset: first?.offset ?? -1n,
        timestamp: BigInt(first?.timestamp ?? -1),
      });
    }
  }
}
