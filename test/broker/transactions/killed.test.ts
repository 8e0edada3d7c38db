import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MESSAGES } from "../../../src/broker/protocol/index.ts";
import { connectWire, type WireClient } from "../../support/broker/client.ts";
import {
  committedValues,
  type Identity,
  init,
  readLog,
  tryEnd,
  tryProduce,
} from "../../support/broker/transactional.ts";
import { Random } from "../../support/random.ts";
import { until } from "../../support/until.ts";

const ROUNDS = 10;
const PRODUCERS = 3;
const PARTITIONS = 3;
const SEED = 20_240_917;

/**
 * A broker that is killed between the decision on a transaction and its markers, or between two of them, must not show
 * half of it: who reads read-committed would act on an order whose payment never appears. Producers write numbered
 * transactions over all partitions, with a group's offset in each, while the broker is killed again and again.
 */
test("each transaction that was committed is wholly there after kill -9, and each other one wholly hidden", async () => {
  const directory = await mkdtemp(join(tmpdir(), "sluice-killed-"));
  const ledger = new Ledger(new Random(SEED));
  try {
    for (let round = 0; round < ROUNDS; round++) {
      await using broker = await startBroker(directory);
      if (round === 0) await createTopic(broker.address);
      else await ledger.verify(broker.address);
      await ledger.writeUntilKilled(broker, round);
    }
    await using broker = await startBroker(directory);
    await ledger.verify(broker.address);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  // Of what was under way when a round ended one transaction each is open, so that most were answered.
  expect(ledger.committed.size).toBeGreaterThan(ROUNDS);
  expect(ledger.aborted.size).toBeGreaterThan(ROUNDS / 2);
}, 120_000);

interface Running extends AsyncDisposable {
  readonly address: string;
  kill(): Promise<void>;
}

async function startBroker(directory: string): Promise<Running> {
  const child = Bun.spawn([process.execPath, "test/support/broker/broker-process.ts", directory], {
    stdout: "pipe",
    stderr: "inherit",
  });
  const { value } = await child.stdout.getReader().read();
  if (!value) throw new Error("the broker did not start");
  const kill = async () => {
    child.kill("SIGKILL");
    await child.exited;
  };
  return { address: new TextDecoder().decode(value).trim(), kill, [Symbol.asyncDispose]: kill };
}

const TOPIC = "killed";
const GROUP = "killed";

async function createTopic(address: string): Promise<void> {
  await using client = await connectWire(address);
  const topic = { name: TOPIC, numPartitions: PARTITIONS, replicationFactor: 1, assignments: [], configs: [] };
  await client.call(MESSAGES.createTopics, 7, { topics: [topic], timeoutMs: 10_000 });
}

/** What was asked and answered. A transaction is named by its producer and number, and writes its name everywhere. */
class Ledger {
  readonly committed = new Set<string>();
  readonly aborted = new Set<string>();
  readonly #random: Random;
  #next = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Several producers write until the broker is killed at a moment that nobody chose. */
  async writeUntilKilled(broker: Running, round: number): Promise<void> {
    const answersBefore = this.committed.size + this.aborted.size;
    const producers = Array.from({ length: PRODUCERS }, (_, index) => this.#write(broker.address, index));
    const answers = 1 + Math.floor(this.#random.between(0, 10));
    await until(
      `round ${round} has answers`,
      () => this.committed.size + this.aborted.size >= answersBefore + answers,
      {
        everyMs: 1,
      },
    );
    await broker.kill();
    await Promise.all(producers);
  }

  async verify(address: string): Promise<void> {
    await using client = await connectWire(address);
    // Producers that come back abort what they left.
    for (let index = 0; index < PRODUCERS; index++) await init(client, transactionalId(index));
    const partitions = await Promise.all(
      Array.from({ length: PARTITIONS }, (_, partition) => committedValues(client, TOPIC, partition)),
    );
    for (const [partition, values] of partitions.entries()) {
      expect(new Set(values).size).toBe(values.length);
      for (const name of this.committed) if (!values.includes(name)) throw new Error(`${name} is lost in ${partition}`);
      for (const name of this.aborted) if (values.includes(name)) throw new Error(`${name} is seen in ${partition}`);
      const { stableOffset, endOffset } = await readLog(client, TOPIC, { partition });
      expect(stableOffset).toBe(endOffset);
    }
    // What was not answered is seen everywhere, or nowhere.
    const [first = [], ...others] = partitions.map((values) => values.toSorted(byName));
    for (const values of others) expect(values).toEqual(first);
    for (let index = 0; index < PRODUCERS; index++) await this.#verifyOffset(client, index, first);
  }

  /** A producer's offset is the number of its last transaction that is seen. */
  async #verifyOffset(client: WireClient, index: number, seen: readonly string[]): Promise<void> {
    const numbers = seen.filter((name) => name.startsWith(`${index}:`)).map((name) => Number(name.slice(2)));
    const asked = { groupId: GROUP, topics: [{ name: TOPIC, partitionIndexes: [index] }] };
    const { groups } = await client.call(MESSAGES.offsetFetch, 8, { groups: [asked], requireStable: true });
    const answer = groups[0]?.topics[0]?.partitions[0];
    expect(answer).toMatchObject({ errorCode: 0, committedOffset: BigInt(Math.max(...numbers, -1)) });
  }

  /** Ends when the connection does. */
  async #write(address: string, index: number): Promise<void> {
    try {
      await using client = await connectWire(address);
      let identity = await init(client, transactionalId(index));
      for (;;) identity = await this.#transaction(client, index, identity);
    } catch (error) {
      if (!(error instanceof Error) || !ENDED.test(error.message)) throw error;
    }
  }

  async #transaction(client: WireClient, index: number, identity: Identity): Promise<Identity> {
    this.#next += 1;
    const number = this.#next;
    const name = `${index}:${number}`;
    const id = transactionalId(index);
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const batch = { topic: TOPIC, partition, transactionalId: id, ...identity, version: 12, values: [name] };
      expect((await tryProduce(client, batch)).error).toBe("NONE");
    }
    const partitions = [{ partitionIndex: index, committedOffset: BigInt(number), committedMetadata: "" }];
    const { topics } = await client.call(MESSAGES.txnOffsetCommit, 5, {
      transactionalId: id,
      groupId: GROUP,
      ...identity,
      topics: [{ name: TOPIC, partitions }],
    });
    expect(topics[0]?.partitions[0]?.errorCode).toBe(0);
    const commits = this.#random.chance(0.6);
    const { error, ...next } = await tryEnd(client, id, identity, commits, 5);
    expect(error).toBe("NONE");
    (commits ? this.committed : this.aborted).add(name);
    return next;
  }
}

/** What a client says whose broker was killed. */
const ENDED = /the connection was closed|no answer|ECONNREFUSED|Failed to connect/;

const transactionalId = (index: number): string => `killed ${index}`;
const byName = (one: string, other: string): number => (one < other ? -1 : Number(one > other));
