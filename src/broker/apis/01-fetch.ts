import { untilReadable } from "../fetch-wait.ts";
import type { ReadOptions } from "../log/index.ts";
import { endOfEpoch, ledHere, type Partition } from "../partition.ts";
import { defineHandler, type RequestContext } from "../parts.ts";
import {
  ERROR_CODES,
  type ErrorName,
  KafkaFault,
  MESSAGES,
  type RequestOf,
  type ResponseInput,
} from "../protocol/index.ts";
import type { Topic } from "../topics.ts";
import { endpointsOf } from "./endpoints.ts";

type Request = RequestOf<typeof MESSAGES.fetch>;
type Response = ResponseInput<typeof MESSAGES.fetch>;
type Asked = Request["topics"][number]["partitions"][number];
type PartitionAnswer = Response["responses"][number]["partitions"][number];

const TOPIC_IDS_SINCE = 13;
/** Apache Kafka's default for `fetch.max.bytes` of the broker. */
const RESPONSE_BYTES_MAX = 57_671_680;

/**
 * Reads record batches. It answers at once with what is there, if that is enough, and waits otherwise. Sessions are
 * declined by id 0, as KIP-227 allows: each request names all its partitions.
 */
export const fetch = defineHandler(
  MESSAGES.fetch,
  (context, request) => {
    if (request.sessionId !== 0 && request.sessionEpoch > 0) throw new KafkaFault("FETCH_SESSION_ID_NOT_FOUND");
    if (request.isolationLevel !== 0 && request.isolationLevel !== 1) throw new KafkaFault("INVALID_REQUEST");
    const reading = read(context, request);
    const missingBytes = Math.min(request.minBytes, request.maxBytes) - reading.bytes;
    if (missingBytes <= 0 || request.maxWaitMs <= 0 || reading.settled) return reading.response;
    return untilReadable({
      logs: reading.logs,
      isolation: isolationOf(request),
      missingBytes,
      maxWaitMs: request.maxWaitMs,
      topics: context.topics,
      signal: context.signal,
    }).then(() => (context.signal.aborted ? undefined : read(context, request).response));
  },
  { leftOut: ["fetch sessions (KIP-227): each request names all partitions", "fetching by replicas"] },
);

const isolationOf = ({ isolationLevel }: Request): ReadOptions["isolation"] =>
  isolationLevel === 1 ? "read_committed" : "read_uncommitted";

interface Reading {
  readonly response: Response;
  readonly bytes: number;
  readonly logs: readonly Partition["log"][];
  /** Whether there is something to tell that must not wait: an error, or nothing to wait for. */
  readonly settled: boolean;
}

/** Reads the partitions in the order in which they were asked for, until the response is full. */
function read(context: RequestContext, request: Request): Reading {
  const byId = context.version >= TOPIC_IDS_SINCE;
  const isolation = isolationOf(request);
  const bytesMax = Math.min(request.maxBytes, RESPONSE_BYTES_MAX);
  const logs: Partition["log"][] = [];
  const leaders: number[] = [];
  let bytes = 0;
  let settled = false;

  const readOne = (topic: Topic | undefined, asked: Asked): PartitionAnswer => {
    const partition =
      byId && !topic
        ? "UNKNOWN_TOPIC_ID"
        : ledHere(topic, asked.partition, { nodeId: context.nodeId, currentLeaderEpoch: asked.currentLeaderEpoch });
    if (typeof partition === "string") {
      const answer = refused(asked.partition, partition);
      // What is not there may stay away for long, and whoever reads other partitions too would ask without pause.
      if (partition === "UNKNOWN_TOPIC_ID" || partition === "UNKNOWN_TOPIC_OR_PARTITION") return answer;
      settled = true;
      if (partition === "UNKNOWN_LEADER_EPOCH") return answer;
      const { leaderId = -1, leaderEpoch = -1 } = topic?.partitions[asked.partition] ?? {};
      leaders.push(leaderId);
      return { ...answer, currentLeader: { leaderId, leaderEpoch } };
    }
    logs.push(partition.log);
    const diverged = divergence(partition, asked);
    if (diverged) settled = true;
    if (diverged) return diverged;
    const maxBytes = Math.max(Math.min(asked.partitionMaxBytes, bytesMax - bytes), 0);
    const result = partition.log.read(asked.fetchOffset, { maxBytes, atLeastOne: bytes === 0, isolation });
    bytes += result.bytes;
    return {
      ...placeIn(partition),
      abortedTransactions: isolation === "read_committed" ? result.aborted : null,
      records: result.records,
    };
  };

  const responses = request.topics.map(({ topic: name, topicId, partitions }) => {
    const topic = byId ? context.topics.byId(topicId) : context.topics.get(name);
    const answers = partitions.map((asked) => {
      try {
        return readOne(topic, asked);
      } catch (error) {
        if (!(error instanceof KafkaFault)) throw error;
        settled = true;
        return refused(asked.partition, error.kind);
      }
    });
    return { topic: name, topicId, partitions: answers };
  });
  const moved = leaders.length === 0 ? {} : { nodeEndpoints: endpointsOf(context.nodes, leaders) };
  return {
    response: { throttleTimeMs: 0, errorCode: 0, responses, ...moved },
    bytes,
    logs,
    settled: settled || logs.length === 0,
  };
}

const NOTHING = Buffer.alloc(0);

/** A partition's answer without records. */
const placeIn = ({ index, log }: Partition): PartitionAnswer => ({
  partitionIndex: index,
  errorCode: 0,
  highWatermark: log.endOffset,
  lastStableOffset: log.stableOffset,
  logStartOffset: log.startOffset,
  abortedTransactions: null,
  records: NOTHING,
});

/** Tells a client that has read something which this log does not hold from where on the two differ. */
function divergence(partition: Partition, { lastFetchedEpoch, fetchOffset }: Asked): PartitionAnswer | undefined {
  if (lastFetchedEpoch < 0) return undefined;
  const { epoch, endOffset } = endOfEpoch(partition, lastFetchedEpoch);
  if (epoch < 0 || endOffset < 0n) throw new KafkaFault("OFFSET_OUT_OF_RANGE");
  if (epoch >= lastFetchedEpoch && endOffset >= fetchOffset) return undefined;
  return { ...placeIn(partition), divergingEpoch: { epoch, endOffset } };
}

const refused = (partitionIndex: number, error: ErrorName): PartitionAnswer => ({
  partitionIndex,
  errorCode: ERROR_CODES[error],
  highWatermark: -1n,
  abortedTransactions: null,
  records: NOTHING,
});
