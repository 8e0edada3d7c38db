import { type ErrorName, MESSAGES } from "../../../../src/broker/protocol/index.ts";
import { batchesOf, batchOf } from "../../../support/broker/batch.ts";
import { connectWire, type WireClient } from "../../../support/broker/client.ts";
import { append, EARLIEST, fetchFrom, LATEST, offsetOf, only } from "../../../support/broker/requests.ts";
import { addPartition, end, init, nameOf } from "../../../support/broker/transactional.ts";
import { unique } from "../../../support/cluster.ts";
import { until } from "../../../support/until.ts";
import type { AppendAnswer, Isolation, LogUnderTest, OpenLogUnderTest, TimedAnswer } from "./log-under-test.ts";

/** Logs behind a broker, each the one partition of a topic of its own. */
export function remoteLogs(address: () => string): OpenLogUnderTest {
  return async ({ compact = false, appendTime = false, maxMessageBytes } = {}) => {
    const client = await connectWire(address());
    const topic = await topicWith(client, {
      "cleanup.policy": compact ? "compact" : "delete",
      "message.timestamp.type": appendTime ? "LogAppendTime" : "CreateTime",
      ...(maxMessageBytes === undefined ? {} : { "max.message.bytes": String(maxMessageBytes) }),
    });
    return remoteLog(client, topic);
  };
}

async function topicWith(client: WireClient, configs: Readonly<Record<string, string>>): Promise<string> {
  const name = `log-${unique()}`;
  const { topics } = await client.call(MESSAGES.createTopics, 7, {
    topics: [
      {
        name,
        numPartitions: 1,
        replicationFactor: 1,
        assignments: [],
        configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
      },
    ],
    timeoutMs: 10_000,
  });
  if (only(topics).errorCode !== 0) throw new Error(`topic not created: ${only(topics).errorMessage}`);
  await until("the partition is led", async () => (await offsetOf(client, name, LATEST)).errorCode === 0);
  return name;
}

function remoteLog(client: WireClient, topic: string): LogUnderTest {
  const prefix = unique();
  const appended = async (batch: Buffer, transactionalId: string | null = null): Promise<AppendAnswer> => {
    const answer = await append(client, topic, batch, { transactionalId });
    return {
      error: nameOf(answer.errorCode),
      baseOffset: answer.baseOffset,
      logAppendTime: answer.logAppendTimeMs,
      wrongRecords: answer.recordErrors.map(({ batchIndex }) => batchIndex),
    };
  };
  const timed = async (timestamp: bigint, isolation?: Isolation): Promise<TimedAnswer | undefined> => {
    const found = await offsetOf(client, topic, timestamp, { isolationLevel: isolation === "read_committed" ? 1 : 0 });
    return found.offset < 0n ? undefined : { offset: found.offset, timestamp: found.timestamp };
  };
  const named = async (name: bigint, isolation?: Isolation) => (await timed(name, isolation))?.offset ?? -1n;

  return {
    append: (batch) => appended(batch),
    async read(offset, { maxBytes = 1 << 20, isolation = "read_uncommitted" } = {}) {
      const answer = await fetchFrom(client, topic, offset, {
        isolation,
        maxWaitMs: 0,
        minBytes: 0,
        partitionMaxBytes: maxBytes,
      });
      return {
        error: nameOf(answer.errorCode),
        bytes: answer.records ?? Buffer.alloc(0),
        batches: batchesOf(answer.records),
        aborted: answer.abortedTransactions ?? [],
        stableOffset: answer.lastStableOffset,
      };
    },
    startOffset: () => named(EARLIEST),
    endOffset: (isolation) => named(LATEST, isolation),
    offsetForTime: timed,
    maxTimestamp: () => timed(MAX_TIMESTAMP),
    async endOfEpoch(epoch) {
      const { topics } = await client.call(MESSAGES.offsetForLeaderEpoch, 4, {
        replicaId: -1,
        topics: [{ topic, partitions: [{ partition: 0, currentLeaderEpoch: -1, leaderEpoch: epoch }] }],
      });
      const { leaderEpoch, endOffset } = only(only(topics).partitions);
      return { epoch: leaderEpoch, endOffset };
    },
    async deleteBefore(offset) {
      const { topics } = await client.call(MESSAGES.deleteRecords, 2, {
        topics: [{ name: topic, partitions: [{ partitionIndex: 0, offset }] }],
        timeoutMs: 10_000,
      });
      const error: ErrorName = nameOf(only(only(topics).partitions).errorCode);
      return { error, startOffset: await named(EARLIEST) };
    },
    async producers() {
      const { topics } = await client.call(MESSAGES.describeProducers, 0, {
        topics: [{ name: topic, partitionIndexes: [0] }],
      });
      return only(only(topics).partitions).activeProducers;
    },
    async begin(name = "t") {
      const transactionalId = `${prefix}-${name}`;
      const identity = await init(client, transactionalId);
      await addPartition(client, transactionalId, identity, topic);
      return {
        ...identity,
        append: (baseSequence, ...values) =>
          appended(
            batchOf({ records: values.map((value) => ({ value })), ...identity, baseSequence, transactional: true }),
            transactionalId,
          ),
        async end(how) {
          const before = (await fetchFrom(client, topic, 0n, { maxWaitMs: 0, minBytes: 0 })).highWatermark;
          await end(client, transactionalId, identity, how === "commit");
          // The marker is written a moment after the answer.
          await until("the marker is there", async () => (await named(LATEST)) > before);
        },
      };
    },
    async close() {
      client.close();
    },
  };
}

const MAX_TIMESTAMP = -3n;
