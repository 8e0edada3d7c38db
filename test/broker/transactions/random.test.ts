import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Identity, MOVES, type Transactions } from "../../../src/broker/transactions/index.ts";
import { Crash, TOPIC, World } from "./world.ts";

/**
 * A coordinator is right where no order of requests, no clock and no crash makes it forget what it has answered. Without
 * this test a commit that was acknowledged could be half there after a restart, or a producer that was replaced could
 * still write.
 */
test("whatever producers ask, in whatever order, with crashes anywhere, what was answered holds", () => {
  fc.assert(
    fc.property(fc.array(OPERATION, { minLength: 5, maxLength: 60 }), (operations) => {
      const course = new Course();
      for (const operation of operations) course.run(operation);
      course.finish();
    }),
    { numRuns: 1500 },
  );
});

const client = fc.nat({ max: 3 });
const OPERATION = fc.oneof(
  { weight: 2, arbitrary: fc.record({ verb: fc.constant("init" as const), client, goesOn: fc.boolean() }) },
  { weight: 6, arbitrary: fc.record({ verb: fc.constant("write" as const), client, partition: fc.nat({ max: 2 }) }) },
  { weight: 2, arbitrary: fc.record({ verb: fc.constant("offset" as const), client }) },
  { weight: 4, arbitrary: fc.record({ verb: fc.constant("end" as const), client, committed: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ verb: fc.constant("end again" as const), client, committed: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ verb: fc.constant("wait" as const), ms: fc.nat({ max: 90_000 }) }) },
  { weight: 3, arbitrary: fc.record({ verb: fc.constant("crash" as const), after: fc.nat({ max: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ verb: fc.constant("refuse" as const), markers: fc.nat({ max: 3 }) }) },
);
type Operation = typeof OPERATION extends fc.Arbitrary<infer T> ? T : never;

/** One producer as it sees itself: it may have been replaced, and not know it. */
class Client {
  /** Two have one transactional id, and fence each other. */
  readonly transactionalId: string;
  readonly bumpsEpoch: boolean;
  identity: Identity | undefined;
  before: Identity | undefined;
  /** What it writes bears the name of its transaction. */
  transaction = 0;
  readonly name: string;

  constructor(index: number) {
    this.name = `client ${index}`;
    this.transactionalId = `id ${index % 2}`;
    this.bumpsEpoch = index >= 2;
  }

  get tag(): string {
    return `${this.name}, transaction ${this.transaction}`;
  }

  get producer() {
    return { transactionalId: this.transactionalId, ...(this.identity ?? { producerId: 999n, producerEpoch: 0 }) };
  }
}

class Course {
  readonly #world = new World();
  readonly #clients = [0, 1, 2, 3].map((index) => new Client(index));
  #coordinator: Transactions = this.#world.open();
  readonly #acknowledged = new Map<string, "commit" | "abort">();
  /** Partitions that each transaction may have added, by its tag. */
  readonly #added = new Map<string, Set<number>>();
  readonly #wrote: { readonly tag: string; readonly partition: number }[] = [];
  readonly #offsets = new Set<string>();
  readonly #epochs = new Map<string, Identity>();

  run(operation: Operation): void {
    try {
      this.#run(operation);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      this.#restart();
    }
    for (const { state } of this.#coordinator.all.values()) expect(Object.keys(MOVES)).toContain(state);
  }

  /** Everybody is gone: what is still open is aborted in time, and then the logs are looked at. */
  finish(): void {
    this.#world.refusedMarkers = 0;
    this.#restart();
    this.#world.now += 10 * 60_000;
    this.#coordinator.expire();
    this.#coordinator.expire();
    this.#coordinator.close();
    for (const log of this.#world.logs) expect(log.hasOpen).toBe(false);
    this.#expectOutcomes();
    this.#expectMarkersOnce();
  }

  #run(operation: Operation): void {
    if (operation.verb === "crash") this.#world.crashesAfter = operation.after;
    else if (operation.verb === "refuse") this.#world.refusedMarkers = operation.markers;
    else if (operation.verb === "wait") {
      this.#world.now += operation.ms;
      this.#coordinator.expire();
    } else {
      const asks = this.#clients[operation.client];
      if (!asks) throw new Error("there is no such client");
      this.#ask(asks, operation);
    }
  }

  #ask(asks: Client, operation: Extract<Operation, { client: number }>): void {
    if (operation.verb === "init") this.#init(asks, operation.goesOn);
    else if (operation.verb === "write") this.#write(asks, operation.partition);
    else if (operation.verb === "offset") this.#offset(asks);
    else this.#end(asks, operation.committed, operation.verb === "end" ? asks.identity : asks.before);
  }

  #restart(): void {
    this.#world.crashesAfter = Number.POSITIVE_INFINITY;
    this.#coordinator.close();
    this.#coordinator = this.#world.open();
  }

  #init(asks: Client, goesOn: boolean): void {
    const { transactionalId, identity } = asks;
    const was = goesOn ? identity : undefined;
    asks.transaction += 1;
    const { error, ...given } = this.#coordinator.init({ transactionalId, timeoutMs: 60_000, was });
    if (error !== "NONE") return;
    this.#expectLater(transactionalId, given, { again: was !== undefined });
    asks.identity = given;
    asks.before = undefined;
  }

  #write(asks: Client, partition: number): void {
    const { producer, tag, bumpsEpoch } = asks;
    // It may be added, and the answer be lost.
    this.#added.set(tag, (this.#added.get(tag) ?? new Set()).add(partition));
    if (!bumpsEpoch && this.#coordinator.addPartitions(producer, new Map([[TOPIC, [partition]]])) !== "NONE") return;
    const verified = this.#coordinator.verify({ ...producer, partition: { topic: TOPIC, partition }, add: bumpsEpoch });
    if (verified !== "NONE") return;
    // The broker verifies and appends in one step.
    this.#world.logs[partition]?.append(producer.producerId, producer.producerEpoch, tag);
    this.#wrote.push({ tag, partition });
  }

  #offset(asks: Client): void {
    const { producer, tag } = asks;
    if (this.#coordinator.addOffsets(producer, "group") !== "NONE") return;
    this.#world.commitOffset(producer.producerId, tag);
    this.#offsets.add(tag);
  }

  #end(asks: Client, committed: boolean, identity: Identity | undefined): void {
    if (!identity) return;
    const { transactionalId, bumpsEpoch, tag } = asks;
    const again = identity === asks.before;
    // Where the answer is lost, what comes next may belong to the next transaction.
    if (!again) asks.transaction += 1;
    const { error, ...next } = this.#coordinator.end({ transactionalId, ...identity }, { committed, bumpsEpoch });
    if (error !== "NONE" && !again) asks.transaction -= 1;
    if (error !== "NONE" || again) return;
    this.#acknowledged.set(tag, committed ? "commit" : "abort");
    this.#expectLater(transactionalId, next, { again: true });
    asks.before = identity;
    asks.identity = next;
  }

  /** Who is given an identity fences whoever had one before it; only who asks again is given the same. */
  #expectLater(transactionalId: string, given: Identity, { again }: { again: boolean }): void {
    const last = this.#epochs.get(transactionalId);
    if (last && last.producerId === given.producerId) {
      if (again) expect(given.producerEpoch).toBeGreaterThanOrEqual(last.producerEpoch);
      else expect(given.producerEpoch).toBeGreaterThan(last.producerEpoch);
    }
    this.#epochs.set(transactionalId, given);
  }

  #expectOutcomes(): void {
    const { logs, offsets } = this.#world;
    for (const { tag, partition } of this.#wrote) {
      const values = logs[partition]?.values;
      const isCommitted = values?.committed.includes(tag) ?? false;
      expect([tag, isCommitted, values?.aborted.includes(tag)]).toEqual([tag, isCommitted, !isCommitted]);
      // All that one transaction wrote has one outcome, and that is the one that was answered.
      const outcomes = this.#wrote
        .filter((one) => one.tag === tag)
        .map((one) => logs[one.partition]?.values.committed.includes(tag));
      expect([tag, new Set(outcomes).size]).toEqual([tag, 1]);
      const answered = this.#acknowledged.get(tag);
      if (answered) expect([tag, isCommitted ? "commit" : "abort"]).toEqual([tag, answered]);
      if (this.#offsets.has(tag)) expect([tag, offsets.includes(tag)]).toEqual([tag, isCommitted]);
    }
    for (const tag of this.#offsets) {
      if (this.#acknowledged.get(tag) === "commit") expect(offsets).toContain(tag);
      if (this.#acknowledged.get(tag) === "abort") expect(offsets).not.toContain(tag);
    }
  }

  #expectMarkersOnce(): void {
    for (const [partition, log] of this.#world.logs.entries()) {
      const transactions = [...this.#added.values()].filter((partitions) => partitions.has(partition));
      expect(log.markers).toBeLessThanOrEqual(transactions.length);
    }
  }
}
