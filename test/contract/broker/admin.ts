import { expect } from "bun:test";
import { ERROR_CODES, MESSAGES, NIL_UUID, type RequestInput } from "../../../src/broker/protocol/index.ts";
import { batchOf } from "../../support/broker/batch.ts";
import { append } from "../../support/broker/requests.ts";
import { until } from "../../support/until.ts";
import { type Bench, type BrokerUnderTest, brokerSuite } from "./suite.ts";

type Growth = Omit<RequestInput<typeof MESSAGES.createPartitions>["topics"][number], "assignments"> & {
  readonly assignments?: readonly { readonly brokerIds: readonly number[] }[];
};

async function grow({ client }: Bench, topics: readonly Growth[], validateOnly = false) {
  const { results } = await client.call(MESSAGES.createPartitions, 3, {
    topics: topics.map((topic) => ({ assignments: null, ...topic })),
    timeoutMs: 10_000,
    validateOnly,
  });
  return results.map(({ errorCode, errorMessage }) => [errorCode, errorMessage]);
}

/** The partitions that a topic is said to have. */
async function countOf({ client }: Bench, name: string): Promise<number> {
  const topics = [{ name, topicId: NIL_UUID }];
  const answer = await client.call(MESSAGES.metadata, 12, { topics, allowAutoTopicCreation: false });
  return answer.topics[0]?.partitions.length ?? 0;
}

async function nodeOf({ client }: Bench): Promise<number> {
  const { controllerId } = await client.call(MESSAGES.describeCluster, 0, {
    includeClusterAuthorizedOperations: false,
  });
  return controllerId;
}

const partitions = ({ client }: Bench, request: RequestInput<typeof MESSAGES.describeTopicPartitions>) =>
  client.call(MESSAGES.describeTopicPartitions, 0, request);

async function cut({ client }: Bench, topic: string, offsets: readonly (readonly [index: number, offset: bigint])[]) {
  const { topics } = await client.call(MESSAGES.deleteRecords, 2, {
    topics: [{ name: topic, partitions: offsets.map(([partitionIndex, offset]) => ({ partitionIndex, offset })) }],
    timeoutMs: 10_000,
  });
  return topics
    .flatMap(({ partitions }) => partitions)
    .toSorted((one, other) => one.partitionIndex - other.partitionIndex)
    .map(({ errorCode, lowWatermark }) => [errorCode, lowWatermark]);
}

const byName = (one: string, other: string): number => (one < other ? -1 : 1);

export const adminSuite = (target: BrokerUnderTest): void =>
  brokerSuite("administration", target, (state) => {
    state("a topic gets more partitions", async (bench) => {
      const name = await bench.topic(1);
      expect(await grow(bench, [{ name, count: 3 }])).toEqual([[0, null]]);
      await until("there are three", async () => (await countOf(bench, name)) === 3);
    });

    state("partitions that are only validated are not there", async (bench) => {
      const name = await bench.topic(1);
      expect(await grow(bench, [{ name, count: 3 }], true)).toEqual([[0, null]]);
      expect(await countOf(bench, name)).toBe(1);
    });

    state("a topic cannot have fewer partitions, nor as many again", async (bench) => {
      const name = await bench.topic(2);
      expect(await grow(bench, [{ name, count: 2 }])).toEqual([
        [ERROR_CODES.INVALID_PARTITIONS, "Topic already has 2 partition(s)."],
      ]);
      for (const count of [1, 0, -1]) {
        expect(await grow(bench, [{ name, count }])).toEqual([
          [
            ERROR_CODES.INVALID_PARTITIONS,
            `The topic ${name} currently has 2 partition(s); ${count} would not be an increase.`,
          ],
        ]);
      }
    });

    state("a topic that is not there gets no partitions, and one that is named twice neither", async (bench) => {
      const name = await bench.topic(1);
      const missing = await grow(bench, [{ name: bench.name("missing"), count: 2 }]);
      expect(missing.map(([errorCode]) => errorCode)).toEqual([ERROR_CODES.UNKNOWN_TOPIC_OR_PARTITION]);
      const twice = { name, count: 2 };
      expect(await grow(bench, [twice, twice])).toEqual([[ERROR_CODES.INVALID_REQUEST, "Duplicate topic name."]]);
    });

    state("added partitions are placed on nodes that there are, each once", async (bench) => {
      const name = await bench.topic(1);
      const node = await nodeOf(bench);
      const place = async (...assignments: readonly (readonly number[])[]) =>
        grow(bench, [{ name, count: 3, assignments: assignments.map((brokerIds) => ({ brokerIds })) }]);
      const refused = (message: string) => [[ERROR_CODES.INVALID_REPLICA_ASSIGNMENT, message]];
      const number = "Attempted to add 2 additional partition(s), but only";
      const includes = "The manual partition assignment includes";
      expect(await place([node])).toEqual(refused(`${number} 1 assignment(s) were specified.`));
      expect(await place([node], [])).toEqual(refused(`${includes} an empty replica list.`));
      expect(await place([node], [77])).toEqual(refused(`${includes} broker 77, but no such broker is registered.`));
      expect(await place([node], [node, node])).toEqual(refused(`${includes} the broker ${node} more than once.`));
      expect(await place([node], [node])).toEqual([[0, null]]);
    });

    state("records before an offset are deleted, and -1 means all of them", async (bench) => {
      const topic = await bench.topic(1);
      const batch = batchOf({ records: [{ value: "a" }, { value: "b" }, { value: "c" }] });
      expect((await append(bench.client, topic, batch)).errorCode).toBe(0);
      expect(await cut(bench, topic, [[0, 2n]])).toEqual([[0, 2n]]);
      expect(await cut(bench, topic, [[0, 1n]])).toEqual([[0, 2n]]);
      expect(await cut(bench, topic, [[0, -1n]])).toEqual([[0, 3n]]);
    });

    state("records after the end cannot be deleted, nor before the beginning of time", async (bench) => {
      const topic = await bench.topic(2);
      const asked = [
        [0, 1n],
        [1, -2n],
        [9, 0n],
      ] as const;
      expect(await cut(bench, topic, asked)).toEqual([
        [ERROR_CODES.OFFSET_OUT_OF_RANGE, -1n],
        [ERROR_CODES.OFFSET_OUT_OF_RANGE, -1n],
        [ERROR_CODES.UNKNOWN_TOPIC_OR_PARTITION, -1n],
      ]);
      expect(await cut(bench, bench.name("missing"), [[0, 0n]])).toEqual([
        [ERROR_CODES.UNKNOWN_TOPIC_OR_PARTITION, -1n],
      ]);
    });

    state("the cluster has an id, a controller and brokers that can be reached", async ({ client }) => {
      for (const version of [0, 1, 2]) {
        const answer = await client.call(MESSAGES.describeCluster, version, {
          includeClusterAuthorizedOperations: true,
        });
        expect(answer).toMatchObject({
          errorCode: 0,
          errorMessage: null,
          endpointType: 1,
          clusterAuthorizedOperations: 8096,
        });
        expect(answer.clusterId).toMatch(/^[\w-]{22}$/);
        expect(answer.brokers.map(({ brokerId }) => brokerId)).toContain(answer.controllerId);
        expect(answer.brokers[0]).toMatchObject({ rack: null, isFenced: false });
      }
      const unasked = await client.call(MESSAGES.describeCluster, 0, { includeClusterAuthorizedOperations: false });
      expect(unasked.clusterAuthorizedOperations).toBe(-2147483648);
    });

    state("only the endpoints of brokers are told", async ({ client }) => {
      const ask = (endpointType: number) =>
        client.call(MESSAGES.describeCluster, 1, { includeClusterAuthorizedOperations: false, endpointType });
      expect(await ask(2)).toMatchObject({
        errorCode: ERROR_CODES.MISMATCHED_ENDPOINT_TYPE,
        errorMessage:
          "The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER",
        brokers: [],
      });
      expect(await ask(7)).toMatchObject({
        errorCode: ERROR_CODES.UNSUPPORTED_ENDPOINT_TYPE,
        errorMessage: "Unsupported endpoint type 7",
      });
    });

    state("partitions are told in the order of topics' names, page by page", async (bench) => {
      const [one = "", other = ""] = [await bench.topic(3), await bench.topic(2)].toSorted(byName);
      const sizes = new Map([
        [one, await countOf(bench, one)],
        [other, await countOf(bench, other)],
      ]);
      const all = [one, other].flatMap((name) =>
        Array.from({ length: sizes.get(name) ?? 0 }, (_, index) => [name, index]),
      );
      const seen: unknown[] = [];
      let cursor: { topicName: string; partitionIndex: number } | null = null;
      let pages = 0;
      do {
        const page: Awaited<ReturnType<typeof partitions>> = await partitions(bench, {
          topics: [{ name: other }, { name: one }],
          responsePartitionLimit: 2,
          cursor,
        });
        for (const { name, partitions } of page.topics) {
          for (const { partitionIndex } of partitions) seen.push([name, partitionIndex]);
        }
        cursor = page.nextCursor;
        pages++;
      } while (cursor && pages < 10);
      expect(seen).toEqual(all);
      expect(pages).toBe(3);
    });

    state("a partition has a leader and replicas, and nobody else eligible", async (bench) => {
      const name = await bench.topic(1);
      const node = await nodeOf(bench);
      const { topics, nextCursor } = await partitions(bench, { topics: [{ name }] });
      expect(nextCursor).toBeNull();
      expect(topics).toMatchObject([
        {
          errorCode: 0,
          name,
          isInternal: false,
          topicAuthorizedOperations: 3576,
          partitions: [
            {
              errorCode: 0,
              partitionIndex: 0,
              leaderId: node,
              leaderEpoch: 0,
              replicaNodes: [node],
              isrNodes: [node],
              eligibleLeaderReplicas: [],
              lastKnownElr: [],
              offlineReplicas: [],
            },
          ],
        },
      ]);
    });

    state("a limit below 1 gives one partition", async (bench) => {
      const name = await bench.topic(2);
      const { topics, nextCursor } = await partitions(bench, { topics: [{ name }], responsePartitionLimit: 0 });
      expect(topics[0]?.partitions).toHaveLength(1);
      expect(nextCursor).toEqual({ topicName: name, partitionIndex: 1 });
    });

    state("topics that are not there are told so, after those that are", async (bench) => {
      const { topics } = await partitions(bench, { topics: [{ name: "zz d!" }, { name: `zz-${bench.name()}` }] });
      expect(topics.map(({ errorCode }) => errorCode).toSorted((one, other) => one - other)).toEqual([
        ERROR_CODES.UNKNOWN_TOPIC_OR_PARTITION,
        ERROR_CODES.INVALID_TOPIC_EXCEPTION,
      ]);
    });

    state("a cursor stands in a topic that is asked for, at a partition that can be", async (bench) => {
      const name = await bench.topic(1);
      for (const cursor of [
        { topicName: `${name}-z`, partitionIndex: 0 },
        { topicName: name, partitionIndex: -1 },
      ]) {
        const { topics } = await partitions(bench, { topics: [{ name }], cursor });
        expect(topics).toMatchObject([{ errorCode: ERROR_CODES.INVALID_REQUEST, partitions: [] }]);
      }
    });

    state("the logs of partitions have a size, and there is room for more", async (bench) => {
      const topic = await bench.topic(2);
      const batch = batchOf({ records: [{ value: "a".repeat(1_000) }] });
      await append(bench.client, topic, batch);
      const asked = [{ topic, partitions: [0, 1, 77] }];
      for (const version of [1, 2, 3, 4, 5]) {
        const { errorCode, results } = await bench.client.call(MESSAGES.describeLogDirs, version, { topics: asked });
        expect(errorCode).toBe(0);
        const [directory] = results;
        expect(results).toHaveLength(1);
        const sizes = directory?.topics.flatMap(({ partitions }) => partitions) ?? [];
        expect(sizes.toSorted((one, other) => one.partitionIndex - other.partitionIndex)).toEqual([
          { partitionIndex: 0, partitionSize: BigInt(batch.length), offsetLag: 0n, isFutureKey: false },
          { partitionIndex: 1, partitionSize: 0n, offsetLag: 0n, isFutureKey: false },
        ]);
        if (version >= 4) expect(Number(directory?.totalBytes)).toBeGreaterThan(Number(directory?.usableBytes));
        else expect(directory).toMatchObject({ totalBytes: -1n, usableBytes: -1n });
      }
    });

    state("null asks for the logs of all topics, an empty list for none", async (bench) => {
      const topic = await bench.topic(1);
      const ask = async (topics: [] | null) => {
        const { results } = await bench.client.call(MESSAGES.describeLogDirs, 4, { topics });
        return results.flatMap((directory) => directory.topics.map(({ name }) => name));
      };
      expect(await ask(null)).toContain(topic);
      expect(await ask([])).toEqual([]);
    });
  });
