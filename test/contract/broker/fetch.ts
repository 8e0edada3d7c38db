import { expect } from "bun:test";
import { ERROR_CODES, MESSAGES } from "../../../src/broker/protocol/index.ts";
import { type BatchInput, batchesOf, batchOf, recordsOf } from "../../support/broker/batch.ts";
import { append, fetchFrom, LATEST, offsetOf, only, topicIdOf } from "../../support/broker/requests.ts";
import { type Bench, type BrokerUnderTest, brokerSuite } from "./suite.ts";

const batch = (value: string, more: Partial<BatchInput> = {}): Buffer => batchOf({ records: [{ value }], ...more });

async function filled({ client, topic }: Bench, values: readonly string[]): Promise<string> {
  const name = await topic();
  for (const value of values) await append(client, name, batch(value));
  return name;
}

/** Ends before a wait of 25 s would by itself. */
async function soon<T>(waiting: Promise<T>): Promise<T> {
  const began = performance.now();
  const answer = await waiting;
  expect(performance.now() - began).toBeLessThan(15_000);
  return answer;
}

/** What was sent on another connection before is under way by now: other requests have been answered meanwhile. */
async function begun({ client }: Bench, topic: string): Promise<void> {
  for (let times = 0; times < 5; times++) await offsetOf(client, topic, LATEST);
}

const valuesOf = (records: Buffer | null) => recordsOf(records).map(({ value }) => value?.toString());

/** What a broker answers to Fetch. */
export const fetchSuite = (target: BrokerUnderTest): void =>
  brokerSuite("fetch", target, (state) => {
    state("records come from the offset asked for, in every version that names topics", async (bench) => {
      const name = await filled(bench, ["a", "b", "c"]);
      for (const version of [4, 5, 6, 7, 8, 9, 10, 11, 12]) {
        const answer = await fetchFrom(bench.client, name, 1n, { version });
        expect(valuesOf(answer.records)).toEqual(["b", "c"]);
        expect(answer).toMatchObject({
          errorCode: 0,
          highWatermark: 3n,
          lastStableOffset: 3n,
          abortedTransactions: null,
        });
        expect(answer.logStartOffset).toBe(version >= 5 ? 0n : -1n);
      }
    });

    state("topics are named by their ids from version 13 on", async (bench) => {
      const topicId = await topicIdOf(bench.client, await filled(bench, ["a"]));
      for (const version of [13, 14, 15, 16, 17, 18]) {
        const { responses, errorCode } = await bench.client.call(MESSAGES.fetch, version, {
          maxWaitMs: 500,
          minBytes: 1,
          topics: [{ topicId, partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1 << 20 }] }],
        });
        expect(errorCode).toBe(0);
        expect(only(responses).topicId).toBe(topicId);
        expect(valuesOf(only(only(responses).partitions).records)).toEqual(["a"]);
      }
    });

    state("a batch holds records before the offset where it began before", async ({ client, topic }) => {
      const name = await topic();
      await append(client, name, batchOf({ records: [{ value: "a" }, { value: "b" }, { value: "c" }] }));
      const { records } = await fetchFrom(client, name, 2n);
      expect(valuesOf(records)).toEqual(["a", "b", "c"]);
    });

    state("the leader's epoch is stamped into what is stored", async (bench) => {
      const { records } = await fetchFrom(bench.client, await filled(bench, ["a"]), 0n);
      expect(only(batchesOf(records))).toMatchObject({ baseOffset: 0n, leaderEpoch: 0 });
    });

    state("an offset outside the log is OFFSET_OUT_OF_RANGE at once", async (bench) => {
      const name = await filled(bench, ["a"]);
      for (const offset of [2n, -1n, 1_000n]) {
        const answer = await fetchFrom(bench.client, name, offset, { maxWaitMs: 20_000 });
        expect(answer).toMatchObject({
          errorCode: ERROR_CODES.OFFSET_OUT_OF_RANGE,
          highWatermark: -1n,
          logStartOffset: -1n,
        });
      }
    });

    state("at the end it waits as long as it may, and then answers nothing", async (bench) => {
      const name = await filled(bench, ["a"]);
      const began = performance.now();
      const answer = await fetchFrom(bench.client, name, 1n, { maxWaitMs: 300 });
      expect(performance.now() - began).toBeGreaterThan(290);
      expect(answer).toMatchObject({ errorCode: 0, highWatermark: 1n });
      expect(answer.records?.length).toBe(0);
    });

    state("it does not wait where it may not", async (bench) => {
      const name = await filled(bench, ["a"]);
      const answer = await fetchFrom(bench.client, name, 1n, { maxWaitMs: 0, minBytes: 1_000 });
      expect(answer.records?.length).toBe(0);
    });

    state("a record that arrives ends the wait", async (bench) => {
      const name = await filled(bench, ["a"]);
      const waiting = fetchFrom(await bench.connect(), name, 1n, { maxWaitMs: 25_000 });
      await begun(bench, name);
      await append(bench.client, name, batch("b"));
      expect(valuesOf((await soon(waiting)).records)).toEqual(["b"]);
    });

    state("the wait lasts until there are as many bytes as wanted", async (bench) => {
      const name = await filled(bench, ["a"]);
      const waiting = fetchFrom(await bench.connect(), name, 0n, { maxWaitMs: 25_000, minBytes: 2_000 });
      await begun(bench, name);
      for (let at = 0; at < 4; at++) await append(bench.client, name, batch("b".repeat(600)));
      expect(recordsOf((await soon(waiting)).records).length).toBeGreaterThanOrEqual(4);
    });

    state("the first batch is given whole, whatever the limits", async (bench) => {
      const name = await filled(bench, ["a".repeat(500), "b".repeat(500)]);
      for (const limit of [{ partitionMaxBytes: 1 }, { partitionMaxBytes: 0 }, { maxBytes: 1 }]) {
        const { records } = await fetchFrom(bench.client, name, 0n, limit);
        expect(valuesOf(records)).toEqual(["a".repeat(500)]);
      }
    });

    state("the limit of a partition holds for each, that of the response for all", async ({ client, topic }) => {
      const name = await topic(3);
      for (const partition of [0, 1, 2]) {
        for (let at = 0; at < 4; at++) await append(client, name, batch("x".repeat(1_000)), { partition });
      }
      const counts = async (partitionMaxBytes: number, maxBytes: number) => {
        const { responses } = await client.call(MESSAGES.fetch, 12, {
          maxWaitMs: 500,
          minBytes: 1,
          maxBytes,
          topics: [
            {
              topic: name,
              partitions: [0, 1, 2].map((partition) => ({ partition, fetchOffset: 0n, partitionMaxBytes })),
            },
          ],
        });
        const partitions = responses.flatMap(({ partitions }) => partitions);
        return partitions
          .toSorted((one, other) => one.partitionIndex - other.partitionIndex)
          .map(({ records }) => recordsOf(records).length);
      };
      expect(await counts(2_500, 1 << 20)).toEqual([2, 2, 2]);
      expect((await counts(1 << 20, 1)).toSorted()).toEqual([0, 0, 1]);
    });

    state("unknown topics and partitions are told beside those that are there", async (bench) => {
      const name = await filled(bench, ["a"]);
      const missing = bench.name("missing");
      const { responses } = await bench.client.call(MESSAGES.fetch, 12, {
        maxWaitMs: 20_000,
        minBytes: 1,
        topics: [
          {
            topic: name,
            partitions: [0, 9].map((partition) => ({ partition, fetchOffset: 0n, partitionMaxBytes: 1_000 })),
          },
          { topic: missing, partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1_000 }] },
        ],
      });
      const told = responses.flatMap(({ topic, partitions }) =>
        partitions.map(
          ({ partitionIndex, errorCode }) => `${topic === name ? "made" : "missing"} ${partitionIndex} ${errorCode}`,
        ),
      );
      expect(told.toSorted()).toEqual(["made 0 0", "made 9 3", "missing 0 3"]);
    });

    state("an unknown topic does not cut short the wait for the others", async (bench) => {
      const name = await filled(bench, ["a"]);
      const began = performance.now();
      await bench.client.call(MESSAGES.fetch, 12, {
        maxWaitMs: 300,
        minBytes: 1,
        topics: [name, bench.name("missing")].map((topic) => ({
          topic,
          partitions: [{ partition: 0, fetchOffset: 1n, partitionMaxBytes: 1_000 }],
        })),
      });
      // A reader of a topic that is deleted would ask without pause.
      expect(performance.now() - began).toBeGreaterThan(290);
    });

    state("an unknown topic id is UNKNOWN_TOPIC_ID at once", async ({ client }) => {
      const { responses } = await client.call(MESSAGES.fetch, 13, {
        maxWaitMs: 20_000,
        minBytes: 1,
        topics: [
          {
            topicId: "AbcdAAAAAAAAAAAAAAAAAA",
            partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 100 }],
          },
        ],
      });
      expect(only(only(responses).partitions).errorCode).toBe(ERROR_CODES.UNKNOWN_TOPIC_ID);
    });

    state("an epoch that the leader does not know yet is refused", async (bench) => {
      const name = await filled(bench, ["a"]);
      const answer = await fetchFrom(bench.client, name, 0n, { currentLeaderEpoch: 5 });
      expect(answer.errorCode).toBe(ERROR_CODES.UNKNOWN_LEADER_EPOCH);
      expect((await fetchFrom(bench.client, name, 0n, { currentLeaderEpoch: 0 })).errorCode).toBe(0);
    });

    state("a client that has read beyond the log is told where the two part", async (bench) => {
      const name = await filled(bench, ["a", "b"]);
      const epochs = { currentLeaderEpoch: 0, lastFetchedEpoch: 0 };
      const diverged = await fetchFrom(bench.client, name, 10n, epochs);
      expect(diverged).toMatchObject({ errorCode: 0, divergingEpoch: { epoch: 0, endOffset: 2n } });
      expect(diverged.records?.length).toBe(0);
      expect((await fetchFrom(bench.client, name, 1n, epochs)).divergingEpoch).toEqual({ epoch: -1, endOffset: -1n });
      const unknown = await fetchFrom(bench.client, name, 1n, { currentLeaderEpoch: 0, lastFetchedEpoch: 3 });
      expect(unknown.errorCode).toBe(ERROR_CODES.OFFSET_OUT_OF_RANGE);
    });

    state("a request for nothing is answered at once", async ({ client }) => {
      const { errorCode, responses } = await client.call(MESSAGES.fetch, 12, {
        maxWaitMs: 20_000,
        minBytes: 1,
        topics: [],
      });
      expect({ errorCode, responses }).toEqual({ errorCode: 0, responses: [] });
    });

    state("a session that was never given is FETCH_SESSION_ID_NOT_FOUND", async ({ client }) => {
      const { errorCode, sessionId } = await client.call(MESSAGES.fetch, 12, {
        maxWaitMs: 100,
        minBytes: 1,
        topics: [],
        sessionId: 12_345,
        sessionEpoch: 1,
      });
      expect({ errorCode, sessionId }).toEqual({ errorCode: ERROR_CODES.FETCH_SESSION_ID_NOT_FOUND, sessionId: 0 });
    });

    state("a committed reader of a topic without transactions gets everything, and an empty list", async (bench) => {
      const name = await filled(bench, ["a", "b"]);
      const answer = await fetchFrom(bench.client, name, 0n, { isolation: "read_committed" });
      expect(valuesOf(answer.records)).toEqual(["a", "b"]);
      expect(answer.abortedTransactions).toEqual([]);
    });

    state("a topic that is deleted ends the wait", async (bench) => {
      const name = await filled(bench, ["a"]);
      const waiting = fetchFrom(await bench.connect(), name, 1n, { maxWaitMs: 25_000 });
      await begun(bench, name);
      await bench.client.call(MESSAGES.deleteTopics, 5, { topicNames: [name], timeoutMs: 10_000 });
      expect([ERROR_CODES.UNKNOWN_TOPIC_OR_PARTITION, ERROR_CODES.NOT_LEADER_OR_FOLLOWER]).toContain(
        (await soon(waiting)).errorCode as 3 | 6,
      );
    });
  });
