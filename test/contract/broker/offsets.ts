import { expect } from "bun:test";
import { ERROR_CODES, MESSAGES } from "../../../src/broker/protocol/index.ts";
import { batchOf } from "../../support/broker/batch.ts";
import { append, EARLIEST, LATEST, offsetOf, only } from "../../support/broker/requests.ts";
import { addPartition, end, init } from "../../support/broker/transactional.ts";
import { until } from "../../support/until.ts";
import { type Bench, type BrokerUnderTest, brokerSuite } from "./suite.ts";

const COMMITTED = { isolationLevel: 1 };
const MAX_TIMESTAMP = -3n;
const EARLIEST_LOCAL = -4n;
const LATEST_TIERED = -5n;
const EARLIEST_PENDING = -6n;

/** A topic whose records have these times, one batch each. */
async function timed({ client, topic }: Bench, times: readonly number[]): Promise<string> {
  const name = await topic();
  for (const timestamp of times) await append(client, name, batchOf({ records: [{ value: "x", timestamp }] }));
  return name;
}

async function epochEnd({ client }: Bench, topic: string, leaderEpoch: number, currentLeaderEpoch = -1, version = 4) {
  const { topics } = await client.call(MESSAGES.offsetForLeaderEpoch, version, {
    replicaId: -1,
    topics: [{ topic, partitions: [{ partition: 0, currentLeaderEpoch, leaderEpoch }] }],
  });
  return only(only(topics).partitions);
}

/** What a broker answers to ListOffsets and OffsetForLeaderEpoch. */
export const offsetsSuite = (target: BrokerUnderTest): void =>
  brokerSuite("offsets", target, (state) => {
    state("earliest and latest are the two ends of the log, in every version", async (bench) => {
      const name = await timed(bench, [1_000, 2_000, 3_000]);
      for (const version of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) {
        const leaderEpoch = version >= 4 ? 0 : -1;
        const found = (offset: bigint) => ({ partitionIndex: 0, errorCode: 0, timestamp: -1n, offset, leaderEpoch });
        expect(await offsetOf(bench.client, name, EARLIEST, { version })).toEqual(found(0n));
        expect(await offsetOf(bench.client, name, LATEST, { version })).toEqual(found(3n));
      }
    });

    state("an empty log begins and ends at 0, and has no record of any time", async (bench) => {
      const name = await timed(bench, []);
      expect(await offsetOf(bench.client, name, EARLIEST)).toMatchObject({ offset: 0n, leaderEpoch: 0 });
      expect(await offsetOf(bench.client, name, LATEST)).toMatchObject({ offset: 0n, leaderEpoch: 0 });
      for (const timestamp of [0n, MAX_TIMESTAMP]) {
        expect(await offsetOf(bench.client, name, timestamp)).toMatchObject({
          errorCode: 0,
          offset: -1n,
          timestamp: -1n,
        });
      }
    });

    state("a time is answered with the first record that is not older", async (bench) => {
      const name = await timed(bench, [1_000, 3_000, 2_000, 5_000]);
      const found = async (timestamp: bigint) => {
        const { offset, timestamp: at } = await offsetOf(bench.client, name, timestamp);
        return [offset, at];
      };
      expect(await found(0n)).toEqual([0n, 1_000n]);
      expect(await found(1_001n)).toEqual([1n, 3_000n]);
      expect(await found(3_000n)).toEqual([1n, 3_000n]);
      expect(await found(3_001n)).toEqual([3n, 5_000n]);
      expect(await found(5_001n)).toEqual([-1n, -1n]);
    });

    state("a record inside a batch is found by its own time", async ({ client, topic }) => {
      const name = await topic();
      const records = [1_000, 2_000, 3_000].map((timestamp) => ({ value: "x", timestamp }));
      await append(client, name, batchOf({ records }));
      expect(await offsetOf(client, name, 1_500n)).toMatchObject({ offset: 1n, timestamp: 2_000n });
    });

    state("the end of committed records is where the first open transaction begins", async (bench) => {
      const { client } = bench;
      const [name, id] = [await timed(bench, [1_000]), bench.name("tx")];
      const producer = await init(client, id);
      await addPartition(client, id, producer, name);
      const open = batchOf({ records: [{ value: "x", timestamp: 2_000 }], transactional: true, ...producer });
      await append(client, name, open, { transactionalId: id });
      const ends = async () => {
        const [all, committed] = [
          await offsetOf(client, name, LATEST),
          await offsetOf(client, name, LATEST, COMMITTED),
        ];
        return [all.offset, committed.offset];
      };
      expect(await ends()).toEqual([2n, 1n]);
      // What is not committed is not found by its time either.
      expect((await offsetOf(client, name, 1_500n)).offset).toBe(1n);
      expect((await offsetOf(client, name, 1_500n, COMMITTED)).offset).toBe(-1n);
      await end(client, id, producer, true);
      // The marker has an offset too, and Apache Kafka writes it after it has answered.
      await until("it is committed", async () => (await offsetOf(client, name, LATEST, COMMITTED)).offset === 3n);
      expect((await offsetOf(client, name, 1_500n, COMMITTED)).offset).toBe(1n);
    });

    state("-3 is the record with the newest time, the first of several (KIP-734)", async (bench) => {
      const name = await timed(bench, [1_000, 9_000, 9_000, 3_000]);
      expect(await offsetOf(bench.client, name, MAX_TIMESTAMP)).toMatchObject({ offset: 1n, timestamp: 9_000n });
    });

    state(
      "the record with the newest time is not told to readers of committed records while it is not committed",
      async ({ client, topic, name }) => {
        const [orders, transactionalId] = [await topic(), name("tx")];
        await append(client, orders, batchOf({ records: [{ value: "a", timestamp: 1_000 }] }));
        const producer = await init(client, transactionalId);
        await addPartition(client, transactionalId, producer, orders);
        const open = batchOf({ records: [{ value: "b", timestamp: 2_000 }], ...producer, transactional: true });
        await append(client, orders, open, { transactionalId });
        const NEWEST = { offset: 1n, timestamp: 2_000n };
        expect(await offsetOf(client, orders, MAX_TIMESTAMP)).toMatchObject(NEWEST);
        const hidden = { errorCode: 0, offset: -1n, timestamp: -1n };
        expect(await offsetOf(client, orders, MAX_TIMESTAMP, COMMITTED)).toMatchObject(hidden);
      },
    );

    state("-4, -5 and -6 are about tiered storage, of which there is none", async (bench) => {
      const name = await timed(bench, [1_000, 2_000]);
      expect(await offsetOf(bench.client, name, EARLIEST_LOCAL, { version: 11 })).toMatchObject({
        errorCode: 0,
        offset: 0n,
      });
      for (const timestamp of [LATEST_TIERED, EARLIEST_PENDING]) {
        expect(await offsetOf(bench.client, name, timestamp, { version: 11 })).toMatchObject({
          errorCode: 0,
          offset: -1n,
          leaderEpoch: -1,
        });
      }
    });

    state("a number that a version does not know is UNSUPPORTED_VERSION", async (bench) => {
      const name = await timed(bench, [1_000]);
      const unknown: readonly (readonly [bigint, number])[] = [
        [-3n, 6],
        [-4n, 7],
        [-5n, 8],
        [-6n, 10],
        [-7n, 11],
      ];
      for (const [timestamp, version] of unknown) {
        const { errorCode } = await offsetOf(bench.client, name, timestamp, { version });
        expect(errorCode).toBe(ERROR_CODES.UNSUPPORTED_VERSION);
      }
    });

    state("what is not there is UNKNOWN_TOPIC_OR_PARTITION", async (bench) => {
      const name = await timed(bench, []);
      const missing = { errorCode: ERROR_CODES.UNKNOWN_TOPIC_OR_PARTITION, offset: -1n, timestamp: -1n };
      expect(await offsetOf(bench.client, name, LATEST, { partition: 9 })).toMatchObject(missing);
      expect(await offsetOf(bench.client, bench.name("missing"), LATEST)).toMatchObject(missing);
    });

    state("an epoch that the leader does not know yet is refused", async (bench) => {
      const name = await timed(bench, [1_000]);
      const { errorCode } = await offsetOf(bench.client, name, LATEST, { currentLeaderEpoch: 5 });
      expect(errorCode).toBe(ERROR_CODES.UNKNOWN_LEADER_EPOCH);
      expect((await epochEnd(bench, name, 0, 5)).errorCode).toBe(ERROR_CODES.UNKNOWN_LEADER_EPOCH);
    });

    state("a partition asked for twice is INVALID_REQUEST", async (bench) => {
      const name = await timed(bench, []);
      const { topics } = await bench.client.call(MESSAGES.listOffsets, 7, {
        replicaId: -1,
        isolationLevel: 0,
        topics: [{ name, partitions: [LATEST, EARLIEST].map((timestamp) => ({ partitionIndex: 0, timestamp })) }],
        timeoutMs: 1_000,
      });
      expect(only(only(topics).partitions).errorCode).toBe(ERROR_CODES.INVALID_REQUEST);
    });

    state("the epoch that lasts ends at the end of the log", async (bench) => {
      const name = await timed(bench, [1_000, 2_000]);
      for (const version of [2, 3, 4]) {
        expect(await epochEnd(bench, name, 0, -1, version)).toMatchObject({
          errorCode: 0,
          leaderEpoch: 0,
          endOffset: 2n,
        });
      }
      expect(await epochEnd(bench, await timed(bench, []), 0)).toMatchObject({ leaderEpoch: 0, endOffset: 0n });
    });

    state("an epoch that never was has no end", async (bench) => {
      const name = await timed(bench, [1_000]);
      for (const epoch of [1, -1]) {
        expect(await epochEnd(bench, name, epoch)).toMatchObject({ errorCode: 0, leaderEpoch: -1, endOffset: -1n });
      }
      expect((await epochEnd(bench, bench.name("missing"), 0)).errorCode).toBe(ERROR_CODES.UNKNOWN_TOPIC_OR_PARTITION);
    });
  });
