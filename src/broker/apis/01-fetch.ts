import { untilReadable } from "../fetch-wait.ts";
import type { ReadOptions } from "../log/index.ts";
import { ledHere, type Partition } from "../partition.ts";
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
 * declined by id 0, as KIP-227 allows: each request names all its partitions, which takes a millisecond for a thousand.
 */
export const fetch = defineHandler(
  MESSAGES.fetch,
  (context, request) => {
    if (request.sessionId !== 0 && request.sessionEpoch > 0) throw new KafkaFault("FETCH_SESSION_ID_NOT_FOUND");
    if (request.isolationLevel !== 0 && request.isolationLevel !== 1) throw new KafkaFault("INVALID_REQUEST");
    const reading = new Reading(context, request);
    const missingBytes = Math.min(request.minBytes, request.maxBytes) - reading.bytes;
    if (missingBytes <= 0 || request.maxWaitMs <= 0 || reading.settled) return reading.response;
    return untilReadable({
      partitions: reading.partitions,
      isolation: isolationOf(request),
      missingBytes,
      maxWaitMs: request.maxWaitMs,
      topics: context.topics,
      signal: context.signal,
    }).then(() => (context.signal.aborted ? undefined : new Reading(context, request).response));
  },
  { leftOut: ["fetch sessions (KIP-227): each request names all partitions", "fetching by replicas"] },
);

const isolationOf = ({ isolationLevel }: Request): ReadOptions["isolation"] =>
  isolationLevel === 1 ? "read_committed" : "read_uncommitted";

/** Reads the partitions in the order in which they were asked for, until the response is full. */
class Reading {
  readonly response: Response;
  /** Those that can be read, now or when something arrives. */
  readonly partitions: Partition[] = [];
  bytes = 0;
  /** Whether there is something to tell that must not wait: an error, or nothing to wait for. */
  settled: boolean = false;
  readonly #context: RequestContext;
  readonly #isolation: ReadOptions["isolation"];
  readonly #bytesMax: number;
  /** Nodes that the client is sent to. */
  readonly #leaders: number[] = [];

  constructor(context: RequestContext, request: Request) {
    this.#context = context;
    this.#isolation = isolationOf(request);
    this.#bytesMax = Math.min(request.maxBytes, RESPONSE_BYTES_MAX);
    const byId = context.version >= TOPIC_IDS_SINCE;
    const responses = request.topics.map(({ topic: name, topicId, partitions }) => {
      const topic = byId ? context.topics.byId(topicId) : context.topics.get(name);
      const unknown = byId && !topic;
      return {
        topic: name,
        topicId,
        partitions: partitions.map((asked) =>
          unknown ? refused(asked.partition, "UNKNOWN_TOPIC_ID") : this.#answer(topic, asked),
        ),
      };
    });
    if (this.partitions.length === 0) this.settled = true;
    const { length } = this.#leaders;
    const endpoints = length === 0 ? {} : { nodeEndpoints: endpointsOf(context.nodes, this.#leaders) };
    this.response = { throttleTimeMs: 0, errorCode: 0, responses, ...endpoints };
  }

  #answer(topic: Topic | undefined, asked: Asked): PartitionAnswer {
    const { nodeId } = this.#context;
    const partition = ledHere(topic, asked.partition, { nodeId, currentLeaderEpoch: asked.currentLeaderEpoch });
    if (typeof partition === "string") return this.#refuse(topic, asked.partition, partition);
    try {
      return this.#read(partition, asked);
    } catch (error) {
      if (!(error instanceof KafkaFault)) throw error;
      if (error.kind === "CORRUPT_MESSAGE") this.#context.emit("broker.storage.failed", { api: "Fetch", error });
      this.settled = true;
      return refused(asked.partition, error.kind);
    }
  }

  #refuse(topic: Topic | undefined, index: number, error: ErrorName): PartitionAnswer {
    const answer = refused(index, error);
    // What is not there may stay away for long, and whoever reads other partitions too would ask without pause.
    if (error === "UNKNOWN_TOPIC_OR_PARTITION") return answer;
    this.settled = true;
    if (error === "UNKNOWN_LEADER_EPOCH") return answer;
    const { leaderId = -1, leaderEpoch = -1 } = topic?.partitions[index] ?? {};
    this.#leaders.push(leaderId);
    return { ...answer, currentLeader: { leaderId, leaderEpoch } };
  }

  #read(partition: Partition, asked: Asked): PartitionAnswer {
    this.partitions.push(partition);
    const diverged = divergence(partition, asked);
    if (diverged) {
      this.settled = true;
      return diverged;
    }
    const maxBytes = Math.max(Math.min(asked.partitionMaxBytes, this.#bytesMax - this.bytes), 0);
    const options = { maxBytes, atLeastOne: this.bytes === 0, isolation: this.#isolation };
    const { records, bytes, aborted } = partition.log.read(asked.fetchOffset, options);
    this.bytes += bytes;
    return {
      ...placeIn(partition),
      abortedTransactions: this.#isolation === "read_committed" ? aborted : null,
      records,
    };
  }
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
  const { epoch, endOffset } = partition.log.endOfEpoch(lastFetchedEpoch);
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
