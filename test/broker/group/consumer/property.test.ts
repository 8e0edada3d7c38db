import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  type ConsumerGroup,
  type ConsumerHeartbeat,
  type ConsumerTurn,
  consumerGroup,
  consumerHeartbeat,
  expireConsumers,
  nextConsumerDeadline,
  type Place,
  stateOf,
} from "../../../../src/broker/group/consumer/index.ts";
import { KafkaFault } from "../../../../src/broker/protocol/index.ts";

/**
 * In the newer protocol nobody stops while partitions move: a member goes on reading until it is told to give up. So that
 * two never read one partition, the coordinator must not give what somebody may still be reading, however late members
 * answer, and whichever answers are lost on the way.
 */
interface TestClient {
  readonly memberId: string;
  epoch: number;
  /** What it reads. */
  reading: Set<Place>;
  /** It missed an answer, and tells all of itself so that it is told all again. */
  unsure: boolean;
}

type Step = (world: World) => void;

class World {
  readonly group: ConsumerGroup = consumerGroup("readers", 0);
  readonly clients = new Map<string, TestClient>();
  readonly topics = new Map([
    ["t", 3],
    ["u", 2],
  ]);
  now = 0;
  epoch = 0;

  run<R>(verb: (turn: ConsumerTurn) => R): R {
    const turn: ConsumerTurn = {
      now: this.now,
      settings: { consumerSessionTimeoutMs: 45_000, consumerHeartbeatIntervalMs: 5_000, membersMax: 4 },
      topics: (name) => ({ id: `id-${name}`, partitions: this.topics.get(name) ?? 0 }),
      changed: false,
    };
    const result = verb(turn);
    expect(this.group.epoch).toBeGreaterThanOrEqual(this.epoch);
    // What members are told must be stored before.
    if (this.group.epoch > this.epoch) expect(turn.changed).toBe(true);
    this.epoch = this.group.epoch;
    return result;
  }

  /** Lets a client beat. `says` is whether it tells what it reads, `lost` whether the answer gets to it. */
  beat(memberId: string, { says, lost, leaves }: { says: boolean; lost: boolean; leaves: boolean }): void {
    const client = this.clients.get(memberId) ?? {
      memberId,
      epoch: 0,
      reading: new Set<Place>(),
      unsure: false,
    };
    this.clients.set(memberId, client);
    const request = leaves ? heartbeatOf(client, { memberEpoch: -1 }) : heartbeatOf(client, { says });
    try {
      const answer = this.run((turn) => consumerHeartbeat(this.group, request, turn));
      if (leaves) this.clients.delete(memberId);
      else if (lost) client.unsure = true;
      else {
        client.unsure = false;
        client.epoch = answer.memberEpoch;
        if (answer.assignment) client.reading = new Set(answer.assignment);
      }
    } catch (error) {
      if (!(error instanceof KafkaFault)) throw error;
      rejoin(client);
    }
    this.assertSound();
  }

  /** Lets time go by. Who has been silent, or has not given up, for too long is taken for gone. */
  pass(ms: number): void {
    this.now += ms;
    this.run((turn) => expireConsumers(this.group, turn));
    for (const client of this.clients.values()) {
      if (!this.group.members.has(client.memberId)) client.reading = new Set();
    }
    this.assertSound();
  }

  assertSound(): void {
    const places = [...this.clients.values()].flatMap((client) => [...client.reading]);
    expect(new Set(places).size).toBe(places.length);
    for (const member of this.group.members.values()) {
      expect(member.assigned.isDisjointFrom(member.pendingRevocation)).toBe(true);
      expect(member.pendingRevocation.size > 0).toBe(member.state === "unrevoked");
      expect(member.epoch).toBeLessThanOrEqual(this.group.epoch);
    }
    if (this.group.members.size > 0) expect(nextConsumerDeadline(this.group)).toBeLessThanOrEqual(this.now + 45_000);
  }
}

const rejoin = (client: TestClient): void => {
  client.epoch = 0;
  client.reading = new Set();
};

const heartbeatOf = (
  { memberId, epoch, reading, unsure }: TestClient,
  { says = false, memberEpoch = epoch }: { readonly says?: boolean; readonly memberEpoch?: number },
): ConsumerHeartbeat => ({
  memberId,
  memberEpoch,
  instanceId: null,
  rackId: null,
  clientId: "client",
  clientHost: "/127.0.0.1",
  rebalanceTimeoutMs: memberEpoch === 0 || unsure ? 20_000 : -1,
  topics: memberEpoch === 0 || unsure ? ["t", "u"] : null,
  assignor: null,
  owned: memberEpoch === 0 ? new Set() : says || unsure ? reading : null,
});

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .record({
        who: fc.constantFrom("a", "b", "c"),
        says: fc.boolean(),
        lost: fc.boolean(),
        leaves: fc.constant(false),
      })
      .map(
        ({ who, ...given }): Step =>
          (world) =>
            world.beat(who, given),
      ),
  },
  fc.constantFrom("a", "b", "c").map(
    (who): Step =>
      (world) => {
        if (world.clients.get(who)?.epoch) world.beat(who, { says: false, lost: false, leaves: true });
      },
  ),
  fc.constantFrom(1_000, 15_000, 30_000).map(
    (ms): Step =>
      (world) => {
        world.pass(ms);
      },
  ),
  fc.constantFrom("t", "u").map(
    (topic): Step =>
      (world) => {
        world.topics.set(topic, (world.topics.get(topic) ?? 0) + 1);
      },
  ),
);

test("no two members ever read one partition, and in the end all are read", () => {
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 60, size: "max" }), (all) => {
      const world = new World();
      for (const step of all) step(world);
      // Everybody answers in time from now on.
      for (let round = 0; round < 12; round++) {
        for (const who of ["a", "b", "c"]) world.beat(who, { says: true, lost: false, leaves: false });
      }
      expect(stateOf(world.group)).toBe("Stable");
      const total = [...world.topics.values()].reduce((sum, count) => sum + count, 0);
      const shares = [...world.clients.values()].map(({ reading }) => reading.size);
      expect(shares.reduce((sum, size) => sum + size, 0)).toBe(total);
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThan(2);
      world.pass(50_000);
      expect(stateOf(world.group)).toBe("Empty");
      expect(world.group.timers.size).toBe(0);
    }),
    { numRuns: 500 },
  );
});
