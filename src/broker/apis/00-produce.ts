import { ledHere, type Partition } from "../partition.ts";
import { defineHandler, type RequestContext } from "../parts.ts";
import {
  ERROR_CODES,
  type ErrorName,
  KafkaFault,
  MESSAGES,
  ProtocolError,
  type RequestOf,
  type ResponseInput,
} from "../protocol/index.ts";
import { BATCH_BYTES_MIN, Batch } from "../protocol/records/index.ts";
import type { Topic } from "../topics.ts";
import { endpointsOf } from "./endpoints.ts";

type Request = RequestOf<typeof MESSAGES.produce>;
type Response = ResponseInput<typeof MESSAGES.produce>;
type TopicAnswer = Response["responses"][number];
type PartitionAnswer = TopicAnswer["partitionResponses"][number];
type PartitionData = Request["topicData"][number]["partitionData"][number];

/** From here on topics are named by their ids. */
const TOPIC_IDS_SINCE = 13;
/** From here on clients know TRANSACTION_ABORTABLE. */
const ABORTABLE_SINCE = 11;
/** From here on appending to a partition makes it part of the transaction (KIP-890). */
const ADDS_PARTITIONS_SINCE = 12;

/**
 * Appends record batches. What is answered is stored; `timeoutMs` has no meaning, since there are no replicas to wait
 * for. Each partition has a result of its own.
 */
export const produce = defineHandler(MESSAGES.produce, (context, request) => {
  const answer: Response = { responses: request.topicData.map((topic) => appendTo(context, request, topic)) };
  if (request.acks === 0) return withoutAnswer(answer);
  const moved = answer.responses.flatMap(({ partitionResponses }) =>
    partitionResponses.flatMap(({ currentLeader }) => currentLeader?.leaderId ?? []),
  );
  return moved.length === 0 ? answer : { ...answer, nodeEndpoints: endpointsOf(context.nodes, moved) };
});

/** A client that wants no answer learns of a failure by its connection being closed, as from Apache Kafka. */
function withoutAnswer({ responses }: Response): undefined {
  for (const { partitionResponses } of responses) {
    const failed = partitionResponses.find(({ errorCode }) => errorCode !== 0);
    if (failed) throw new ProtocolError(`a produce request without acknowledgement failed: error ${failed.errorCode}`);
  }
  return undefined;
}

function appendTo(
  context: RequestContext,
  request: Request,
  { name, topicId, partitionData }: Request["topicData"][number],
): TopicAnswer {
  const byId = context.version >= TOPIC_IDS_SINCE;
  const topic = byId ? context.topics.byId(topicId) : context.topics.get(name);
  const partitionResponses = partitionData.map((data) => {
    if (byId && !topic) return refused(data.index, "UNKNOWN_TOPIC_ID");
    return append(context, request, topic, data);
  });
  return { name, topicId, partitionResponses };
}

function append(
  context: RequestContext,
  request: Request,
  topic: Topic | undefined,
  data: PartitionData,
): PartitionAnswer {
  const { acks } = request;
  if (acks !== 0 && acks !== 1 && acks !== -1) return refused(data.index, "INVALID_REQUIRED_ACKS");
  const partition = ledHere(topic, data.index, context);
  if (partition === "NOT_LEADER_OR_FOLLOWER") return notLeader(topic, data.index);
  if (typeof partition === "string") return refused(data.index, partition);
  try {
    return stored(context, request, partition, data);
  } catch (error) {
    return failed(context, data.index, error);
  }
}

function stored(
  context: RequestContext,
  { transactionalId }: Request,
  { topic, index, log, leaderEpoch }: Partition,
  { records }: PartitionData,
): PartitionAnswer {
  if (!records) throw new KafkaFault("INVALID_RECORD", "The partition has no record batch.");
  const refusal = verified(context, transactionalId, topic.name, index, records);
  if (refusal !== "NONE") return refused(index, refusal);
  const { baseOffset, logAppendTime, logStartOffset } = log.append(records, { leaderEpoch, now: context.now() });
  return { index, errorCode: 0, baseOffset, logAppendTimeMs: logAppendTime, logStartOffset };
}

/** A batch of a transaction may be appended only by the producer whose transaction it is. */
function verified(
  { transactions, version }: RequestContext,
  transactionalId: string | null,
  topic: string,
  partition: number,
  records: Buffer,
): ErrorName {
  if (records.length < BATCH_BYTES_MIN) return "NONE"; // The log says what is wrong with it.
  const batch = new Batch(records, 0, records.length);
  if (!batch.transactional) return "NONE";
  if (transactionalId === null) return "TRANSACTIONAL_ID_AUTHORIZATION_FAILED";
  const { producerId, producerEpoch } = batch;
  const add = version >= ADDS_PARTITIONS_SINCE;
  const error = transactions.verify({
    transactionalId,
    producerId,
    producerEpoch,
    partition: { topic, partition },
    add,
  });
  return error === "TRANSACTION_ABORTABLE" && version < ABORTABLE_SINCE ? "INVALID_TXN_STATE" : error;
}

function failed({ emit }: RequestContext, index: number, error: unknown): PartitionAnswer {
  if (!(error instanceof KafkaFault)) {
    emit("broker.request.failed", { api: "Produce", error });
    return refused(index, "UNKNOWN_SERVER_ERROR");
  }
  if (error.kind === "KAFKA_STORAGE_ERROR") emit("broker.storage.failed", { api: "Produce", error });
  const recordErrors = error.recordErrors.map(({ batchIndex, message }) => ({
    batchIndex,
    batchIndexErrorMessage: message,
  }));
  return { ...refused(index, error.kind), recordErrors, errorMessage: error.message };
}

const refused = (index: number, error: ErrorName): PartitionAnswer => ({
  index,
  errorCode: ERROR_CODES[error],
  baseOffset: -1n,
});

/** The client is told who leads it, and need not ask. */
function notLeader(topic: Topic | undefined, index: number): PartitionAnswer {
  const { leaderId = -1, leaderEpoch = -1 } = topic?.partitions[index] ?? {};
  return { ...refused(index, "NOT_LEADER_OR_FOLLOWER"), currentLeader: { leaderId, leaderEpoch } };
}
